import { reportedChecks, type Reported, type ReportedCheck } from './reported';

type Finding = ReportedCheck['findings'][number];

const levels = { low: 'note', moderate: 'warning', high: 'error', critical: 'error' } as const;

/**
 * The checks of a stage as SARIF 2.1.0 (OASIS), as CI systems and editors show it: a run a check. What was allowed is a
 * suppressed result. A check that found nothing out is no successful invocation, and says why. `place` is the file that is
 * shown for a finding of no file: some readers refuse a result without one.
 */
export function sarifLog(told: Reported, place: string): string {
  const { stage, project } = told;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: reportedChecks(told).map((check) => runOf(check, `${project}/${stage}/${check.check}/`, place)),
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function runOf(result: ReportedCheck, id: string, place: string) {
  const { check, tool, version, status, reason, figures, durationMs } = result;
  const isBlocked = status === 'fail' && result.findings.every(({ allowed }) => allowed !== undefined);
  const found: Finding[] = isBlocked
    ? [...result.findings, { severity: 'critical', message: reason }] // what only the stage said would be shown nowhere
    : result.findings;
  const rules = [...new Set(found.map(({ rule }) => rule ?? check))];
  const isTold = status === 'pass' || result.findings.length > 0;
  const level = status === 'fail' ? 'error' : status === 'pass' ? 'note' : 'warning';
  return {
    tool: { driver: { name: tool, version, rules: rules.map((rule) => ({ id: rule })) } },
    automationDetails: { id },
    invocations: [
      {
        executionSuccessful: isTold,
        toolExecutionNotifications: [{ level, message: { text: `${check}: ${reason}` } }],
      },
    ],
    results: found.map((finding) => resultOf(finding, rules.indexOf(finding.rule ?? check), check, place)),
    properties: { status, durationMs, figures },
  };
}

function resultOf(
  { severity, message, file, line, rule, allowed }: Finding,
  ruleIndex: number,
  check: string,
  place: string,
) {
  return {
    ruleId: rule ?? check,
    ruleIndex,
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: {
            uri: encodeURI(file ?? place).replace(/[?#]/g, encodeURIComponent),
            uriBaseId: '%SRCROOT%',
          },
          ...(line !== undefined && line >= 1 && { region: { startLine: line } }),
        },
      },
    ],
    ...(allowed !== undefined && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: allowed }],
    }),
    properties: { severity },
  };
}
