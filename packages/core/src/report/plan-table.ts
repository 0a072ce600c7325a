import { nameOf } from '../release';
import { inHours } from './amounts';
import { alignColumns, clip, spread, terminalWidth, wrap, type Column } from './lines';
import { outlookLines } from './outlook-words';
import type { PlannedCommand, PlannedStage, PlanView } from './plan-view';

const indent = ' '.repeat(5);

/** `deploy-plan` for people: at most 80 columns; `~` marks guesses, everything else is configured. */
export function planTable(view: PlanView): string {
  return [
    ...headLines(view),
    '',
    ...view.stages.flatMap(stageLines),
    '',
    ...(view.outlook ? [...outlookLines(view.outlook), ''] : []),
    ...waitLines(view).flatMap((text) => wrap(text)),
    ...totalLines(view),
    '',
    ...comparisonLines(view),
  ].join('\n');
}

function headLines({ project, goal, release, from }: PlanView): string[] {
  const what = release ? `${nameOf(release)} of commit ${release.commit.slice(0, 12)}` : 'a release';
  const after = from ? `, after ${nameOf(from)}` : ', the first release in production';
  return [
    ...wrap(`${project}: what deploy-${goal === 'canary' ? 'canary' : 'prod'} would do with ${what}${after}.`),
    'Nothing was changed.',
  ];
}

function stageLines({ number, target, title, does, commands, estimateMs, skipped }: PlannedStage): string[] {
  const isGuess = !commands.some(({ isConfigured }) => isConfigured);
  const time = skipped ? `skipped: ${skipped}` : about(estimateMs, isGuess);
  const head = spread(`${String(number ?? '-').padStart(2)}  ${target.padEnd(20)}${title}`, time);
  return [
    head,
    ...does.flatMap((text) => wrap(text, terminalWidth - 5).map((line) => indent + line)),
    ...commandLines(commands),
  ];
}

const commandLines = (commands: readonly PlannedCommand[]): string[] =>
  commands.map(({ text, durationMs, isConfigured, isAfterwards }) => {
    const time = isAfterwards ? '' : isConfigured ? inHours(durationMs) : about(durationMs, true);
    return spread(clip(`${indent}${isAfterwards ? 'then ' : ''}${text}`, terminalWidth - 10), time);
  });

const about = (ms: number, isGuess: boolean): string => (ms < 1000 ? '<1s' : `${isGuess ? '~' : ''}${inHours(ms)}`);

function totalLines({ totalMs, warmMs }: PlanView): string[] {
  const warm = warmMs ? `; the old release stays warm for ${inHours(warmMs)} after that` : '';
  return wrap(`total: about ${inHours(totalMs)}${warm}`);
}

const time = (iso: string): string => iso.replace('T', ' ').replace('Z', ' UTC');

/** What nobody knows the time of is no part of the total. */
function waitLines({ approvals, freeze }: PlanView): string[] {
  const asked = approvals.map(({ before, by, from, ttl }) => {
    const who = from ? ` of ${from.join(', ')}` : '';
    return `${before} waits for ${by} ${by === 1 ? 'approval' : 'approvals'}${who}, each good for ${inHours(ttl)}`;
  });
  const end = freeze?.until ? ` until ${time(freeze.until)}` : '';
  const frozen = freeze
    ? [`${freeze.isNow ? 'frozen' : `next freeze from ${time(freeze.from)}`}${end}: ${freeze.reason}`]
    : [];
  return [...asked, ...frozen];
}

const columns: readonly Column[] = [
  { heading: '', align: 'left' },
  { heading: 'this plan', align: 'right' },
  { heading: 'seven-stage description', align: 'right' },
];

function comparisonLines({ stages, totalMs, usual }: PlanView): string[] {
  const timeOf = (name: PlannedStage['stage']) => {
    const found = stages.find(({ stage }) => stage === name);
    return found && !found.skipped ? inHours(found.estimateMs) : 'skipped';
  };
  const rows = (['staging', 'canary', 'production'] as const).map((name) => [name, timeOf(name), usual[name]]);
  const { heading, rows: lines } = alignColumns(columns, [...rows, ['total', inHours(totalMs), usual.total]]);
  return [heading, ...lines];
}
