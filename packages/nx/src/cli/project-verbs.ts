import { findRepository } from '@sluice/adapters/git';
import type { ActOptions } from '../options';
import type { Desk } from './desk';
import { exitOfStatus, type Exit } from './exit-codes';
import { findSite, findSites } from './find-site';

// The acts, for a project that was found without nx. Each is loaded while git answers.

const exitOf = (success: boolean): Exit => (success ? 'done' : 'failed');

export async function status(
  { cwd, say }: Desk,
  project: string | undefined,
  { json, environment, exitCode }: ActOptions<'status'> & { exitCode?: boolean | undefined },
): Promise<Exit> {
  const acts = import('../acts/status');
  const sites = project === undefined ? await findSites(cwd) : [await findSite(cwd, project)];
  const { readReport, statusText } = await acts;
  const found = await Promise.all(sites.map((site) => readReport(site.project, site.root, environment)));
  const reports = found.map(({ report }) => report);
  if (json) say(JSON.stringify(project === undefined ? reports : reports[0], null, 2));
  else say(reports.length ? reports.map(statusText).join('\n\n') : 'no project has a sluice.json');
  const judged = found.map(({ report, hasHost }) => {
    const row = report.environments.find((one) => one.environment === (environment ?? 'production'));
    return exitOfStatus(row, hasHost);
  });
  return exitCode ? (judged[0] ?? 'failed') : 'done';
}

export async function watch(
  { cwd, say }: Desk,
  project: string,
  options: Pick<ActOptions<'status'>, 'json' | 'environment'>,
): Promise<Exit> {
  const acts = import('../acts/status');
  const site = await findSite(cwd, project);
  return exitOf(await (await acts).status(site, { ...options, watch: true }, say));
}

export async function plan(
  { cwd, say }: Desk,
  project: string,
  { configuration = null, ...options }: ActOptions<'plan'> & { configuration?: string | null | undefined },
): Promise<Exit> {
  const acts = import('../acts/plan');
  const site = await findSite(cwd, project, configuration);
  return exitOf(await (await acts).plan(site, options, say));
}

export async function history(
  { cwd, say }: Desk,
  project: string | undefined,
  options: ActOptions<'history'>,
): Promise<Exit> {
  const acts = import('../acts/history');
  // of every project: also of those that there are no more
  const place =
    project === undefined ? { project: null, ...(await findRepository(cwd)) } : await findSite(cwd, project);
  return exitOf(await (await acts).history(place, options, say));
}

export async function rollBack({ cwd, say }: Desk, project: string, options: ActOptions<'rollback'>): Promise<Exit> {
  const acts = import('../acts/rollback');
  const site = await findSite(cwd, project);
  return exitOf(await (await acts).rollBack(site, { reason: 'sluice rollback', ...options }, say));
}

export async function promote({ cwd, say }: Desk, project: string, options: ActOptions<'promote'>): Promise<Exit> {
  const acts = import('../acts/promote');
  const site = await findSite(cwd, project);
  return exitOf(await (await acts).promote(site, options, say));
}

export async function retry({ cwd, say }: Desk, project: string, options: ActOptions<'retry'>): Promise<Exit> {
  const acts = import('../acts/retry');
  const site = await findSite(cwd, project);
  return exitOf(await (await acts).retry(site, options, say));
}

export async function down({ cwd, say }: Desk, project: string, options: ActOptions<'down'>): Promise<Exit> {
  const acts = import('../acts/down');
  const site = await findSite(cwd, project);
  return exitOf(await (await acts).down(site, options, say));
}
