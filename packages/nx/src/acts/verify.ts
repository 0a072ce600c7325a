import { sluiceError, verdictOf } from '@sluice/core';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';
import { withHost } from './with-host';

const nothingLive = () => sluiceError('RELEASE_UNKNOWN', { release: 'live in production', known: [] });

/** The post-deployment verification alone: it judges what is live and changes nothing. */
export async function verify(site: Site, options: ActOptions<'verify'>, say: (line: string) => void): Promise<boolean> {
  const { project } = site;
  const { json } = options;
  const environment = 'production';
  const checks = await withHost(site, nothingLive, (host) => host.verify(project, environment));
  const { verdict, reasons } = verdictOf(checks, { required: ['health', 'smoke', 'window'] });
  if (json) say(JSON.stringify({ project, environment, verdict, reasons, checks }, null, 2));
  else {
    for (const { check, status, reason } of checks) say(`  ${status.padEnd(4)}  ${check}: ${reason}`);
    say(`${environment} of ${project}: ${verdict}`);
  }
  return verdict === 'pass' || verdict === 'warn';
}
