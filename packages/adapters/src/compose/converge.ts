import { setTimeout as pause } from 'node:timers/promises';
import { formatDuration, type CheckOutcome } from '@sluice/core';
import { counted, fail, pass } from '../checks/outcome';
import type { ToolRun } from './compose-tool';
import type { DescribedService } from './definition';
import type { Engine } from './engine';
import { unreachablePorts, type Unreachable } from './reach';
import { standingOf, type Container, type Standing } from './standing';

export interface Convergence {
  engine: Engine;
  /** The name that Compose gives to what is brought up. */
  name: string;
  services: readonly DescribedService[];
  /** Milliseconds for each: images to be built, services to be healthy. */
  timeout: number;
  /** Runs Compose with these arguments for at most `limit` ms. */
  run(args: readonly string[], limit: number, onLine?: (line: string) => void): Promise<ToolRun>;
  say(line: string): void;
}

/** Milliseconds between two looks at the engine. */
const every = 250;
/** Milliseconds until the same is said again. */
const quiet = 10_000;
const shownLines = 10;

/**
 * Brings up what is described, unless the engine shows that it is there already. What Compose says of itself is never believed:
 * the containers are looked at.
 */
export async function convergeContainers(subject: Convergence, signal: AbortSignal): Promise<CheckOutcome> {
  const { engine, name, services, timeout, run, say } = subject;
  const built = services.filter(({ isBuilt }) => isBuilt).map((service) => service.name);
  const shown = (line: string) => line.trim() && say(`  ${line.trimEnd()}`);
  if (built.length > 0) {
    say(`building ${built.join(', ')}`);
    const problem = problemOf('build', await run(['build', ...built], timeout, shown), timeout);
    if (problem !== null) return fail(problem);
  }
  const until = Date.now() + timeout;
  const before = await engine.containers(name, signal);
  let said: string | null = null;
  if (!(await isAsDescribed(subject, before))) {
    say(`bringing up ${services.map((service) => service.name).join(', ')}`);
    const args = ['up', '--detach', '--no-build', '--remove-orphans'];
    said = problemOf('up', await run(args, until - Date.now(), shown), timeout);
  }
  const found = await settle(subject, said === null ? until : 0, signal);
  const after = await engine.containers(name, signal);
  const changes = changesBetween(before, after);
  const figures = { services: services.length, containers: after.length, changed: changes.length };
  const words = found.standings.map(({ service, words: how }) => `${service} ${how}`).join(', ') || 'all are the app';
  const did = changes.length > 0 ? changes.join(', ') : 'nothing was changed';
  if (said === null && found.problems.length === 0)
    return pass(`${counted(services.length, 'service')}: ${words}; ${did}`, figures);
  return failing(subject, after, { ...found, said }, figures);
}

/** What became of a command of Compose; `null` where it says that it did it. */
function problemOf(verb: string, { end }: ToolRun, limit: number): string | null {
  if (end?.exitCode === 0) return null;
  if (end === null) return `compose ${verb} did not end within ${formatDuration(limit)}`;
  return [`compose ${verb} ended with ${end.how}`, ...end.lastLines.slice(-shownLines)].join('\n');
}

/** Whether every container is there, made from what is described now and from the image that is there now, and no other. */
async function isAsDescribed({ engine, services, run }: Convergence, found: readonly Container[]): Promise<boolean> {
  const now = await engine.now();
  const isReady = services.every((service) => standingOf(service, found, now).how === 'ready');
  const isWhole = services.every(
    ({ name, replicas }) => found.filter((each) => each.service === name).length === replicas,
  );
  const isOwn = found.every(({ service }) => services.some(({ name }) => name === service));
  if (!isReady || !isWhole || !isOwn) return false;
  const { output } = await run(['config', '--hash', '*'], quiet);
  const images = await Promise.all(found.map(({ imageName }) => engine.imageId(imageName)));
  return found.every(({ service, hash, image }, at) => output.includes(`${service} ${hash}`) && images[at] === image);
}

interface Found {
  standings: Standing[];
  /** What is wrong; empty when all is ready. */
  problems: Unreachable[];
}

/** Looks until all services are ready, one can't become so, or the time is over. */
async function settle(subject: Convergence, until: number, signal: AbortSignal): Promise<Found> {
  const { engine, name, services, say } = subject;
  const tell = progressTeller(say);
  for (;;) {
    const [containers, now] = await Promise.all([engine.containers(name, signal), engine.now()]);
    const standings = services.map((service) => standingOf(service, containers, now));
    const failed = standings.filter(({ how }) => how === 'failed');
    const waiting = standings.filter(({ how }) => how === 'waiting');
    const ports =
      failed.length + waiting.length === 0 ? await unreachablePorts(containers, engine.endpoint, signal) : [];
    signal.throwIfAborted();
    const problems = failed.length > 0 ? failed : [...waiting, ...ports];
    if (problems.length === 0 || failed.length > 0 || Date.now() >= until) return { standings, problems };
    for (const { service, words } of problems) tell(service, words);
    await pause(every, undefined, { signal });
  }
}

/** Says what is waited for when it is something else than before, and now and then all the same. */
function progressTeller(say: (line: string) => void) {
  const since = Date.now();
  const told = new Map<string, { words: string; at: number }>();
  return (service: string, words: string): void => {
    const last = told.get(service);
    if (last?.words === words && Date.now() - last.at < quiet) return;
    told.set(service, { words, at: Date.now() });
    say(`waiting for ${service}: ${words} (${Math.round((Date.now() - since) / 1000)} s)`);
  };
}

/** `started db`, `removed old`: one that was made anew or started again counts as started. */
function changesBetween(before: readonly Container[], after: readonly Container[]): string[] {
  const same = (one: Container) => (other: Container) => one.id === other.id && one.startedAt === other.startedAt;
  const started = after.filter((container) => !before.some(same(container))).map(({ service }) => service);
  const isLeft = ({ service }: Container) => after.some((other) => other.service === service);
  const removed = before.filter((container) => !isLeft(container)).map(({ service }) => service);
  const named = (verb: string, names: string[]) => [...new Set(names)].map((name) => `${verb} ${name}`);
  return [...named('started', started), ...named('removed', removed)];
}

/** Names what is wrong, each with the last lines that it wrote. */
async function failing(
  { engine }: Convergence,
  containers: readonly Container[],
  { problems, said }: Found & { said: string | null },
  figures: Record<string, number>,
): Promise<CheckOutcome> {
  const findings = await Promise.all(
    problems.map(async ({ service, words }) => {
      const own = containers.filter((container) => container.service === service);
      const lines = await Promise.all(own.map(({ id }) => engine.lastLines(id, shownLines).catch(() => [])));
      const message = [`${service}: ${words}`, ...lines.flat().map((line) => `  ${line}`)].join('\n');
      return { severity: 'critical' as const, message };
    }),
  );
  const named = problems.map(({ service, words }) => `${service}: ${words}`);
  return fail([...(said === null ? [] : [said]), ...named].join('; '), findings, figures);
}
