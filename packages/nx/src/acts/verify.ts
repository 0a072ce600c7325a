import { verdictOf } from '@sluice/core';
import { connectHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';

/** The post-deployment verification alone: it judges what is live and changes nothing. */
export async function verify(
  { project, root }: Site,
  options: ActOptions<'verify'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { json } = options;
  const environment = 'production';
  const checks = await (await connectHost(root)).verify(project, environment);
  const { verdict, reasons } = verdictOf(checks, { required: ['health', 'smoke', 'window'] });
  if (json) say(JSON.stringify({ project, environment, verdict, reasons, checks }, null, 2));
  else {
    for (const { check, status, reason } of checks) say(`  ${status.padEnd(4)}  ${check}: ${reason}`);
    say(`${environment} of ${project}: ${verdict}`);
  }
  return verdict === 'pass' || verdict === 'warn';
}
