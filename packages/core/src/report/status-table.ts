import { retryCommand } from '../rollout/retry-command';
import { formatDuration } from '../config/duration';
import { nameOf } from '../release';
import { bytes, counted, percent, perSecond, shortMs, unknown, whole } from './amounts';
import { alignColumns, clip, spread, terminalWidth, wrapQuoting, type Column } from './lines';
import { palette, type Palette } from './palette';
import { stepName } from './standing';
import type { EnvironmentStatus, SlotStatus, StatusReport } from './status';

const columns: readonly Column[] = [
  { heading: 'slot', align: 'left' },
  { heading: 'release', align: 'left' },
  ...['share', 'up', 'req/s', 'errors', 'p50', 'p95', 'p99', 'cpu', 'mem', 'db'].map((heading) => ({
    heading,
    align: 'right' as const,
  })),
];
const margin = '  ';
const legendText = 'p50, p95, p99: latency in ms; db: open database connections; –: not known';

/** `deploy-status` for people: at most 80 columns; latencies in ms, `db` open database connections. */
export function statusTable({ project, at, environments }: StatusReport, options: { colour: boolean }): string {
  const paint = palette(options.colour);
  const title = spread(project, at.replace('T', ' ').replace('Z', ' UTC'));
  const blocks = environments.map((environment) => environmentBlock(project, environment, at, paint));
  const legend = environments.some(({ slots }) => slots.length) ? [paint.dim(legendText)] : [];
  return [paint.bold(title), ...blocks.map((lines) => lines.join('\n')), ...legend].join('\n\n');
}

function environmentBlock(project: string, status: EnvironmentStatus, at: string, paint: Palette): string[] {
  return [
    headLine(status, paint),
    ...releaseLines(status, at).map((line) => paint.dim(margin + line)),
    ...slotLines(status, paint),
    ...noteLines(project, status).flatMap(({ text, tone }) =>
      wrapQuoting(clip(text, 800), terminalWidth - margin.length, margin).map((line) => paint[tone](margin + line)),
    ),
  ];
}

const tones = {
  done: 'good',
  waiting: 'warn',
  held: 'warn',
  'rolled-back': 'bad',
  failed: 'bad',
  running: 'warn',
  none: 'dim',
} as const satisfies Record<EnvironmentStatus['outcome'], keyof Palette>;

function headLine(status: EnvironmentStatus, paint: Palette): string {
  const { environment, outcome } = status;
  const label = environment.padEnd(10);
  return `${paint.bold(label)}  ${paint[tones[outcome]](outcome.padEnd(11))}  ${standingOf(status)}`.trimEnd();
}

const clock = (at: string): string => at.replace('T', ' ').replace('Z', ' UTC');

function standingOf({ outcome, phase, step, goal, kind, since, waiting }: EnvironmentStatus): string {
  if (outcome === 'none') return 'nothing is in service';
  if (waiting?.for === 'approval') return `waits for approval before ${waiting.before}`;
  if (waiting?.for === 'freeze') return 'frozen';
  if (outcome === 'waiting') return 'the canary passed and waits for deploy-prod';
  if (outcome === 'held' && step) return `${stepName(step)}: no conclusion in its time, a person decides`;
  if (outcome === 'running' && step) {
    const until = goal === 'canary' ? ', then it waits for deploy-prod' : '';
    return `${stepName(step)}, step ${step.number} of ${step.of}${timeOf(step)}${until}`;
  }
  if (outcome === 'running') return phase ?? '';
  const when = since ? `since ${since.replace('T', ' ').replace('Z', ' UTC')}` : '';
  return kind === 'rollback' ? `${when}, a rollback by hand` : when;
}

function timeOf({ timeLeftMs, patienceLeftMs }: NonNullable<EnvironmentStatus['step']>): string {
  if (timeLeftMs === null) return '';
  if (timeLeftMs > 0) return `, ${formatDuration(timeLeftMs)} left`;
  return patienceLeftMs ? `, evidence is missing, ${formatDuration(patienceLeftMs)} more` : ', deciding';
}

function releaseLines({ releases: { stable, previous, deploying } }: EnvironmentStatus, at: string): string[] {
  const isWarm = previous?.warmUntil && previous.warmUntil > at;
  return [
    ...(deploying && deploying.id !== stable?.id ? [`deploying ${nameOf(deploying)}`] : []),
    ...(stable ? [`stable    ${nameOf(stable)}`] : []),
    ...(previous
      ? [`previous  ${nameOf(previous)}, ${isWarm ? `warm until ${previous.warmUntil?.slice(11, 19)}` : 'stopped'}`]
      : []),
  ];
}

