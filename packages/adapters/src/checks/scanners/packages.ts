import type { Finding } from '@sluice/core';
import type { Shipped } from '../shipped';

/** Levels of databases of vulnerabilities, in lower case. What nobody has judged yet may be anything: it is taken for high. */
const severities: Readonly<Record<string, Finding['severity']>> = {
  ...{ critical: 'critical', high: 'high', unknown: 'high', medium: 'moderate', low: 'low', negligible: 'low' },
};

/** `null` for a level that is not known. */
export const severityOf = (level: string): Finding['severity'] | null => severities[level.toLowerCase()] ?? null;

/** Where scanners of packages find what is shipped, in the folder that they are started in. */
export const billOfMaterials = 'bom.json';

/** What is shipped as CycloneDX 1.5, for scanners that would otherwise look for it by rules of their own. */
export const cycloneDx = (ships: readonly Shipped[]): string =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    components: ships.map(({ name, version }) => {
      const purl = `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
      return { 'bom-ref': purl, type: 'library', name, version, purl };
    }),
  });
