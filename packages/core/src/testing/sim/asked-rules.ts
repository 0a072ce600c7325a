import type { RolloutPorts } from '../../ports';
import type { EnvironmentState, Phase, Rollout, Route } from '../../rollout/model';
import type { Plan } from '../../rollout/plan';
import type { Workload } from '../../release';
import { runOf } from '../runs';

type Say = (detail: string) => void;

export interface Asked {
  ports: RolloutPorts;
  /** Whether traffic of Sluice's own goes on. */
  isKept(): boolean;
}

/** The same ports, where everything that a driver asks of them must be what the state that it saved last stands for. */
export function asked(ports: RolloutPorts, stateOf: () => EnvironmentState | null, wrong: Say): Asked {
  const { runtime, router, verifier, metrics, publisher, synthetic } = ports;
  let kept: Plan | null = null;

  /** The rollout of the last save, which must be in one of these phases. */
  const rolloutIn = (what: string, isWatched: boolean, ...names: Phase['name'][]): Rollout | null => {
    const rollout = stateOf()?.rollout ?? null;
    if (!rollout || !names.includes(rollout.phase.name)) wrong(`${what} while ${rollout?.phase.name ?? 'none'}`);
    if ((isWatched ? rollout?.plan : null) !== kept)
      wrong(`${what} while own traffic is ${kept ? 'sent' : 'not sent'}`);
    return rollout;
  };

  return {
    isKept: () => kept !== null,
    ports: {
      ...ports,
      runtime: {
        ...runtime,
        async prove(workload, signal) {
          const rollout = rolloutIn('prove', false, 'proving');
          const { kind, release, from } = rollout?.plan ?? {};
          const wayBack = kind === 'rollback' ? release : (from ?? release);
          if (workload.release !== wayBack?.id) wrong(`${workload.release} is proven`);
          return runtime.prove(workload, signal);
        },
        async start(workload, signal, atMost) {
          const rollout = rolloutIn('start', false, 'starting', 'growing');
          const step = rollout?.phase.name === 'growing' ? rollout.phase.step : 0;
          const due = rollout?.plan.steps[step]?.atMost;
          if (!isOfStep(workload, rollout?.plan, step) || atMost !== due)
            wrong(`starts ${atMost} of ${runOf(workload)}, not ${due}`);
          return runtime.start(workload, signal, atMost);
        },
        async health(workload, signal) {
          const rollout = rolloutIn('health', true, 'watching');
          const step = rollout?.phase.name === 'watching' ? rollout.phase.step : 0;
          if (!isOfStep(workload, rollout?.plan, step)) wrong(`looks at ${runOf(workload)}`);
          return runtime.health(workload, signal);
        },
        async stop(workload, signal) {
          const { previous, rollout } = stateOf() ?? {};
          const isWarm = previous?.release.id === workload.release && previous.warmUntil !== null;
          const isItself = rollout?.phase.name === 'clearing' && rollout.plan.release.id === workload.release;
          if (
            isWarm &&
            workload.slot === undefined &&
            !isItself &&
            rollout?.phase.name !== 'tidying' &&
            rollout?.phase.name !== 'retiring'
          )
            wrong(`stops ${workload.release}, which is the way back`);
          return runtime.stop(workload, signal);
        },
      },
      router: {
        ...router,
        async apply(route, signal) {
          const state = stateOf();
          const { rollout } = state ?? {};
          if (state && rollout && rollout.phase.name !== 'over') {
            const [is, due] = [told(route), told(routeOf(state, rollout))];
            if (is !== due) wrong(`the route ${is} while ${rollout.phase.name}, not ${due}`);
          }
          return router.apply(route, signal);
        },
      },
      metrics: {
        async measure(query, signal) {
          const rollout = rolloutIn('measure', true, 'watching');
          const { observedTo, observedAt } = rollout?.phase.name === 'watching' ? rollout.phase : {};
          const end = (observedAt ?? Infinity) + (rollout?.plan.judge.interval ?? 0);
          if (query.from !== observedTo || query.to < end) wrong(`measures ${query.from} to ${query.to}`);
          return metrics.measure(query, signal);
        },
        async history(query, signal) {
          const phase = rolloutIn('history', true, 'watching')?.phase;
          const from = phase?.name === 'watching' ? phase.observedTo : undefined;
          if (query.until !== from) wrong(`asks for the time before ${query.until}`);
          return metrics.history(query, signal);
        },
      },
      verifier: {
        async verify({ plan, workload, via, since }, checks, signal) {
          const rollout = rolloutIn('verify', via === 'router', via === 'router' ? 'verifying' : 'trying');
          const due = via === 'router' ? rollout?.plan.verify : rollout?.plan.trial;
          if (checks.join() !== due?.join() || checks.length === 0) wrong(`checks ${checks.join()}`);
          if (plan !== rollout?.plan || workload.release !== plan.release.id) wrong(`checks ${workload.release}`);
          const phase = rollout?.phase;
          if (phase?.name === 'verifying' && phase.since !== since) wrong(`checks since ${since}`);
          return verifier.verify({ plan, workload, via, since }, checks, signal);
        },
      },
      publisher: {
        async publish(state, outcome, signal) {
          const phase = rolloutIn('publish', false, 'publishing')?.phase;
          if (phase && (!('outcome' in phase) || phase.outcome !== outcome)) wrong(`publishes "${outcome.reason}"`);
          return publisher.publish(state, outcome, signal);
        },
      },
      synthetic: {
        keep(plan) {
          kept = plan;
          synthetic.keep(plan);
        },
      },
    },
  };
}

