import { sluiceError } from '@sluice/core';
import { spawnDetached } from '../spawn';
import type { Clock } from './clock';
import type { Company } from './company';
import { innerSocket, prepareFarewell } from './farewell';
import { handTo, untilReady } from './handover';

export interface Succession {
  /** Starts a router from this file and hands everything over to it. @throws `HANDOVER_FAILED`, after which all is as it was */
  succeed(entry: string): Promise<{ pid: number }>;
  /** Another router serves. */
  readonly replaced: Promise<void>;
  /** And the last connection that this one had has ended, as its successor knows. */
  readonly left: Promise<void>;
}

/** How processes of this router are started. */
export interface Program {
  args: readonly string[];
  cwd: string;
  log: string;
}

export function createSuccession(
  company: Company,
  clock: Clock,
  socket: string,
  { args, cwd, log }: Program,
): Succession {
  let replace: () => void = () => undefined;
  const replaced = new Promise<void>((resolve) => (replace = resolve));
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  let current: Promise<{ pid: number }> | undefined;

  async function attempt(entry: string): Promise<{ pid: number }> {
    const former = innerSocket(socket, process.pid);
    const child = spawnDetached(entry, [...args, '--inherit'], { cwd, log, ipc: true });
    const farewell = await prepareFarewell(company, clock, socket);
    try {
      await untilReady(child);
      const handedOver = await company.handOver((estates, socketOf) =>
        handTo(child, { now: clock(), former, estates, socketOf }),
      );
      farewell.open();
      void farewell.after(handedOver.left).then(leave);
    } catch (thrown) {
      child.kill('SIGKILL');
      await farewell.close();
      throw sluiceError('HANDOVER_FAILED', { reason: thrown instanceof Error ? thrown.message : String(thrown), log });
    }
    replace();
    child.disconnect();
    return { pid: child.pid ?? 0 };
  }

  return {
    succeed(entry) {
      current ??= attempt(entry).finally(() => (current = undefined));
      return current;
    },
    replaced,
    left,
  };
}
