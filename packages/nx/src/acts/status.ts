import {
  environmentNames,
  isSettled,
  statusReport,
  statusTable,
  type EnvironmentName,
  type StatusReport,
} from '@sluice/core';
import { createStateStore } from '@sluice/adapters/files';
import { findHost } from '@sluice/host/client';
import type { ActOptions } from '../options';
import type { Site } from '../stage/ground';
import { isColoured } from '../stage/say';

/** What runs where; `--watch` goes on telling until the rollout that is under way is over. */
export async function status(
  { project, root }: Site,
  options: ActOptions<'status'>,
  say: (line: string) => void,
): Promise<boolean> {
  if (options.watch) return watch(project, root, options, say);
  const { report } = await readReport(project, root, options.environment);
  say(options.json ? JSON.stringify(report, null, 2) : statusText(report));
  return true;
}

export const statusText = (report: StatusReport): string => statusTable(report, { colour: isColoured() });

/** What runs in all environments or one, and whether a host said so. */
export async function readReport(
  project: string,
  root: string,
  environment?: EnvironmentName,
): Promise<{ report: StatusReport; hasHost: boolean }> {
  const host = await findHost(root);
  const report = host ? await host.status(project) : await readFiles(project, root);
  const environments = report.environments.filter((row) => !environment || row.environment === environment);
  return { report: { ...report, environments }, hasHost: host !== null };
}

/** While no host runs, nothing is known about what is live. */
async function readFiles(project: string, root: string): Promise<StatusReport> {
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
  await story.end();
  return true;
}
