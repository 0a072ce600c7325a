import type { Rule, Said } from './rules';
import type { Scenario } from './scenarios';
import { openTraffic, seconds } from './traffic';

/** How one run of a rule ended, and after how many seconds; `null`: it had not ended when the time was over. */
export interface Ended {
  said: NonNullable<Said>;
  after: number;
}

/** One canary by several rules, each of which sees the same traffic; in the order of the rules. */
export function tryOnce(scenario: Scenario, rules: readonly Rule[], seed: number): (Ended | null)[] {
  const { setting, intervals, isPromotionHeld } = scenario;
  const traffic = openTraffic(setting, seed);
  let known: ReturnType<typeof traffic.history> | null = null;
  const history = () => (known ??= traffic.history());
  const open = rules.map((rule) => rule.open(history));
  const splitAt = (interval: number) => setting.share(interval);
  const ended: (Ended | null)[] = rules.map(() => null);
  for (let i = 1; i <= intervals && ended.includes(null); i++) {
    const interval = traffic.next();
    const isNewStep = i > 1 && splitAt(i - 1) !== splitAt(i - 2);
    for (const [index, say] of open.entries()) {
      if (ended[index]) continue;
      const rule = rules[index];
      if (rule?.isOfSteps && isNewStep) open[index] = rule.open(history);
      const said = (open[index] ?? say)(interval);
      if (said === 'abort' || (said === 'promote' && !isPromotionHeld)) ended[index] = { said, after: i * seconds };
    }
  }
  return ended;
}
