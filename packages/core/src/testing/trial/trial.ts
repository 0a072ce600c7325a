import type { Rule, Said } from './rules';
import { openTraffic, seconds, type Setting } from './traffic';

/** How one run of a rule ended, and after how many seconds; `null`: it had not ended when the time was over. */
export interface Ended {
  said: NonNullable<Said>;
  after: number;
}

/**
 * One canary by several rules, each of which sees the same traffic. A rule that promotes goes on to be asked where
 * `isPromotionHeld`, so that its false aborts over the whole time can be counted.
 */
export function tryOnce(
  setting: Setting,
  rules: readonly Rule[],
  { intervals, seed, isPromotionHeld }: { intervals: number; seed: number; isPromotionHeld: boolean },
): (Ended | null)[] {
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
