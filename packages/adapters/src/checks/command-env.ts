import { sluiceError } from '@sluice/core';

/** Runs of Sluice inside runs of Sluice: a test that deploys may itself be a target of readiness; a loop may not. */
const maxDepth = 2;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a command that may start nx again: without `NX_*`, from which nx 23 concludes that it calls
 * itself, without a daemon, and one level deeper in a count of our own. Throws `NESTED_TOO_DEEP` where a stage starts
 * itself.
 */
export function commandEnv(base: Env, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const depth = Number.parseInt(base['SLUICE_DEPTH'] ?? '0', 10) || 0;
  if (depth >= maxDepth) throw sluiceError('NESTED_TOO_DEEP', { depth });
  const kept = Object.entries(base).flatMap(([name, value]) =>
    value === undefined || name.startsWith('NX_') || name === 'FORCE_COLOR' ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), NX_DAEMON: 'false', SLUICE_DEPTH: String(depth + 1), ...extra };
}
