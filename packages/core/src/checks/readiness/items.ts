import type { Config } from '../../config/schema';
import type { Phase5 } from '../../handover/phase5';
import type { Receipt } from '../../receipt';
import type { CheckResult, Finding } from '../check';
import { documentPlaces, type DocumentName } from './documents';
import type { ReadinessItem } from './score';

/** What the stage saw, as data. */
export interface ReadinessFacts {
  /** Of the targets that test: the readiness stage's own. */
  tests: readonly CheckResult[];
  /** Lines that the tests reach, in per cent, and where that stands; `null` where nothing says. */
  coverage: { lines: number; file: string } | null;
  receipts: { security?: Receipt | undefined; load?: Receipt | undefined };
  /** The file that was found and has text, by document. */
  documents: Readonly<Record<DocumentName, string | null>>;
  /** `null`: nobody is named anywhere. `orphan`: the first file of the project that nobody owns. */
  owners: { file: string; names: readonly string[]; orphan: string | null } | null;
  /** Whether there is a release to go back to, in production. */
  hasWayBack: boolean;
  /** Of staging: `null` where nothing was deployed there yet, else the last way back in words, if there was one. */
  rehearsal: { last: string | null } | null;
  phase5: Pick<Phase5, 'standing' | 'reason'>;
  projectRoot: string;
}

type Settings = Pick<Config, 'runtime' | 'smoke' | 'approvals' | 'readiness'>;

/** The table of what production needs, each judged by what was seen. What can't apply is `null`, never ok. */
export function readinessItems(facts: ReadinessFacts, settings: Settings): ReadinessItem[] {
  const leftOut: readonly string[] = settings.readiness.leaveOut;
  return [
    ...testing(facts, settings),
    ...security(facts),
    ...operations(facts, settings),
    ...documentation(facts, settings),
    ...stakeholders(facts, settings),
  ].map((item) =>
    leftOut.includes(item.name) ? { ...item, ok: null, evidence: 'readiness.leaveOut names it' } : item,
  );
}

function testing({ tests, coverage }: ReadinessFacts, { readiness }: Settings): ReadinessItem[] {
  const run = tests.filter(({ status }) => status !== 'skip');
  const failing = run.filter(({ status }) => status !== 'pass');
  const least = readiness.coverage;
  const reached = coverage
    ? `${coverage.lines} % of lines (${coverage.file})`
    : 'no coverage-summary.json in the outputs';
  return [
    {
      ...{ name: 'tests', group: 'testing', ok: failing.length ? false : run.length > 0 || null, blocks: true },
      evidence: failing.length
        ? failing.map(({ check, reason }) => `${check}: ${reason}`).join('; ')
        : `${run.length} of ${tests.length} checks ran and passed`,
      raise: 'mend what fails',
    },
    {
      ...{ name: 'coverage', group: 'testing' },
      ok: least === undefined ? null : coverage !== null && coverage.lines >= least,
      evidence:
        least === undefined ? 'no readiness.coverage is stated' : `${reached}, at least ${least} % is asked for`,
      raise: coverage ? 'test more of it' : 'let the test target write the report "json-summary" into its outputs',
    },
  ];
}

function security({ receipts: { security: receipt } }: ReadinessFacts): ReadinessItem[] {
  const group = 'security';
  const findings = receipt?.checks.flatMap((check) => check.findings) ?? [];
  return [
    {
      ...{ name: 'security', group, ok: receipt?.verdict === 'pass' || receipt?.verdict === 'warn', blocks: true },
      evidence: receipt ? `the security stage says ${receipt.verdict}` : 'the security stage left nothing',
      raise: 'mend what the security stage found',
    },
    {
      // what is grave enough has blocked the stage itself
      ...{ name: 'findings', group, ok: receipt !== undefined && findings.length === 0 },
      evidence: !receipt
        ? 'the security stage left nothing'
        : findings.length
          ? `${bySeverity(findings)} open`
          : 'none is open',
      raise: 'mend the findings that are left, or allow each with its reason',
    },
  ];
}

