import { z, type Finding, type Found } from '@sluice/core';
import type { Shipped } from './shipped';

/** What `npm audit --json` came to. Only `judged` is evidence. */
export type AuditReading =
  | { kind: 'judged'; findings: Found[] }
  /** The advisory service did not answer, or refused. */
  | { kind: 'unavailable'; reason: string }
  /** What came back makes no sense, so it says nothing about the packages. */
  | { kind: 'rubbish'; reason: string };

export interface AuditOutput {
  exitCode: number | undefined;
  stdout: string;
  /** At npm's log level `silly`. */
  stderr: string;
}

const severity = z.enum(['info', 'low', 'moderate', 'high', 'critical']);
const advisory = z.object({
  ...{ title: z.string(), severity, url: z.string().optional(), range: z.string().optional() },
  /** npm's own number of it. */
  source: z.union([z.number(), z.string()]).optional(),
});
const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity, via: z.array(z.union([z.string(), advisory])).min(1), nodes: z.array(z.string()) }),
  ),
  metadata: z.object({
    vulnerabilities: z.object({ total: z.int() }),
    dependencies: z.object({ total: z.int() }),
  }),
});
type Vulnerability = z.infer<typeof reportSchema>['vulnerabilities'][string];
const errorSchema = z.object({ message: z.string().optional(), error: z.object({ summary: z.string() }) });

/**
 * Reads what npm printed about the packages of `lockShipped(ships)`. It is believed only when everything fits together:
 * npm asked, the service answered with a list, all packages were looked at, and counts and exit code agree.
 */
export function readAudit({ exitCode, stdout, stderr }: AuditOutput, ships: readonly Shipped[]): AuditReading {
  const rubbish = (reason: string): AuditReading => ({ kind: 'rubbish', reason });
  const json = parseJson(stdout);
  const failure = errorSchema.safeParse(json);
  if (failure.success) {
    const { message, error } = failure.data;
    if (message === undefined || /invalid json/i.test(message)) return rubbish(message ?? error.summary);
    return { kind: 'unavailable', reason: message };
  }
  const report = reportSchema.safeParse(json);
  if (!report.success) return rubbish('npm printed no audit report');
  const { vulnerabilities, metadata } = report.data;
  const answer = /^npm sill\w* audit report (.*)$/m.exec(stderr)?.[1];
  if (answer !== undefined && !answer.startsWith('{')) return rubbish(`the service answered ${answer.slice(0, 40)}`);
  const entries = Object.entries(vulnerabilities);
  if (metadata.vulnerabilities.total !== entries.length) return rubbish('the report contradicts its own counts');
  if (metadata.dependencies.total < ships.length) {
    return rubbish(`npm looked at ${metadata.dependencies.total} of ${ships.length} packages`);
  }
  if (exitCode !== (entries.length ? 1 : 0)) {
    return rubbish(`npm ended with exit code ${exitCode ?? 'none'} and reported ${entries.length} vulnerabilities`);
  }
  return { kind: 'judged', findings: entries.flatMap(([name, found]) => findingsOf(name, found, ships)) };
}

function findingsOf(name: string, { severity: worst, via, nodes }: Vulnerability, ships: readonly Shipped[]): Found[] {
  const versions = nodes.flatMap((node) => ships[Number(/^node_modules\/p(\d+)$/.exec(node)?.[1])]?.version ?? []);
  const what = [name, versions.join(', ')].filter(Boolean).join(' ');
  const causes = via.filter((cause) => typeof cause === 'string');
  const advisories = via.filter((cause) => typeof cause !== 'string');
  if (advisories.length === 0) {
    return [{ severity: ours(worst), message: `${what} depends on ${causes.join(', ')}`, rule: name }];
  }
  return advisories.map(({ title, severity: level, url, range, source }) => {
    const aliases = [url, source].flatMap((id) => (id === undefined ? [] : [String(id)]));
    return {
      severity: ours(level),
      message: [`${what}: ${title}`, range ? `affected: ${range}` : '', url ?? ''].filter(Boolean).join(', '),
      rule: /GHSA(-\w{4}){3}/.exec(url ?? '')?.[0] ?? aliases[0] ?? name,
      aliases,
    };
  });
}

const ours = (level: z.infer<typeof severity>): Finding['severity'] => (level === 'info' ? 'low' : level);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no report, which the caller says
  }
}
