import { randomUUID } from 'node:crypto';
import {
  SluiceError,
  type AuditEntry,
  type Clock,
  type EnvironmentName,
  type EnvironmentState,
  type ErrorCode,
} from '@sluice/core';
import type { AuditLog } from './sink';
import type { Rollouts } from './rollouts';

/** What an act is refused with; any other error says that it could not be done. */
const refusals: ReadonlySet<string> = new Set<ErrorCode>([
  ...(['APPROVAL_NOT_WANTED', 'APPROVAL_OF_OTHER', 'APPROVAL_EXPIRED', 'APPROVAL_OWN', 'APPROVAL_TWICE'] as const),
  ...(['APPROVER_NOT_NAMED', 'NO_WAY_BACK', 'RELEASE_NOT_REFUSED', 'RELEASE_REFUSED', 'RELEASE_UNKNOWN'] as const),
  ...(['ROLLOUT_DECIDED', 'ROLLOUT_IN_PROGRESS', 'ROLLOUT_NOT_HELD'] as const),
]);

/** What every act says of itself. */
interface Asked {
  project: string;
  environment: EnvironmentName;
  by: string;
  reason?: string;
  release?: string | { id: string };
}

/** Names as the audit log calls them. */
const acts = {
  deploy: 'deploy',
  rollBack: 'abort',
  permit: 'allow',
  promote: 'promote',
  approve: 'approve',
  reject: 'reject',
  unfreeze: 'unfreeze',
  takeDown: 'down',
} as const;

export interface RefusalPorts {
  audit: AuditLog;
  clock: Clock;
  stateOf(project: string, environment: string): EnvironmentState | null;
  report(what: string, thrown: unknown): void;
}

/**
 * Who was refused what, when and why goes into the audit log; the state stays as it is. An act of somebody who did not
 * get as far as this is in no log of ours.
 */
export function withRefusals(rollouts: Rollouts, { audit, clock, stateOf, report }: RefusalPorts): Rollouts {
  const note = async (act: string, { project, environment, by, reason, release }: Asked, refusal: SluiceError) => {
    const named = typeof release === 'object' ? release.id : release;
    const said = reason === undefined ? '' : ` (said: ${reason})`;
    const entry: AuditEntry = {
      id: `${project}/${environment}/refused-${randomUUID()}`,
      ...{ project, environment, by, at: clock.now(), what: 'refused' },
      release: named ?? stateOf(project, environment)?.rollout?.plan.release.id ?? null,
      detail: `${act}: ${refusal.message} (${refusal.code})${said}`,
    };
    await audit.record([entry]).catch((thrown: unknown) => report('the audit log of a refused act', thrown));
  };
  const noting =
    <T extends Asked, A>(name: keyof Rollouts, act: (request: T) => Promise<A>) =>
    async (request: T): Promise<A> => {
      try {
        return await act(request);
      } catch (thrown) {
        if (thrown instanceof SluiceError && refusals.has(thrown.code)) await note(acts[name], request, thrown);
        throw thrown;
      }
    };
  return {
    deploy: noting('deploy', rollouts.deploy),
    rollBack: noting('rollBack', rollouts.rollBack),
    permit: noting('permit', rollouts.permit),
    promote: noting('promote', rollouts.promote),
    approve: noting('approve', rollouts.approve),
    reject: noting('reject', rollouts.reject),
    unfreeze: noting('unfreeze', rollouts.unfreeze),
    takeDown: noting('takeDown', rollouts.takeDown),
  };
}
