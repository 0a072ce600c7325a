import type { Health } from '../health';

/** That instances of the release ended or are ill: what the figures of a release that crashes do not say by themselves. */
export function crashReasons(release: string, health: readonly Health[]): string[] {
  const own = health.find(({ name }) => name === release);
  if (!own || (own.restarts === 0 && own.healthy >= own.wanted)) return [];
  const { restarts, healthy, wanted, reason } = own;
  const what = restarts
    ? `its instances ended ${restarts === 1 ? 'once' : `${restarts} times`}`
    : `${healthy} of ${wanted} instances healthy`;
  return [reason ? `${what}: ${reason}` : what];
}
