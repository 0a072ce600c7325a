import type { Instant } from '../../analysis/figures';
import { sluiceError, type SluiceError } from '../../errors';
import type { Health } from '../../health';
import type { RolloutPorts } from '../../ports';
import type { Act, EnvironmentState, Phase, Rollout, Route } from '../../rollout/model';
import type { Plan } from '../../rollout/plan';
import { runOf } from '../runs';
import { simulatedStart } from '../simulated-clock';
import { isAct } from '../../rollout/acts';
import { columnOf } from './coverage';
import { consentRouteRules, consentRules } from './consent-rules';
import { createDoubts } from './doubts';
import { endRules, isWaiting } from './end-rules';
import type { Scenario, Settings } from './scenario';
import {
  describe,
  patienceOf,
  routeRules,
  saveRules,
  stateRules,
  stopRules,
  weightOf,
  type Broken,
} from './step-rules';
import { forgetsItsOwner } from './troubles';
import type { SimWorld, Witness } from './world';

/** An invariant that did not hold, what was seen, and how many seconds after the start. */
export interface Violation {
  rule: string;
  detail: string;
  at: number;
}

/** What one step of a rollout lasted by the clock of the figures. */
export interface StepTimes {
  opened: Instant;
  closed: Instant;
}

export interface Inspector {
  witness: Witness;
  violations: Violation[];
  /** The same ports, looked at. */
  watched(ports: RolloutPorts, driver: number): RolloutPorts;
  break(rule: string, detail: string): void;
  /** Takes the last saves back, as a disk does that had promised too much. */
  rewind(saves: number): void;
  /** Takes the whole state away. */
  forget(): void;
  /** Nothing is under way any more. */
  end(state: EnvironmentState): void;
  /** Somebody made a plan. */
  plan(plan: Plan, settings: Settings): void;
  /** An act met an environment at rest. */
  act(before: EnvironmentState, act: Act, after: EnvironmentState, refusal: SluiceError | null): void;
  /** Rollouts that were begun. */
  rollouts(): number;
}

export interface Inspected {
  scenario: Scenario;
  /** A second opinion is heard, too. */
  isDoubted: boolean;
  worldOf(): SimWorld;
  say(text: () => string): void;
  onPhase(phase: Phase['name']): void;
  onPair?: ((phase: string, column: string) => void) | undefined;
}

