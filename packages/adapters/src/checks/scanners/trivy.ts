import { z, type Found } from '@sluice/core';
import { counted } from '../outcome';
import { billOfMaterials, severityOf } from './packages';
import type { Scanner } from './scanner';

const vulnerability = z.object({
  VulnerabilityID: z.string().min(1),
  VendorIDs: z.array(z.string()).optional(),
  PkgName: z.string(),
  InstalledVersion: z.string(),
  FixedVersion: z.string().optional(),
  Severity: z.string(),
  Title: z.string().optional(),
  PrimaryURL: z.string().optional(),
});
const result = z.object({
  Packages: z.array(z.unknown()).nullish(),
  Vulnerabilities: z.array(vulnerability).nullish(),
});
const report = z.object({ SchemaVersion: z.literal(2), Results: z.array(result).nullish() });

/** Trivy over a bill of materials. */
export const trivy: Scanner = {
  name: 'container',
  program: 'trivy',
  install: 'install it from github.com/aquasecurity/trivy',
  versionArguments: ['--version'],
  scanArguments: (file) => [
    ...['sbom', '--list-all-pkgs', '--format', 'json', '--output', file],
    ...['--exit-code', '3', '--quiet', billOfMaterials],
  ],
  foundCode: 3, // as it is told; errors are 1
  read(printed, { packages = 0 }) {
    const parsed = report.safeParse(printed);
    if (!parsed.success) return { kind: 'rubbish', reason: 'it left no report of the known form' };
    const results = parsed.data.Results ?? [];
    const looked = results.reduce((sum, { Packages }) => sum + (Packages?.length ?? 0), 0);
    if (looked < packages) return { kind: 'rubbish', reason: `it looked at ${looked} of ${packages} packages` };
    const findings: Found[] = [];
    for (const found of results.flatMap(({ Vulnerabilities }) => Vulnerabilities ?? [])) {
      const severity = severityOf(found.Severity);
      if (severity === null) return { kind: 'rubbish', reason: `it knows a severity ${found.Severity}` };
      const { VulnerabilityID: rule, PkgName, InstalledVersion, Title, FixedVersion, PrimaryURL, VendorIDs } = found;
      const mended = FixedVersion ? `mended in ${FixedVersion}` : '';
      findings.push({
        ...{ severity, rule, aliases: [...(VendorIDs ?? []), ...(PrimaryURL ? [PrimaryURL] : [])] },
        message: [`${PkgName} ${InstalledVersion}: ${Title ?? rule}`, mended, rule].filter(Boolean).join(', '),
      });
    }
    return { kind: 'judged', findings, looked: counted(looked, 'package') };
  },
};
