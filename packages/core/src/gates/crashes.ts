import { quoted } from '../error-catalogue-instances';
import type { Health } from '../health';

/** That instances of the release ended or are ill: what the figures of a release that crashes do not say by themselves. */
export function crashReasons(release: string, health: readonly Health[]): string[] {
  const own = health.find(({ name }) => name === release);
  if (!own || (own.restarts === 0 && own.healthy >= own.wanted)) return [];
  const { restarts, healthy, wanted, reason } = own;
  const what = restarts
    ? `its instances ended ${restarts === 1 ? 'once' : `${restarts} times`}`
    : `${healthy} of ${wanted} instances healthy`;
  return [reason ? `${what}: ${reason}` : what, ...lastWords(release, health)];
}

/** What the instance of the release that ended last wrote before; several lines, so this comes last. */
export function lastWords(release: string, health: readonly Health[]): string[] {
  const crash = health.find(({ name }) => name === release)?.crash;
  return crash ? [`the latest that ended (${crash.how}) wrote before:\n${quoted(crash.lines)}`] : [];
}
