import type { FigureTargets } from '../performance';
import { sentencesOf } from './sentences';
import { understand, type StatedTarget } from './understand';

/** A target and where it was read; a sentence that may state one and is not clear, and why. Lines count from 1. */
export interface ReadTarget extends StatedTarget {
  line: number;
  text: string;
}
export interface UnclearSentence {
  line: number;
  text: string;
  why: string;
}

export interface Prd {
  targets: ReadTarget[];
  unclear: UnclearSentence[];
}

/**
 * Reads the performance targets that a requirements document states, in a block fenced as `performance` or in sentences. What is
 * not plain is told, never guessed; a metric that is given two limits has none.
 */
export function readPrd(text: string): Prd {
  const targets: ReadTarget[] = [];
  const unclear: UnclearSentence[] = [];
  for (const sentence of sentencesOf(text)) {
    const { line } = sentence;
    const understood = understand(sentence);
    if ('unclear' in understood) unclear.push({ line, text: sentence.text, why: understood.unclear });
    else targets.push(...understood.targets.map((target) => ({ ...target, line, text: sentence.text })));
  }
  const rivals = (one: ReadTarget) =>
    targets.filter(({ metric, limit }) => metric === one.metric && limit !== one.limit);
  const disputed = targets.filter((one) => rivals(one).length > 0);
  const told = disputed.map((one) => ({
    ...{ line: one.line, text: one.text },
    why: `line ${rivals(one)
      .map(({ line }) => line)
      .join(', ')} states another limit of ${one.metric}`,
  }));
  return {
    targets: targets.filter((one) => !disputed.includes(one)),
    unclear: [...unclear, ...told].sort((a, b) => a.line - b.line),
  };
}

/** The targets as settings. */
export const targetsOf = ({ targets }: Prd): FigureTargets =>
  Object.fromEntries(targets.map(({ metric, limit }) => [metric, limit]));
