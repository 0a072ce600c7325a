import type { SluiceError } from '../../errors';
import type { RolloutPorts } from '../../ports';
import { isAct } from '../../rollout/acts';
import type { Act, EnvironmentState, Event } from '../../rollout/model';
import type { Plan } from '../../rollout/plan';
import { actRules } from './act-rules';
import { asked } from './asked-rules';
import { moveRules } from './move-rules';
import { planRules } from './plan-rules';
import type { Settings } from './scenario';
import type { Watched } from './second-opinion';
import type { Broken } from './step-rules';
import { takeOverRules, type Found } from './take-over-rules';
import { toldRules } from './told-rules';
import { follow, verdictRules } from './verdict-rules';

/** Works out once more what each event, act, plan and question should have come to: it takes half as long as all the rest. */
export interface Doubts {
  /** The same ports, where what a driver asks of them must follow from the state that it saved last. */
  asked(ports: RolloutPorts, stateOf: () => EnvironmentState | null): RolloutPorts;
  move(before: EnvironmentState, event: Event, after: EnvironmentState): void;
  tookOver(state: EnvironmentState, found: Found): void;
  plan(plan: Plan, settings: Settings): void;
  act(before: EnvironmentState, act: Act, after: EnvironmentState, refusal: SluiceError | null): void;
  end(): void;
}

export function createDoubts(breaks: (rule: string, detail: string) => void): Doubts {
  /** By the number of a state: the step that it watches. */
  const watchedSteps = new Map<string, Watched | null>();
  const isKept: (() => boolean)[] = [];
  const check = (broken: Iterable<Broken>): void => {
    for (const [rule, detail] of broken) breaks(rule, detail);
  };
  return {
    asked(ports, stateOf) {
      const inner = asked(ports, stateOf, (detail) => breaks('what is done follows from the state', detail));
      isKept.push(inner.isKept);
      return inner.ports;
    },
    move(before, event, after) {
      const watched = watchedSteps.get(numberOf(before)) ?? null;
      check(toldRules(after));
      if (isAct(event)) check(actRules(before, event, after));
      else check(moveRules(before, event, after));
      if (watched && event.type === 'observed') check(verdictRules(watched, event, after));
      watchedSteps.set(numberOf(after), follow(watched, before, event, after));
    },
    tookOver(state, found) {
      check(takeOverRules(state, found));
      if (found.saved) watchedSteps.set(numberOf(state), watchedSteps.get(numberOf(found.saved)) ?? null);
    },
    plan: (plan, settings) => check(planRules(plan, settings)),
    act: (before, act, after, refusal) => check(actRules(before, act, after, refusal)),
    end() {
      if (isKept.some((is) => is())) breaks('nothing is left running', 'traffic of its own goes on');
    },
  };
}

const numberOf = ({ generation, sequence }: EnvironmentState): string => `${generation}.${sequence}`;
