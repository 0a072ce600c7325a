import { outlookOf, planDeploy, planTable, planView } from '@sluice/core';
import { expandFreeze } from '@sluice/adapters/freeze';
import { createStateStore } from '@sluice/adapters/files';
import { identityOf } from '@sluice/adapters/git';
import { readPast } from '@sluice/host/client';
import type { ActOptions } from '../options';
import { readSettings, type Site } from '../stage/ground';

/** Every command that a run would give, stage by stage, with its times. Changes nothing. */
export async function plan(site: Site, options: ActOptions<'plan'>, say: (line: string) => void): Promise<boolean> {
  const { project, configuration, root, checkout, head } = site;
  const { config, file } = await readSettings(site, checkout);
  const now = Date.now();
  const freeze = await expandFreeze(config.freeze, file, now);
  const store = createStateStore(root);
  const by = await identityOf(checkout);
  const release = { id: 'this-release', commit: head, configuration };
  const plans = await Promise.all(
    (['staging', 'production'] as const).map(async (environment) => {
      const from = (await store.load(project, environment))?.stable ?? null;
      return planDeploy(config, environment, 'production', { project, release, from, by, freeze, place: null });
    }),
  );
  const past = await readPast(root, { project, environment: 'production' }, now, new AbortController().signal);
  const [, production] = plans;
  const outlook = production ? outlookOf(production, past, Math.floor(now / 60_000)) : null;
  const view = planView({ project, config, plans, now, outlook });
  say(options.json ? JSON.stringify(view, null, 2) : planTable(view));
  return true;
}
