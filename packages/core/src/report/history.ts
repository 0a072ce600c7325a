import { formatInstant } from '../instant';
import type { AuditEntry } from '../rollout/model';
import { count } from './amounts';
import { terminalWidth, wrapQuoting } from './lines';
import { palette, type Palette } from './palette';

export interface HistoryOptions {
  colour: boolean;
  /** Shows the newest so many entries; all of them by default. */
  limit?: number;
}

const tones: Record<string, keyof Palette> = {
  done: 'good',
  withdraw: 'bad',
  'rolled-back': 'bad',
  failed: 'bad',
  abort: 'warn',
  down: 'warn',
  allow: 'warn',
  refused: 'warn',
};

/** `deploy-history`: the audit log by day, oldest first, at most 80 columns. */
export function historyTable(entries: readonly AuditEntry[], { colour, limit }: HistoryOptions): string {
  if (!entries.length) return 'Nothing was ever deployed.';
  const paint = palette(colour);
  const newest = limit === undefined ? entries : entries.slice(Math.max(0, entries.length - limit));
  const hidden = entries.length - newest.length;
  const lines = hidden
    ? [paint.dim(`${count(hidden)} earlier ${hidden === 1 ? 'entry is' : 'entries are'} not shown`)]
    : [];
  let day = '';
  const releases = new Map<string, string>();
  for (const entry of newest) {
    const [date = '', time = ''] = formatInstant(entry.at).split(' ');
    if (date !== day) lines.push(...(lines.length ? [''] : []), paint.bold(`${date} UTC`));
    day = date;
    const isOther = entry.release !== null && releases.get(entry.environment) !== entry.release;
    if (entry.release !== null) releases.set(entry.environment, entry.release);
    lines.push(...entryLines(entry, time, isOther, paint));
  }
  return lines.join('\n');
}

function entryLines(entry: AuditEntry, time: string, isOther: boolean, paint: Palette): string[] {
  const { environment, what, detail, by, release } = entry;
  const named = isOther && release !== null && !detail.includes(release) ? `${release}: ${detail}` : detail;
  const text = by === 'sluice' ? named : `${named} (by ${by})`;
  const head = `${time}  ${environment.padEnd(10)}  `;
  const indent = ' '.repeat(head.length + 13);
  const [first = '', ...rest] = wrapQuoting(text, terminalWidth - indent.length);
  const label = paint[tones[what] ?? 'dim'](what.padEnd(11));
  return [`${head}${label}  ${first}`, ...rest.map((line) => indent + line)];
}
