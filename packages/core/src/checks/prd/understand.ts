import type { Sentence } from './sentences';
import { amounts, doubts, elsewhere, filler, least, most, names, scope, type Dimension, type Metric } from './words';

/** A target as `sluice.json` would state it: ms, a share from 0 to 1, requests a second. */
export interface StatedTarget {
  metric: Metric;
  limit: number;
}

/** What a sentence says: nothing about performance, targets, or something that may be one and is not clear. */
export type Understood = { targets: StatedTarget[] } | { unclear: string };

interface Span {
  start: number;
  end: number;
}
interface Named extends Span {
  metric: Metric | null;
  dimension: Dimension;
  isInverse: boolean;
}
interface Amount extends Span {
  value: number;
  dimension: Dimension;
}

const nothing: Understood = { targets: [] };

/** Understands a sentence in whole or not at all. */
export function understand({ text, isStated, section }: Sentence): Understood {
  const named = namedIn(text);
  const found = amountsIn(text);
  const isAbout = named.length > 0 || found.some(({ dimension }) => dimension === 'perSecond') || saysLatency(text);
  if (!isStated && (!isAbout || (found.length === 0 && !lacksUnit(text, named)))) return nothing;
  if (found.length === 0) return { unclear: 'it has no amount with a unit' };
  const doubt = doubts.find((pattern) => pattern.test(text))?.exec(text)?.[0];
  if (doubt !== undefined) return { unclear: `"${doubt.trim()}" leaves open what is asked for` };
  if (!isStated && elsewhere.test(section)) return { unclear: `it stands under "${section}"` };
  const strange = named.find(({ metric }) => metric === null);
  if (strange) return { unclear: `${text.slice(strange.start, strange.end)} is not compared: p50, p95 and p99 are` };

  const targets: StatedTarget[] = [];
  const understood: Span[] = [];
  const left = new Set(found);
  for (const one of named) {
    const pair = found.find((amount) => left.has(amount) && isBound(text, one, amount, named));
    if (!pair || one.metric === null)
      return { unclear: `it does not say plainly what ${text.slice(one.start, one.end)} must be` };
    left.delete(pair);
    understood.push({ start: Math.min(one.start, pair.start), end: Math.max(one.end, pair.end) });
    const limit = one.isInverse ? Number((1 - pair.value).toPrecision(12)) : pair.value;
    targets.push({ metric: one.metric, limit });
  }
  for (const amount of left) {
    if (amount.dimension !== 'perSecond' || !isLeast(text, amount)) return { unclear: otherAmount(text, amount) };
    understood.push(amount);
    targets.push({ metric: 'rate', limit: amount.value });
  }
  const part = scope.exec(without(text, understood))?.[0];
  if (part !== undefined) return { unclear: `it is about a part of the requests ("${part}...")` };
  const wrong = targets.find(({ metric, limit }) =>
    limit <= 0 ? metric !== 'errorRate' || limit < 0 : metric === 'errorRate' && limit >= 1,
  );
  if (wrong) return { unclear: `${wrong.limit} can't be a limit of ${wrong.metric}` };
  return { targets };
}

const otherAmount = (text: string, { start, end }: Span): string =>
  `it has another amount, ${text.slice(start, end)}, of which it does not say plainly what it limits`;

function namedIn(text: string): Named[] {
  const all = names.flatMap(({ pattern, metric, dimension, isInverse = false }) =>
    [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({
      ...{ start: index, end: index + length, metric, dimension, isInverse },
    })),
  );
  return all.sort((a, b) => a.start - b.start);
}

function amountsIn(text: string): Amount[] {
  const all = amounts.flatMap(({ pattern, dimension, times }) =>
    [...text.matchAll(pattern)].map(({ index, 0: whole, 1: digits = '', 2: thousands }) => {
      const value = Number(digits.replace(/[, ]/g, '')) * times * (thousands ? 1000 : 1);
      return { start: index, end: index + whole.length, dimension, value: Number(value.toPrecision(12)) };
    }),
  );
  return all.sort((a, b) => a.start - b.start);
}

const between = (bound: string): RegExp => new RegExp(`^(?:\\s|${filler})*(?:${bound})(?:\\s|${filler})*$`, 'i');
const mostAfter = between(String.raw`[:=|]?\s*(?:${filler}\s*)*${most}|[:=|]`);
const leastAfter = between(String.raw`[:=|]?\s*(?:${filler}\s*)*${least}|[:=|]`);
const mostBefore = new RegExp(String.raw`${most}\s*$`, 'i');
const leastBefore = new RegExp(
  String.raw`(?:${least}|\b(?:handles?|supports?|sustains?|serves?|process(?:es)?|withstands?)(?: up to)?)\s*$`,
  'i',
);
const backwards = /^\s*(?:(?:at|for|in|of) )?(?:the )?(?:requests )?$/i;

/** Whether the sentence says that this amount is the bound of this metric. */
function isBound(text: string, one: Named, amount: Amount, named: readonly Named[]): boolean {
  if (amount.dimension !== one.dimension) return false;
  const asksForMost = one.dimension !== 'perSecond' && !one.isInverse;
  if (amount.start >= one.end) {
    const isNext = !named.some(({ start }) => start >= one.end && start < amount.start);
    return isNext && (asksForMost ? mostAfter : leastAfter).test(text.slice(one.end, amount.start));
  }
  const words = text.slice(amount.end, one.start);
  return backwards.test(words) && (asksForMost ? mostBefore : leastBefore).test(text.slice(0, amount.start));
}

const isLeast = (text: string, { start }: Amount): boolean => leastBefore.test(text.slice(0, start));

const saysLatency = (text: string): boolean => /\b(?:latenc(?:y|ies)|response[- ]times?)\b/i.test(text);

/** `p95 < 200`: somebody meant something by it. */
const lacksUnit = (text: string, named: readonly Named[]): boolean =>
  named.some(({ end }) =>
    new RegExp(String.raw`^(?:\s|${filler})*(?:${most}|${least}|[:=|])\s*\d`, 'i').test(text.slice(end)),
  );

/** The rest of a sentence. */
const without = (text: string, spans: readonly Span[]): string =>
  spans.reduce((rest, { start, end }) => rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end), text);
