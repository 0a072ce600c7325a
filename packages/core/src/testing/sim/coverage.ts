import type { EnvironmentState, Event, Phase } from '../../rollout/model';
import { phaseNames } from './phase-names';

/**
 * What can come to a phase. `well` and `badly`: the answer that it waits for, and how that leads on. `claim`: a driver took
 * over and its split is in force. `fail`: the command could not be carried out; `quit`: so often that something else is done.
 */
export const columns = [
  'well',
  'badly',
  'claim',
  'fail',
  'quit',
  'begin',
  'goal',
  'abort',
  'promote',
  'approve',
  'reject',
  'unfreeze',
  'down',
  'allow',
] as const;
export type Column = (typeof columns)[number];

type Row = Phase['name'] | 'none';

const acts = columns.slice(columns.indexOf('begin'));
const answers = columns.filter((column) => !acts.includes(column));
/** Phases whose answer can lead on in two ways. */
const twofold: readonly Row[] = ['proving', 'starting', 'trying', 'growing', 'watching', 'verifying'];
/** Phases that something else follows when their command fails again and again. */
const endings: readonly Row[] = [...twofold, 'tidying', 'shifting', 'merging', 'shedding', 'publishing'];
/** Phases whose command moves traffic by itself, so that it claims the split too. */
const moves: readonly Row[] = ['shifting', 'merging', 'settling', 'withdrawing', 'lowering'];

const rows: readonly Row[] = ['none', ...phaseNames];

/** Whether a column can come to a phase at all. */
export function canHappen(row: Row, column: Column): boolean {
  if (row === 'none' || row === 'over') return acts.includes(column);
  if (column === 'badly') return twofold.includes(row);
  if (column === 'quit') return endings.includes(row);
  if (column === 'claim') return !moves.includes(row);
  return true;
}

/** What came to a state, by what it led to. */
export function columnOf(before: EnvironmentState, event: Event, after: EnvironmentState): Column {
  const row = before.rollout?.phase.name;
  switch (event.type) {
    case 'begin':
    case 'goal':
    case 'abort':
    case 'promote':
    case 'approve':
    case 'reject':
    case 'unfreeze':
    case 'down':
    case 'allow':
      return event.type;
    case 'failed':
      return after.rollout?.phase.name === row ? 'fail' : 'quit';
    default:
      if (before.rollout && !before.rollout.isClaimed && !isMove(row)) return 'claim';
      return row && twofold.includes(row) && isBad(after) ? 'badly' : 'well';
  }
}

const isMove = (row: Row | undefined): boolean => row !== undefined && moves.includes(row);
const isBad = ({ rollout }: EnvironmentState): boolean => {
  const phase = rollout?.phase;
  return phase !== undefined && 'outcome' in phase && phase.outcome.result !== 'done';
};

export interface Coverage {
  seen(row: string, column: string): void;
  /** Adds what another process has seen. */
  add(counts: Record<string, number>): void;
  counts(): Record<string, number>;
  /** Pairs that can happen and never did. */
  missing(): string[];
  /** The share of the pairs that can happen which did. */
  share(): number;
  /** A table of at most 80 columns. `.`: it can't happen. */
  table(): string[];
}

export function createCoverage(): Coverage {
  const counts: Record<string, number> = {};
  const possible = rows.flatMap((row) =>
    columns.filter((column) => canHappen(row, column)).map((column) => `${row} ${column}`),
  );
  const cell = (row: Row, column: Column): string =>
    canHappen(row, column) ? short(counts[`${row} ${column}`] ?? 0) : '.';
  const block = (some: readonly Column[]): string[] => [
    line('', some),
    ...rows.map((row) =>
      line(
        row,
        some.map((column) => cell(row, column)),
      ),
    ),
  ];
  const missing = () => possible.filter((pair) => !counts[pair]);
  return {
    seen(row, column) {
      const pair = `${row} ${column}`;
      counts[pair] = (counts[pair] ?? 0) + 1;
    },
    add(more) {
      for (const [pair, count] of Object.entries(more)) counts[pair] = (counts[pair] ?? 0) + count;
    },
    counts: () => counts,
    missing,
    share: () => 1 - missing().length / possible.length,
    table: () => [...block(answers), '', ...block(acts)],
  };
}

const line = (row: string, cells: readonly string[]): string =>
  row.padEnd(11) + cells.map((cell) => ` ${cell.padStart(5)}`).join('');

/** `12`, `3.4k`, `5.6M` */
const short = (count: number): string =>
  count < 1000 ? String(count) : count < 1e6 ? `${(count / 1e3).toPrecision(3)}k` : `${(count / 1e6).toPrecision(3)}M`;