/** The split that a rollout stands for: what its last step gives it, or all for what is live. */
function routeOf({ stable, listening }: EnvironmentState, rollout: Rollout): Pick<Route, 'port' | 'slots' | 'rollout'> {
  const { phase, plan, steps, number } = rollout;
  const isLive = stable?.id === plan.release.id;
  const isMoved = ['watching', 'growing', 'merging', 'shedding', 'verifying'].includes(phase.name);
  const share =
    phase.name === 'shifting' ? plan.steps[phase.step]?.traffic : isMoved ? steps.at(-1)?.traffic : undefined;
  const { port } = share !== undefined || isLive ? plan : (listening ?? plan);
  if (share === undefined || isLive)
    return { rollout: number, port, slots: stable ? [{ slot: 'stable', release: stable.id, weight: 100 }] : [] };
  const step = phase.name === 'shifting' ? phase.step : steps.length - 1;
  const isMerged =
    phase.name === 'merging' ||
    phase.name === 'shedding' ||
    (phase.name === 'growing' && plan.steps[phase.step]?.baseline === undefined);
  const fresh = isMerged ? 0 : (plan.steps[step]?.baseline ?? 0);
  const old = [
    { slot: 'stable' as const, weight: 100 - share - fresh },
    { slot: 'baseline' as const, weight: fresh },
  ];
  const from = old.flatMap((slot) =>
    plan.from && (slot.slot === 'stable' || fresh > 0) ? [{ ...slot, release: plan.from.id }] : [],
  );
  const own = { slot: plan.from ? ('canary' as const) : ('stable' as const), release: plan.release.id, weight: share };
  return { rollout: number, port, slots: [...from, own] };
}

/** The release of a plan, or the fresh baseline of one of its steps. */
const isOfStep = ({ release, slot }: Workload, plan: Plan | undefined, step: number): boolean =>
  slot === undefined
    ? release === plan?.release.id
    : release === plan?.from?.id && plan.steps[step]?.baseline !== undefined;

const told = ({ rollout, port, slots }: Pick<Route, 'port' | 'slots' | 'rollout'>): string =>
  `${rollout} at ${port}: ${slots.map(({ slot, release, weight }) => `${slot} ${release} ${weight}`).join()}`;
