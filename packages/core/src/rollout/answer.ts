import type { Instant, Interval } from '../analysis/figures';
import type { CheckResult } from '../checks/check';
import type { Health } from '../health';
import type { Command, Event } from './model';

/** What was found by carrying a command out, where it looks for anything. */
export interface Found {
  ok: boolean;
  reason: string;
  checks: CheckResult[];
  health: Health[];
  /** Of a fresh baseline. */
  baseline?: Health;
  interval: () => Interval;
}

/** The event that answers a command, for everybody who answers without a port that could be asked. */
export function answerTo(command: Command['type'], at: Instant, found: Found): Event {
  const { ok, reason, checks, health, baseline } = found;
  switch (command) {
    case 'prove':
      return { type: 'proved', at, ok, reason };
    case 'start':
      return { type: 'started', at, ok, reason };
    case 'try':
      return { type: 'tried', at, checks };
    case 'verify':
      return { type: 'verified', at, checks };
    case 'shift':
      return { type: 'shifted', at, since: at };
    case 'observe':
      return { type: 'observed', at, interval: found.interval(), health, ...(baseline && { baseline }) };
    case 'publish':
      return { type: 'published', at };
    case 'wait':
      return { type: 'elapsed', at };
    case 'stop':
      return { type: 'stopped', at };
  }
}