/** Looks at every save, every route and every stop of all drivers, and says which invariant does not hold. */
export function createInspector({ scenario, isDoubted, worldOf, say, onPhase, onPair }: Inspected): Inspector {
  const violations: Violation[] = [];
  const saved: EnvironmentState[] = [];
  const rollouts = new Map<number, { rollout: Rollout; steps: StepTimes[] }>();
  const health = new Map<string, Health>();
  const isForgetful = forgetsItsOwner(scenario);
  const patience = patienceOf(scenario);
  let withdrawnAt: Instant | null = null;
  /** Drivers in the order in which they took over. */
  let ranks = 0;
  let newestInForce = 0;

  const breaks = (rule: string, detail: string): void => {
    violations.push({ rule, detail, at: (worldOf().clock.now() - simulatedStart) / 1000 });
    say(() => `BROKEN: ${rule}: ${detail}`);
  };
  const check = (broken: Iterable<Broken>): void => {
    for (const [rule, detail] of broken) breaks(rule, detail);
  };
  // where two drivers have saved under one number nobody can tell any more what either was told
  const doubts = isDoubted && !isForgetful ? createDoubts(breaks) : null;
  const inForce = () => worldOf().inForce();

  const witness: Witness = {
    route(route) {
      const { place, runtime } = worldOf();
      if (route.project !== place.project) return;
      const running = runtime.running(place.project);
      check(routeRules(route, { route: inForce()?.route, running, health, isForgetful }));
      if (!isForgetful) check(consentRouteRules(route, saved.at(-1), inForce()?.route));
      say(() => `route ${route.generation}.${route.sequence}: ${describe(route)}`);
      const canary = saved.at(-1)?.rollout?.plan.release.id;
      if (canary && weightOf(route, canary) === 0) checkWithdrawal();
    },
    stop(workload) {
      if (workload.project !== worldOf().place.project) return;
      const run = runOf(workload);
      check(stopRules(run, saved.at(-1), isForgetful ? undefined : inForce()?.route));
      say(() => `stops ${run}`);
    },
  };

  function checkWithdrawal(): void {
    const took = withdrawnAt === null ? 0 : worldOf().clock.now() - withdrawnAt;
    if (took > patience) breaks('a verdict takes traffic away in time', `it took ${took / 1000} s`);
    withdrawnAt = null;
  }

  function onSave(before: EnvironmentState | undefined, state: EnvironmentState): void {
    const { rollout } = state;
    if (!rollout) return;
    check(stateRules(state));
    check(consentRules(before, state));
    const isNew = rollout.phase.name !== before?.rollout?.phase.name;
    if (isNew && rollout.phase.name === 'withdrawing' && weightOf(inForce()?.route, rollout.plan.release.id) > 0)
      withdrawnAt ??= worldOf().clock.now();
    noteSteps(rollout);
    if (isNew) onPhase(rollout.phase.name);
    if (isNew)
      say(() => `${rollout.plan.kind} of ${rollout.plan.release.id}: ${rollout.phase.name}${reasonOf(rollout)}`);
  }

  function noteSteps(rollout: Rollout): void {
    const steps = rollouts.get(rollout.number)?.steps ?? [];
    rollouts.set(rollout.number, { rollout, steps });
    while (steps.length < rollout.steps.length) {
      const last = steps.at(-1);
      if (last) last.closed = worldOf().clock.now();
      steps.push({ opened: inForce()?.at ?? 0, closed: Infinity });
    }
  }

  function checkNumber(route: Route): void {
    const current = inForce()?.route;
    const isSame = current?.generation === route.generation && current.sequence === route.sequence;
    if (isSame && describe(current) !== describe(route))
      breaks('one number stands for one route', `${describe(current)} and ${describe(route)}`);
  }

  return {
    witness,
    violations,
    break: breaks,
    rollouts: () => rollouts.size,
    plan: (plan, settings) => doubts?.plan(plan, settings),
    act: (before, act, after, refusal) => doubts?.act(before, act, after, refusal),

    watched(ports, driver) {
      let told: EnvironmentState | null = null;
      let rank = 0;
      let since: Instant = 0;
      let own: EnvironmentState | null = null;
      const inner = doubts?.asked(ports, () => own) ?? ports;
      const { runtime, router, store, sink } = inner;
      return {
        ...inner,
        runtime: {
          ...runtime,
          async health(workload, signal) {
            const seen = await runtime.health(workload, signal);
            health.set(runOf(workload), seen);
            return seen;
          },
          // as the embedded engine does, which looks whether it is still the one that is reached
          async stop(workload, signal) {
            if (rank < ranks) throw superseded();
            await runtime.stop(workload, signal);
          },
          async start(workload, signal, atMost) {
            if (rank < ranks) throw superseded();
            const answer = await runtime.start(workload, signal, atMost);
            if (answer.ok) health.delete(runOf(workload));
            return answer;
          },
        },
        router: {
          ...router,
          async apply(route, signal) {
            if (!isForgetful) checkNumber(route); // a disk that lost who took over has lost the numbers, too
            if (own?.generation !== route.generation || own.sequence !== route.sequence)
              breaks('what is done was saved before', `route ${route.generation}.${route.sequence} was not`);
            const since = await router.apply(route, signal);
            if (rank < newestInForce && !isForgetful)
              breaks('only the newest driver moves traffic', `driver ${driver} did`);
            newestInForce = Math.max(newestInForce, rank);
            return since;
          },
        },
        store: {
          ...store,
          async save(state, after) {
            const stored = worldOf().store.held(state.project, state.environment);
            await store.save(state, after);
            check(saveRules(state, stored, after));
            // whom the store accepts is the owner, also where the one that had taken over was forgotten by it
            if (after !== undefined || rank < ranks) rank = ranks += 1;
            own = state;
            if (after !== undefined) {
              since = state.at;
              const route = inForce()?.route ?? null;
              const running = worldOf().runtime.running(state.project);
              doubts?.tookOver(state, { saved: after, route, running });
            }
            const before = saved.at(-1);
            saved.push(state);
            if (saved.length > mostSaves && !isWaiting(state)) {
              breaks('every rollout ends', `it was saved ${saved.length} times`);
              throw new Error('it goes round in circles');
            }
            onSave(before, state);
          },
        },
        sink: {
          ...sink,
          progress(state, event) {
            if (onPair && event && told) onPair(told.rollout?.phase.name ?? 'none', columnOf(told, event, state));
            if (event && !isAct(event) && event.at < since)
              breaks("a driver's clock does not go back", `to ${event.at}`);
            if (event && told) doubts?.move(told, event, state);
            told = state;
          },
        },
      };
    },

    rewind(saves) {
      withdrawnAt = null; // the verdict is lost, too
      const older = saved.at(-1 - saves) ?? saved[0];
      if (older) worldOf().store.place(older);
    },

    forget() {
      withdrawnAt = null;
      const { store, place } = worldOf();
      store.lose(place.project, place.environment);
    },

    end(state) {
      checkWithdrawal();
      doubts?.end();
      check(endRules({ scenario, world: worldOf(), state, rollouts: [...rollouts.values()] }));
    },
  };
}

/** More than any scenario needs. */
const mostSaves = 2_000;

const superseded = () => sluiceError('HOST_SUPERSEDED', { path: 'the simulated host' });

const reasonOf = ({ phase, failures }: Rollout): string =>
  'outcome' in phase
    ? ` (${phase.outcome.result}: ${phase.outcome.reason})`
    : failures.problem
      ? ` (${failures.problem.message})`
      : '';
