import { formatInstant, isoInstant, parseDuration, sluiceError } from '@sluice/core';
import { identityOf } from '@sluice/adapters/git';
import { connectHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';

const environment = 'production';

/** Lets rollouts go on in spite of a freeze, for a while; who, why and until when goes into the state and the audit log. */
export async function unfreeze(
  { project, root, checkout }: Pick<Site, 'project' | 'root' | 'checkout'>,
  options: ActOptions<'unfreeze'>,
  say: (line: string) => void,
): Promise<boolean> {
  const { reason, for: text, json } = options;
  const lasts = parseDuration(text);
  if (lasts === null || lasts <= 0 || lasts > longest)
    throw sluiceError('OPTION_INVALID', {
      ...{ option: 'for', expected: 'a duration such as "2h", of at most "7d"', found: `"${text}"` },
    });
  const by = await identityOf(checkout);
  const host = await connectHost(root);
  try {
    await host.unfreeze({ project, environment, lasts, reason, by });
    const { unfrozen } = await host.state(project, environment);
    const until = unfrozen?.until ?? null;
    say(
      json
        ? JSON.stringify(
            { project, environment, outcome: 'unfrozen', by, reason, until: until === null ? null : isoInstant(until) },
            null,
            2,
          )
        : `${by} lifts every freeze of ${project}${until === null ? '' : ` until ${formatInstant(until)}`}`,
    );
  } finally {
    await host.close().catch(() => undefined); // one that was started for this ends again when nothing is live
  }
  return true;
}

const longest = 7 * 24 * 60 * 60_000;