function operations(
  { receipts: { load }, documents, hasWayBack, rehearsal, projectRoot }: ReadinessFacts,
  { runtime, smoke, readiness }: Settings,
): ReadinessItem[] {
  const group = 'operations';
  return [
    {
      ...{ name: 'health', group, ok: load?.verdict === 'pass' || load?.verdict === 'warn' },
      evidence: load
        ? `the load stage, which waits for ${runtime.health.path}, says ${load.verdict}`
        : 'it was not started',
      raise: 'mend what the load stage found',
    },
    {
      ...{ name: 'metrics', group, ok: runtime.metrics !== undefined },
      evidence: runtime.metrics?.path ?? 'it tells nothing of itself',
      raise: 'name runtime.metrics in sluice.json',
    },
    {
      ...{ name: 'smoke', group, ok: smoke !== undefined },
      evidence: smoke?.join(' ') ?? 'no smoke test',
      raise: 'name "smoke" in sluice.json',
    },
    {
      ...{ name: 'way-back', group, ok: hasWayBack || null },
      evidence: hasWayBack ? 'an earlier release of production is kept' : 'production has none yet',
      raise: '',
    },
    {
      ...{ name: 'rehearsal', group, ok: rehearsal && rehearsal.last !== null },
      evidence: rehearsal ? (rehearsal.last ?? 'staging never went back') : 'staging has had no two releases yet',
      raise: 'roll staging back once: deploy-rollback --environment=staging',
    },
    documentItem('alerts', group, { documents, projectRoot, readiness }, 'say when somebody is to be woken'),
  ];
}

const documentation = (facts: ReadinessFacts, { readiness }: Settings): ReadinessItem[] => {
  const known = { ...facts, readiness };
  return [
    documentItem('readme', 'documentation', known, 'say what the service is for'),
    documentItem('runbook', 'documentation', known, 'say what to do when it misbehaves'),
    documentItem('changelog', 'documentation', known, 'say what changes for its users'),
  ];
};

function documentItem(
  name: DocumentName,
  group: ReadinessItem['group'],
  {
    documents,
    projectRoot,
    readiness,
  }: Pick<ReadinessFacts, 'documents' | 'projectRoot'> & Pick<Settings, 'readiness'>,
  why: string,
): ReadinessItem {
  const found = documents[name];
  const [likeliest = ''] = documentPlaces(projectRoot, readiness.documents)[name];
  return { name, group, ok: found !== null, evidence: found ?? `no ${likeliest}`, raise: `${why}: ${likeliest}` };
}

function stakeholders({ owners, phase5 }: ReadinessFacts, { approvals }: Settings): ReadinessItem[] {
  const group = 'stakeholders';
  const asked = approvals.map(({ by, before }) => `${by} before ${before}`).join(', ');
  return [
    {
      ...{ name: 'owners', group, ok: owners !== null && owners.orphan === null },
      evidence: ownersIn(owners),
      raise: owners ? 'name an owner for every file of it' : 'name its owners in .github/CODEOWNERS',
    },
    {
      ...{
        name: 'go',
        group,
        ok: phase5.standing === 'absent' || phase5.standing === 'silent' ? null : phase5.standing === 'go',
      },
      evidence: phase5.reason,
      raise: 'settle what phase 5 objects to',
    },
    {
      // nobody can agree to a rollout that has not begun: it waits for them then
      ...{ name: 'approvals', group, ok: null },
      evidence: asked ? `asked for when it gets there: ${asked}` : 'none is configured',
      raise: '',
    },
  ];
}

function ownersIn(owners: ReadinessFacts['owners']): string {
  if (!owners) return 'no CODEOWNERS';
  if (owners.orphan !== null) return `${owners.file} names nobody for ${owners.orphan}`;
  return `${owners.names.slice(0, 3).join(', ')}${owners.names.length > 3 ? ' and others' : ''} (${owners.file})`;
}

const severities: readonly Finding['severity'][] = ['critical', 'high', 'moderate', 'low'];
const bySeverity = (findings: readonly Pick<Finding, 'severity'>[]): string =>
  severities
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([some]) => some > 0)
    .map(([some, severity]) => `${some} ${severity}`)
    .join(', ');
