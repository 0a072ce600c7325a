import { join } from 'node:path';
import type { CheckOutcome, Health, Plan, Service } from '@sluice/core';
import { connectivityCheck, smokeCheck } from '@sluice/adapters/checks';

/** Whether a declared service answers. */
export async function probeService(service: Service, signal: AbortSignal): Promise<Health> {
  const { status, reason } = await connectivityCheck().run({ services: [{ ...service, critical: true }] }, signal);
  const healthy = status === 'pass' ? 1 : 0;
  return { name: service.name, healthy, wanted: 1, restarts: 0, reason: healthy ? null : reason };
}

/** The project's smoke tests; without any, the health path is asked through the same door, which is said. */
export async function smoke(
  { plan, baseUrl }: { plan: Plan; baseUrl: string },
  signal: AbortSignal,
): Promise<CheckOutcome> {
  if (plan.smoke && plan.place) {
    const folder = join(plan.place.worktree, plan.place.projectRoot);
    return smokeCheck({ command: plan.smoke }).run({ folder, baseUrl }, signal);
  }
  const service = { name: 'health path', url: `${baseUrl}${plan.healthPath}`, critical: true, timeout: 5_000 };
  const { status, reason, ...rest } = await connectivityCheck().run({ services: [service] }, signal);
  const said = `no smoke tests are configured; ${plan.healthPath}: ${reason}`;
  return { ...rest, reason: said, status: status === 'pass' ? 'warn' : status };
}
