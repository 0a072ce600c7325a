import type { Cron } from 'croner';
import { noFreeze, sluiceError, type Freeze, type FreezeSettings, type Instant } from '@sluice/core';

type CronClass = typeof Cron;

const day = 24 * 60 * 60_000;
/** Freezes are worked out so far ahead: longer than any rollout takes. */
const horizon = 90 * day;
/** Of one entry: one that comes more often is worked out less far ahead. */
const mostRuns = 2_000;
const mostWindows = 300;

/**
 * The freezes of a configuration as instants. Rejects with `CONFIG_INVALID` for cron text, a time or a timezone that can't be
 * understood: what nobody can read is not "not frozen". Where clocks are put forward over the time that cron names, it
 * begins when they have been; where they are put back, at the first of the two.
 */
export async function expandFreeze(settings: readonly FreezeSettings[], file: string, now: Instant): Promise<Freeze> {
  if (settings.length === 0) return noFreeze;
  const croner = await import('croner');
  const expanded = settings.map((one, at) => expand(croner.Cron, one, now, `freeze[${at}]`));
  const problems = expanded.flatMap((one) => ('problem' in one ? [one.problem] : []));
  if (problems.length > 0) throw sluiceError('CONFIG_INVALID', { file, problems });
  const freezes = expanded.flatMap((one) => ('problem' in one ? [] : [one]));
  return {
    windows: freezes.flatMap(({ windows }) => windows).sort((a, b) => a.from - b.from),
    knownUntil: Math.min(...freezes.map(({ knownUntil }) => knownUntil)),
  };
}

type Expanded = Freeze | { problem: string };

function expand(Job: CronClass, settings: FreezeSettings, now: Instant, path: string): Expanded {
  const { timezone, cron } = settings;
  if (!isTimezone(timezone)) return { problem: `${path}.timezone: "${timezone}" is not a timezone` };
  return cron === undefined ? once(Job, settings, now, path) : repeated(Job, settings, cron, now, path);
}

function once(Job: CronClass, settings: FreezeSettings, now: Instant, path: string): Expanded {
  const { timezone, reason } = settings;
  const instants = (['from', 'to'] as const).map((key) => instantOf(Job, settings[key] ?? '', timezone));
  const [from, to] = instants;
  if (from == null) return { problem: `${path}.from: there is no time "${settings.from}"` };
  if (to == null) return { problem: `${path}.to: there is no time "${settings.to}"` };
  if (to <= from) return { problem: `${path}.to: "${settings.to}" is not after "${settings.from}"` };
  return { ...noFreeze, windows: to > now ? [{ from, to, reason }] : [] };
}

function repeated(Job: CronClass, settings: FreezeSettings, cron: string, now: Instant, path: string): Expanded {
  const { for: lasts = 0, timezone, reason } = settings;
  const unreadable = (why: string) => ({ problem: `${path}.cron: "${cron}" can't be read: ${why}` });
  if (cron.trim().split(/\s+/).length !== 5) return unreadable('it has not five fields');
  const windows: Freeze['windows'] = [];
  try {
    const job = new Job(cron, { timezone, mode: '5-part', paused: true });
    let start = job.nextRun(new Date(now - lasts - 1));
    if (!start) return unreadable('it never comes');
    for (let runs = 0; start && start.getTime() < now + horizon; runs += 1) {
      const from = start.getTime();
      if (runs === mostRuns || windows.length === mostWindows) return { windows, knownUntil: from };
      const last = windows.at(-1);
      if (last && from <= last.to) last.to = from + lasts;
      else if (from + lasts > now) windows.push({ from, to: from + lasts, reason });
      start = job.nextRun(start);
    }
  } catch (thrown) {
    return unreadable(thrown instanceof Error ? thrown.message : String(thrown));
  }
  return { windows, knownUntil: now + horizon };
}

/** A date that the calendar has, at a time with an offset or in a timezone. */
function instantOf(Job: CronClass, text: string, timezone: string): Instant | null {
  const [, date = '', clock = '', seconds = ':00', zone] =
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const plain = Date.parse(`${date}T${clock}${seconds}Z`);
  if (Number.isNaN(plain) || !new Date(plain).toISOString().startsWith(date)) return null;
  if (zone !== undefined) {
    const at = Date.parse(`${date}T${clock}${seconds}${zone}`);
    return Number.isNaN(at) ? null : at;
  }
  return new Job(`${date}T${clock}${seconds}`, { timezone, paused: true }).nextRun(new Date(0))?.getTime() ?? null;
}

function isTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}
