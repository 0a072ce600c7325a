import { isSettled, statusReport, statusTable, environmentNames, type StatusReport } from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { findHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Ground } from '../stage/ground';

/** What runs where; `--watch` goes on telling until the rollout that is under way is over. */
export async function status(
  { project, root }: Ground,
  options: ActOptions<'status'>,
  say: (line: string) => void,
): Promise<boolean> {
  if (options.watch) return watch(project, root, options, say);
  const found = await readReport(project, root);
  const report = { ...found, environments: found.environments.filter(chosen(options)) };
  say(options.json ? JSON.stringify(report, null, 2) : statusTable(report, { colour: process.stdout.isTTY }));
  return true;
}

const chosen =
  ({ environment }: ActOptions<'status'>) =>
  (row: { environment: string }) =>
    environment === undefined || row.environment === environment;

/** From the host, or from the files while none runs: then nothing is known about what is live. */
async function readReport(project: string, root: string): Promise<StatusReport> {
  const host = await findHost(root);
  if (host) return host.status(project);
  const store = createStateStore(root);
  const environments = await Promise.all(
    environmentNames.map(async (environment) => ({
      environment,
      state: await store.load(project, environment),
      live: null,
    })),
  );
  return statusReport({ project, now: Date.now(), environments });
}

async function watch(
  project: string,
  root: string,
  { environment = 'production', json }: ActOptions<'status'>,
  say: (line: string) => void,
): Promise<boolean> {
  const host = await findHost(root);
  if (!host) {
    say(json ? JSON.stringify({ type: 'none', project, environment }) : 'nothing is running');
    return true;
  }
  const { narrator } = await import('../stage/narrate');
  const story = narrator(project, environment);
  const never = new AbortController().signal;
  await host.follow(
    project,
    environment,
    (state) => {
      if (!json) {
        story.tell(state);
        return;
      }
      const { outbox, rollout, stable, sequence, generation } = state;
      for (const entry of outbox) say(JSON.stringify({ type: 'entry', ...entry }));
      const { phase, outcome } = rollout ?? {};
      say(
        JSON.stringify({
          type: 'state',
          project,
          environment,
          generation,
          sequence,
          stable,
          phase: phase?.name,
          outcome,
        }),
      );
    },
    isSettled,
    never,
  );
  story.end();
  return true;
}
