import { z, type Found } from '@sluice/core';
import { counted } from '../outcome';
import { billOfMaterials, severityOf } from './packages';
import type { Scanner } from './scanner';

const metadata = z.object({
  id: z.string().min(1),
  dataSource: z.string().optional(),
  severity: z.string().optional(),
});
const report = z.object({
  matches: z.array(
    z.object({
      vulnerability: metadata.extend({
        severity: z.string(),
        description: z.string().optional(),
        fix: z.object({ versions: z.array(z.string()).nullish() }).optional(),
      }),
      relatedVulnerabilities: z.array(metadata).nullish(),
      artifact: z.object({ name: z.string(), version: z.string() }),
    }),
  ),
  descriptor: z.object({ name: z.literal('grype'), version: z.string() }),
});

/** Grype over a bill of materials: in a folder it looks at lockfiles alone, and passes what is merely installed there. */
export const grype: Scanner = {
  name: 'container',
  program: 'grype',
  install: 'install it from github.com/anchore/grype',
  versionArguments: ['version'],
  scanArguments: (file) => [
    ...[`sbom:${billOfMaterials}`, '--output', 'json', '--file', file, '--fail-on', 'negligible', '--quiet'],
  ],
  foundCode: 2, // by --fail-on; errors are 1
  read(printed, { packages = 0 }) {
    const parsed = report.safeParse(printed);
    if (!parsed.success) return { kind: 'rubbish', reason: 'it left no report of the known form' };
    const findings: Found[] = [];
    for (const { vulnerability, relatedVulnerabilities, artifact } of parsed.data.matches) {
      const severity = severityOf(vulnerability.severity);
      if (severity === null) return { kind: 'rubbish', reason: `it knows a severity ${vulnerability.severity}` };
      const { id: rule, dataSource, description = rule, fix } = vulnerability;
      const aliases = [...(relatedVulnerabilities ?? []).map(({ id }) => id), ...(dataSource ? [dataSource] : [])];
      const mended = fix?.versions?.length ? `mended in ${fix.versions.join(', ')}` : '';
      const message = [`${artifact.name} ${artifact.version}: ${description}`, mended, rule].filter(Boolean).join(', ');
      findings.push({ severity, rule, aliases, message });
    }
    return { kind: 'judged', findings, looked: counted(packages, 'package') };
  },
};
