import { formatDuration } from '../config/duration';
import type { Config } from '../config/schema';
import type { Stage } from '../pipeline';
import { counted, percent } from './amounts';

/** What a stage that is no rollout does, in sentences, and what it usually takes. */
export interface Sketch {
  does: string[];
  /** Milliseconds; a guess that leans on configured times where there are some. */
  estimateMs: number;
}

export interface SketchSubject {
  project: string;
  commit: string | null;
  config: Config;
}

/** `null` for the stages that are part of a rollout: their commands are rehearsed. */
export function sketchOf(stage: Stage['name'], subject: SketchSubject): Sketch | null {
  const { project, config } = subject;
  switch (stage) {
    case 'worktree':
      return {
        does: worktreeWords(config, subject.commit?.slice(0, 12) ?? 'HEAD'),
        estimateMs: 5_000,
      };
    case 'build':
      return {
        does: [`nx run ${project}:${config.build.target}`, `pack ${config.build.output} reproducibly`],
        estimateMs: 30_000,
      };
    case 'security':
      return { does: [securityWords(config)], estimateMs: 15_000 };
    case 'load':
      return { does: loadWords(config), estimateMs: config.load.warmup + config.load.duration + 5_000 };
    case 'performance':
      return { does: [performanceWords(config)], estimateMs: 1_000 };
    case 'infra':
      return {
        does: [infraWords(config), 'the containers of a Compose file, where there is one, are up and healthy'],
        estimateMs: 2_000,
      };
    case 'readiness':
      return {
        does: [
          `${config.readiness.targets.join(', ')} of ${project} and of what it depends on, in the worktree`,
          `production readiness score of at least ${config.readiness.minScore}`,
        ],
        estimateMs: 60_000,
      };
    case 'staging':
    case 'canary':
    case 'production':
      return null;
  }
}

function worktreeWords({ worktree: { phase, task, install } }: Config, commit: string): string[] {
  const packages: Record<string, string> = {
    auto: 'install its packages where those of the checkout would be the wrong ones',
    always: 'install its packages',
  };
  const installing = typeof install === 'string' ? packages[install] : install.join(' ');
  const adding = `git worktree add worktrees/phase-${phase}-task-${task} at ${commit}, from a clean tree`;
  return [adding, ...(installing === undefined ? [] : [installing])];
}

function securityWords({ security: { severity, onUnavailable, required, allow } }: Config): string {
  const must = required.length ? `; ${required.join(', ')} may not be skipped` : '';
  const offline = onUnavailable === 'fail' ? 'blocks' : 'warns';
  const known = allow.length ? `; ${counted(allow.length, 'finding')} may pass for a time` : '';
  return `scan for secrets, audit what ships; ${severity} findings block, an unreachable advisory service ${offline}${must}${known}`;
}

function loadWords({ load }: Config): string[] {
  const pace = load.rate === undefined ? 'as fast as it goes' : `${load.rate} requests/s`;
  const times = `${formatDuration(load.duration)} after ${formatDuration(load.warmup)} of warm-up`;
  const limits = [
    `errors at most ${percent(load.maxErrorRate)}`,
    ...(load.maxP95 === undefined ? [] : [`p95 at most ${formatDuration(load.maxP95)}`]),
    ...(load.minRate === undefined ? [] : [`at least ${load.minRate} requests/s`]),
  ];
  return [
    `load ${counted(load.scenarios.length, 'scenario')} over ${counted(load.connections, 'connection')}, ${pace}, ${times}`,
    limits.join(', '),
  ];
}

function performanceWords({ performance: { p50, p95, p99, errorRate, rate } }: Config): string {
  const latencies = Object.entries({ p50, p95, p99 }).flatMap(([name, target]) =>
    target === undefined ? [] : [`${name} at most ${formatDuration(target)}`],
  );
  const targets = [
    ...latencies,
    ...(errorRate === undefined ? [] : [`errors at most ${percent(errorRate)}`]),
    ...(rate === undefined ? [] : [`at least ${rate} requests/s`]),
  ];
  return targets.length
    ? `figures of the load test: ${targets.join(', ')}`
    : 'no target is stated: warns, never blocks';
}

function infraWords({ infra, services }: Config): string {
  const names = services.map(({ name }) => name).join(', ');
  const limit = formatDuration(infra.timeout);
  return names
    ? `the host is up within ${limit}; these services answer: ${names}`
    : `the host is up within ${limit}; no services are declared`;
}
