import type { Instant } from '../analysis/figures';
import type { Answer, Clock, Runtime } from '../ports';
import type { Workload } from '../release';
import { notStarted } from '../rollout/blame';
import type { Health } from '../health';
import { behaviourOf, type Behaviours } from './behaviour';
import { runOf } from './runs';

export interface SimulatedRuntime extends Runtime {
  /** Whether its instances answered at that time. */
  isUp(workload: Workload, at: Instant): boolean;
  /** What has instances now, by the names of `runs.ts`; of one project where it is named. */
  running(project?: string): string[];
  workloadsOf(project: string, environment: string): Workload[];
  /** Has instances from now on, without a start: what was live before the test. */
  place(workload: Workload): void;
  /** Ends its instances from outside. */
  kill(workload: Workload): void;
}

/** From the moment that instances were healthy until they were stopped. `deaths` are the times at which they ended. */
interface Life {
  workload: Workload;
  since: Instant;
  until: Instant;
  deaths: Instant[];
  instances: number;
}

/** Instances that start, die and stop as their release's behaviour says. */
export function simulatedRuntime(clock: Clock, behaviours: Behaviours): SimulatedRuntime {
  const lives = new Map<string, Life[]>();
  const keyOf = ({ project, environment, ...run }: Workload) => `${environment}/${project}/${runOf(run)}`;
  const livesOf = (workload: Workload) => lives.get(keyOf(workload)) ?? [];
  const currentOf = (workload: Workload) => livesOf(workload).find((life) => life.until === Infinity);
  const behaviour = ({ release }: Workload) => behaviourOf(behaviours, release);

  const deathsOf = (life: Life, workload: Workload, at: Instant): Instant[] => {
    const { diesAfter, upAgainAfter } = behaviour(workload);
    const own: Instant[] = [];
    if (diesAfter !== null) {
      const every = upAgainAfter === null ? Infinity : diesAfter + upAgainAfter;
      for (let death = life.since + diesAfter; death <= at; death += every) own.push(death);
    }
    return [...own, ...life.deaths.filter((death) => death <= at)];
  };
  const isDown = (life: Life, workload: Workload, at: Instant): boolean => {
    const { upAgainAfter } = behaviour(workload);
    return deathsOf(life, workload, at).some((death) => upAgainAfter === null || at < death + upAgainAfter);
  };
  const place = (workload: Workload, instances = behaviour(workload).instances): void => {
    const life = currentOf(workload);
    if (life) life.instances = Math.max(life.instances, instances);
    else
      lives.set(keyOf(workload), [
        ...livesOf(workload),
        { workload, since: clock.now(), until: Infinity, deaths: [], instances },
      ]);
  };
  const isUp = (workload: Workload, at: Instant): boolean =>
    livesOf(workload).some((life) => life.since <= at && at < life.until && !isDown(life, workload, at));

  const current = (): Workload[] =>
    [...lives.values()].flatMap((all) => all.filter((life) => life.until === Infinity).map(({ workload }) => workload));

  return {
    isUp,
    place,
    running: (project) =>
      current()
        .filter((workload) => (project ?? workload.project) === workload.project)
        .map(runOf),
    workloadsOf: (project, environment) =>
      current().filter((workload) => workload.project === project && workload.environment === environment),

    kill(workload) {
      currentOf(workload)?.deaths.push(clock.now());
    },

    async prove(workload, signal): Promise<Answer> {
      signal.throwIfAborted();
      const { damage } = behaviour(workload);
      if (damage !== null) return { ok: false, reason: damage };
      if (!currentOf(workload)) return { ok: true, reason: `${workload.release} is whole` };
      const ok = isUp(workload, clock.now());
      return { ok, reason: `${workload.release} is whole and its instances are ${ok ? 'healthy' : 'down'}` };
    },

    async start(workload, signal, atMost): Promise<Answer> {
      signal.throwIfAborted();
      const { damage, startTime, refuses, lacks, instances } = behaviour(workload);
      if (damage !== null) return { ok: false, reason: damage };
      const wanted = Math.min(instances, atMost ?? instances);
      const life = currentOf(workload);
      if (life && life.instances >= wanted && isUp(workload, clock.now()))
        return { ok: true, reason: 'already healthy' };
      await clock.sleepUntil(clock.now() + startTime, signal);
      if (lacks !== null) return notStarted({ code: lacks, message: 'it is not there', remedy: 'put it there' });
      if (refuses !== null) return { ok: false, reason: refuses };
      place(workload, wanted);
      return { ok: true, reason: 'healthy' };
    },

    async health(workload, signal): Promise<Health> {
      signal.throwIfAborted();
      const life = currentOf(workload);
      const { upAgainAfter } = behaviour(workload);
      const wanted = life?.instances ?? 0;
      const up = isUp(workload, clock.now());
      const deaths = life ? deathsOf(life, workload, clock.now()).length : 0;
      return {
        name: workload.release,
        healthy: up ? wanted : 0,
        wanted,
        restarts: upAgainAfter === null ? 0 : deaths,
        reason: up ? null : life ? 'the instance ended' : 'not started',
        ...(deaths > 0 ? { crash: { how: 'exit code 1', lines: ['out of memory'] } } : {}),
      };
    },

    async stop(workload, signal) {
      signal.throwIfAborted();
      const life = currentOf(workload);
      if (life) life.until = clock.now();
    },
  };
}