function slotLines({ slots }: EnvironmentStatus, paint: Palette): string[] {
  if (!slots.length) return [];
  const { heading, rows } = alignColumns(columns, slots.map(cellsOf), terminalWidth - margin.length);
  return [paint.dim(margin + heading), ...rows.map((row, at) => tint(slots[at], paint)(margin + row))];
}

const cellsOf = (slot: SlotStatus): string[] => [
  slot.slot === 'baseline' ? 'fresh' : slot.slot, // the columns are full
  slot.release,
  `${slot.weight} %`,
  slot.healthy === null || slot.wanted === null ? unknown : `${slot.healthy}/${slot.wanted}`,
  perSecond(slot.requestsPerSecond),
  percent(slot.errorRate),
  shortMs(slot.p50),
  shortMs(slot.p95),
  shortMs(slot.p99),
  slot.cpuPercent === null ? unknown : `${whole(slot.cpuPercent)} %`,
  bytes(slot.memoryBytes),
  whole(slot.dbConnections),
];

const tint = (slot: SlotStatus | undefined, paint: Palette) =>
  slot?.healthy != null && slot.wanted != null && slot.healthy < slot.wanted ? paint.bad : (text: string) => text;

/** A merge that is done is told in a line; one that waits with what to do. */
function mergeNotes({ merge }: EnvironmentStatus): Note[] {
  if (!merge) return [];
  if (merge.result === 'running') return [{ text: 'merge: under way', tone: 'dim' }];
  const isDone = merge.result !== 'waiting' && merge.pushed !== false;
  return [
    { text: `merge: ${merge.reason}`, tone: isDone ? 'dim' : 'warn' },
    ...(merge.command ? [{ text: `next: ${merge.command}`, tone: 'bold' as const }] : []),
  ];
}

interface Note {
  text: string;
  tone: keyof Palette;
}

function noteLines(project: string, status: EnvironmentStatus): Note[] {
  const { outcome, reason, trouble, commandRetryAt, refused, slots, synthetic, waiting, freeze } = status;
  const target = (name: string) => `nx run ${project}:deploy-${name}`;
  const notes: Note[] = slots
    .filter(({ restarts }) => restarts)
    .map(({ slot, restarts }) => ({ text: `${slot}: ${counted(restarts ?? 0, 'restart')}`, tone: 'warn' }));
  if (synthetic) notes.push({ text: "part of the traffic is synthetic: Sluice's own, not users'", tone: 'dim' });
  if (reason && outcome !== 'done' && outcome !== 'none') {
    const isOpen = ['running', 'waiting', 'held'].includes(outcome);
    notes.push({ text: `${isOpen ? 'gate' : 'why'}: ${reason}`, tone: isOpen ? 'dim' : 'bad' });
  }
  notes.push(...mergeNotes(status));
  if (trouble) {
    notes.push({ text: `stands still: ${trouble.message}`, tone: 'bad' }, { text: trouble.remedy, tone: 'bold' });
  }
  if (commandRetryAt)
    notes.push({ text: `it is tried again by itself at ${commandRetryAt.slice(11, 19)}`, tone: 'warn' });
  for (const { release } of refused)
    notes.push(
      { text: `refused: ${release}, as it was rolled back by itself`, tone: 'warn' },
      { text: `next: ${retryCommand(target('retry'), release)} allows it again`, tone: 'bold' },
    );
  if (outcome === 'held')
    notes.push({
      text: `next: ${target('promote')} --reason=... goes on, ${target('rollback')} ends it`,
      tone: 'bold',
    });
  if (freeze) {
    const { reason: why, until, lifted } = freeze;
    const by = lifted ? `, lifted by ${lifted.by} until ${clock(lifted.until)}: ${lifted.reason}` : '';
    const end = until === null ? '' : ` until ${clock(until)}`;
    notes.push({ text: `frozen${end}: ${why}${by}`, tone: lifted ? 'dim' : 'warn' });
  }
  if (waiting?.for === 'approval') {
    notes.push(
      { text: `waits for ${waiting.words}`, tone: 'warn' },
      {
        text: `next: ${target('approve')} --stage=${waiting.before} --reason=..., or ${target('reject')}`,
        tone: 'bold',
      },
    );
  } else if (waiting?.for === 'freeze') {
    notes.push({ text: `next: it goes on by itself; ${target('unfreeze')} lifts the freeze`, tone: 'bold' });
  } else if (outcome === 'waiting') {
    notes.push({ text: `next: ${target('prod')} goes on, ${target('rollback')} ends it`, tone: 'bold' });
  }
  return notes;
}
