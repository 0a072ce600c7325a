import { formatDuration } from '../config/duration';
import { formatInstant } from '../instant';
import { pipeline } from '../pipeline';
import { nameOf } from '../release';
import type { EnvironmentState, Rollout } from '../rollout/model';
import { retryCommand } from '../rollout/retry-command';
import { checkTable, comparisonTable, gateReasons, syntheticSentence, trafficTable } from './evidence-tables';
import { inline, paragraph, section, table } from './markdown';
import { outcomeSentence } from './outcome-sentence';
import { stageRows } from './stage-rows';
import { knownOutcome } from './standing';
import { subjectOf, type ReportInput, type Subject } from './subject';

/**
 * `.taskmaster/DEPLOYMENT_REPORT.md`: what was deployed, how it went, and on what evidence. It is about one release; what
 * was found of others is named and left out. Numbers that are not known are `unknown` or a dash.
 */
export function deploymentReport(input: ReportInput): string {
  const subject = subjectOf(input);
  const lines = [
    `# Deployment of ${inline(input.project)}`,
    '',
    ...outcomeSentence(subject, input),
    ...subject.notices.map((notice) => `> ${inline(notice)}`),
    ...(subject.notices.length ? [''] : []),
    ...whatTable(subject, input),
    ...stageSection(subject, input),
    ...gateSections(subject),
    ...verificationSection(subject.production),
    ...wayBackSection(subject, input),
    ...rollbackSection(subject, input),
    ...checkSection(subject),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function whatTable(
  { release, receipts, production, staging }: Subject,
  { project, commit, now }: ReportInput,
): string[] {
  const rollout = production ?? staging;
  const builtFrom = release && release.commit !== commit ? `${commit}, first built from ${release.commit}` : commit;
  const rows = [
    ['Project', project],
    ['Release', release?.id ?? 'none yet'],
    ['Commit', builtFrom],
    ...Object.entries(receipts.get('build')?.produced ?? {}).map(([name, digest]) => [`Built ${name}`, digest]),
  ];
  const { configuration = null } = release ?? {};
  const deployed = rollout && [
    ['Configuration', configuration ?? 'none: the settings of sluice.json as they are'],
    ['Replaces', production ? replacedBy(production) : 'unknown'],
    ['Deployed by', rollout.plan.by],
    ...(production?.approvals ?? []).map(({ by, before, at, reason }) => [
      `Approved for ${before}`,
      `${by}, ${formatInstant(at)}: ${reason}`,
    ]),
    ['Begun', formatInstant((staging ?? rollout).startedAt)],
  ];
  return table(['', ''], [...rows, ...(deployed ?? []), ['Report of', formatInstant(now)]]);
}

const replacedBy = ({ plan }: Rollout): string => (plan.from ? nameOf(plan.from) : 'nothing: the first release');

const stageSection = (subject: Subject, input: ReportInput): string[] =>
  section(
    '## Stages',
    table(
      ['#', 'Stage', 'Verdict', 'Key figures', '>Duration'],
      stageRows(subject, input).map((row) => [row.number, row.title, row.verdict, row.figures, row.duration]),
    ),
  );

function gateSections({ staging, production }: Subject): string[] {
  const verified = staging?.verification;
  const comparisons = production ? comparisonTable(production) : [];
  return [
    ...(verified
      ? section(
          `## Gate 1, staging → canary: ${verified.gate.verdict}`,
          checkTable(verified.checks.map((check) => ({ check }))),
        )
      : []),
    ...(production?.steps.length
      ? section(gate2Heading(production), [
          ...(comparisons.length ? ['The numbers of the latest check of each step:', '', ...comparisons] : []),
          ...gateReasons(production),
          'All traffic of each step:',
          '',
          ...trafficTable(production),
          syntheticSentence(production),
          '',
        ])
      : []),
  ];
}

function gate2Heading({ plan, steps }: Rollout): string {
  const verdict = plan.steps[0]?.stage === 'canary' ? steps[0]?.gate?.verdict : undefined;
  return verdict ? `## Gate 2, canary → production: ${verdict}` : '## Production steps';
}

function verificationSection(production: Rollout | null): string[] {
  if (!production?.verification) return [];
  const { gate, checks } = production.verification;
  return section(`## Verification: ${gate.verdict}`, checkTable(checks.map((check) => ({ check }))));
}

function wayBackSection({ production }: Subject, { project, states, now }: ReportInput): string[] {
  if (!production) return [];
  const { plan, wayBack } = production;
  const command = `nx run ${project}:deploy-rollback`;
  if (!plan.from) {
    const text = `There is no earlier release to go back to. \`nx run ${project}:deploy-down\` stops this one.`;
    return section('## The way back', [text, '']);
  }
  const warmUntil = states.production?.previous?.warmUntil ?? null;
  const outcome = knownOutcome(production);
  const isTaken = outcome !== null && outcome.result !== 'done';
  const isWarm = warmUntil !== null && warmUntil > now;
  return section('## The way back', [
    wayBack === null
      ? `The way back to ${nameOf(plan.from)} was not looked at.`
      : `Looked at before traffic moved: ${inline(wayBack).replace(/\.?$/, '.')}`,
    ...(isWarm
      ? [`${nameOf(plan.from)} stays warm until ${formatInstant(warmUntil)}, ${formatDuration(warmUntil - now)} more.`]
      : []),
    ...(isTaken ? ['It was taken, see below: nothing is left to do for it.', ''] : ['', '```sh', command, '```', '']),
  ]);
}

function rollbackSection(
  { release, staging, production, takenBack }: Subject,
  { project, states }: ReportInput,
): string[] {
  const rows = [production, staging].flatMap((rollout) => {
    const outcome = rollout && knownOutcome(rollout);
    return rollout && outcome && outcome.result !== 'done'
      ? [
          `**${formatInstant(outcome.at)}, ${rollout.plan.environment}** (${causes[outcome.cause]}):`,
          '',
          ...paragraph(outcome.reason),
        ]
      : [];
  });
  const byHand = takenBack
    ? [
        `**${formatInstant(takenBack.startedAt)}, production:** ${inline(takenBack.plan.by)} went back to ${nameOf(takenBack.plan.release)}.`,
        '',
      ]
    : [];
  const refused = states.production?.refused ?? [];
  const isRefused = refused.some((refusal) => refusal.release === release?.id) || isBeingRefused(production);
  return section('## Rollbacks', [
    ...(rows.length || byHand.length ? [...rows, ...byHand] : ['None.', '']),
    ...(isRefused && release
      ? [
          `Release ${release.id} is refused from now on. To deploy it once more:`,
          '',
          ...retryLines(project, release.id),
        ]
      : []),
    ...table(['Refused release', 'Since', 'Why'], otherRefusals(refused, release?.id)),
  ]);
}

const causes = {
  release: "the release's doing",
  person: 'ended by a person',
  world: 'the environment around it: nothing is held against the release',
};

const retryLines = (project: string, release: string): string[] => [
  '```sh',
  retryCommand(`nx run ${project}:deploy-retry`, release),
  '```',
  '',
];

const otherRefusals = (refused: EnvironmentState['refused'], own: string | undefined): string[][] =>
  refused
    .filter(({ release }) => release !== own)
    .map(({ release, at, reason }) => [release, formatInstant(at), reason]);

/** The refusal is written down when the report is published, which is a moment after this. */
const isBeingRefused = (rollout: Rollout | null): boolean =>
  rollout?.phase.name === 'publishing' &&
  rollout.phase.outcome.result === 'rolled-back' &&
  rollout.phase.outcome.cause === 'release';

function checkSection({ receipts }: Subject): string[] {
  const rows = pipeline.flatMap(({ name, title }) =>
    (receipts.get(name)?.checks ?? []).map((check) => ({ stage: title, check })),
  );
  return section('## Checks of the stages', checkTable(rows));
}
