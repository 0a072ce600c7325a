import type { Instant } from '../../analysis/figures';
import type { Health } from '../../health';
import type { RolloutPorts } from '../../ports';
import type { EnvironmentState, Rollout, Route } from '../../rollout/model';
import { aRelease } from '../builders';
import { simulatedStart } from '../simulated-clock';
import { endRules } from './end-rules';
import { pairOf } from './pairs';
import type { Scenario } from './scenario';
import { isOfCall } from './troubles';
import type { SimWorld, Witness } from './world';

/** An invariant that did not hold, when, and what was seen. */
export interface Violation {
  rule: string;
  detail: string;
  /** Seconds after the start. */
  at: number;
}

/** What one step of one rollout lasted in real time, whatever the clock showed. */
export interface StepTimes {
  opened: Instant;
  closed: Instant;
}

export interface Inspector {
  witness: Witness;
  violations: Violation[];
  watched(ports: RolloutPorts, driver: number, onPair?: (pair: string) => void): RolloutPorts;
  break(rule: string, detail: string): void;
  rewind(saves: number): void;
  forget(): void;
  end(state: EnvironmentState): void;
}

/** Looks at every save, every route and every stop, and says which invariant does not hold. */
export function createInspector(
  scenario: Scenario,
  worldOf: () => SimWorld,
  say: (text: () => string) => void,
): Inspector {
  const violations: Violation[] = [];
  const saved: EnvironmentState[] = [];
  const rollouts = new Map<Instant, { rollout: Rollout; steps: StepTimes[] }>();
  const health = new Map<string, Health>();
  /** Drivers in the order in which they took over. */
  let ranks = 0;
  let newestInForce = 0;
  let withdrawingSince: Instant | null = null;
  const patience = patienceOf(scenario);
  const isRewound = scenario.troubles.some(({ kind }) => kind === 'the driver dies and saves are lost');

  const breaks = (rule: string, detail: string): void => {
    const at = (worldOf().clock.now() - simulatedStart) / 1000;
    violations.push({ rule, detail, at });
    say(() => `BROKEN: ${rule}: ${detail}`);
  };
  const inForce = (): Route | undefined => {
    const state = saved.at(-1);
    return state ? worldOf().router.history(state.project, state.environment).at(-1)?.route : undefined;
  };

  const inForceSince = (): Instant => {
    const state = saved.at(-1);
    return (state && worldOf().router.history(state.project, state.environment).at(-1)?.at) ?? 0;
  };

  const witness: Witness = {
    route(route) {
      const { slots } = route;
      const total = slots.reduce((sum, { weight }) => sum + weight, 0);
      if (slots.length > 0 && total !== 100) breaks('the split adds up to 100', `it adds up to ${total}`);
      const running = worldOf().runtime.running();
      const before = inForce();
      for (const { release, weight } of slots) {
        if (weight === 0) continue;
        if (!running.includes(release)) breaks('traffic only for what was started', `${release} gets ${weight} %`);
        const had = before?.slots.find((slot) => slot.release === release)?.weight ?? 0;
        const seen = health.get(release);
        if (weight > had && weight < 100 && seen?.healthy === 0 && !isRewound)
          breaks('no more traffic for what is seen to be down', `${release} goes from ${had} to ${weight} %`);
      }
      say(() => `route ${route.generation}.${route.sequence}: ${describe(route)}`);
      const bad = saved.at(-1)?.rollout?.plan.release.id;
      if (withdrawingSince !== null && !slots.some(({ release, weight }) => release === bad && weight > 0)) {
        checkWithdrawal();
        withdrawingSince = null;
      }
    },
    stop({ release }) {
      const weight = inForce()?.slots.find((slot) => slot.release === release)?.weight ?? 0;
      if (weight > 0) breaks('what has traffic is not stopped', `${release} has ${weight} %`);
      if (saved.at(-1)?.stable?.id === release) breaks('what is live is not stopped', release);
      say(() => `stops ${release}`);
    },
  };

  function checkWithdrawal(): void {
    if (withdrawingSince === null) return;
    const took = worldOf().clock.now() - withdrawingSince;
    if (took > patience) breaks('a verdict takes traffic away in time', `it took ${took / 1000} s`);
  }

  function onSave(before: EnvironmentState | undefined, state: EnvironmentState): void {
    const now = worldOf().clock.now();
    const { rollout } = state;
    if (!rollout) return;
    const shares = rollout.steps.map(({ traffic }) => traffic).join();
    const planned = rollout.plan.steps.map(({ traffic }) => traffic).join();
    if (!`${planned},`.startsWith(shares === '' ? '' : `${shares},`))
      breaks('no step is skipped or repeated', `${shares} of ${planned}`);
    if (rollout.phase.name === 'withdrawing' && before?.rollout?.phase.name !== 'withdrawing') {
      const route = inForce();
      const has = route?.slots.some(({ release, weight }) => release === rollout.plan.release.id && weight > 0);
      if (has) withdrawingSince ??= now;
    }
    const known = rollouts.get(rollout.startedAt);
    const steps = known?.steps ?? [];
    while (steps.length < rollout.steps.length) {
      const last = steps.at(-1);
      if (last) last.closed = Math.min(last.closed, now);
      steps.push({ opened: inForceSince(), closed: Infinity });
    }
    rollouts.set(rollout.startedAt, { rollout, steps });
    if (rollout.phase.name !== before?.rollout?.phase.name)
      say(
        () => `${rollout.plan.kind} of ${nameOf(rollout.plan.release.id)}: ${rollout.phase.name}${reasonOf(rollout)}`,
      );
  }

  return {
    witness,
    violations,
    break: breaks,

    watched(ports, driver, onPair) {
      let act: string | null = null;
      let rank = 0;
      let own: EnvironmentState | null = null;
      return {
        ...ports,
        inbox: {
          ...ports.inbox,
          take() {
            const taken = ports.inbox.take();
            if (taken) act = taken.type;
            if (taken) say(() => `driver ${driver} takes ${taken.type}`);
            return taken;
          },
        },
        runtime: {
          ...ports.runtime,
          async health(workload, signal) {
            const seen = await ports.runtime.health(workload, signal);
            health.set(workload.release, seen);
            return seen;
          },
          async start(workload, signal, atMost) {
            const answer = await ports.runtime.start(workload, signal, atMost);
            if (answer.ok) health.delete(workload.release);
            return answer;
          },
        },
        router: {
          ...ports.router,
          async apply(route, signal) {
            const current = inForce();
            const isSame = current?.generation === route.generation && current.sequence === route.sequence;
            if (isSame && describe(current) !== describe(route))
              breaks('one number stands for one route', `${describe(current)} and ${describe(route)}`);
            const since = await ports.router.apply(route, signal);
            if (rank < newestInForce) breaks('only the newest driver moves traffic', `driver ${driver} did`);
            newestInForce = Math.max(newestInForce, rank);
            return since;
          },
        },
        store: {
          ...ports.store,
          async save(state, after) {
            await ports.store.save(state, after);
            if (after !== undefined) rank = ranks += 1;
            const before = saved.at(-1);
            saved.push(state);
            if (onPair && own) {
              const pair = pairOf(own, state, act);
              if (pair) onPair(pair);
            }
            act = null;
            own = state;
            onSave(before, state);
          },
        },
      };
    },

    rewind(saves) {
      const older = saved.at(-1 - saves) ?? saved[0];
      if (older) worldOf().store.place(older);
    },
    forget() {
      const state = saved.at(-1);
      if (state) worldOf().store.lose(state.project, state.environment);
    },

    end(state) {
      checkWithdrawal();
      for (const [rule, detail] of endRules({ scenario, world: worldOf(), state, rollouts: [...rollouts.values()] }))
        breaks(rule, detail);
    },
  };
}

const relevant = ['the router is down', 'the router is slow', 'the router applies in part', 'the disk is full'];
const alsoRelevant = ['the audit log is full', 'the clock is set forward', 'the clock is set back', 'a port is taken'];

/** How long it may take from a verdict to where no request comes to the canary any more. */
function patienceOf({ troubles }: Scenario): number {
  const delays = troubles.filter(
    (trouble) => isOfCall(trouble) || relevant.includes(trouble.kind) || alsoRelevant.includes(trouble.kind),
  );
  const worst = delays.reduce((sum, { lasts, size }) => sum + lasts + size * 5000 + 16 * 60_000, 0);
  return 1000 + worst;
}

const describe = ({ slots }: Route): string =>
  slots.map(({ slot, release, weight }) => `${slot} ${nameOf(release)} ${weight} %`).join(', ') || 'not served';

const names = new Map(['first', 'next', 'third'].map((name) => [aRelease(name).id, name]));
const nameOf = (id: string): string => names.get(id) ?? id;

const reasonOf = ({ phase, failures }: Rollout): string =>
  'outcome' in phase
    ? ` (${phase.outcome.result}: ${phase.outcome.reason})`
    : failures.problem
      ? ` (${failures.problem.message})`
      : '';
