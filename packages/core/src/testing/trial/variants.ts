import type { SequentialSettings } from '../../analysis/sequential';
import { aConfig } from '../builders';
import { sequentialRule, type Rule } from './rules';

const settings: SequentialSettings = aConfig().canary;
const { errors, latency, robust } = settings;
const minute = 60_000;
/** Where the cap is so large that so many intervals together can just not decide. */
const capped = (intervals: number): Rule =>
  sequentialRule(settings, `cap by ${intervals}`, Math.log(2 / settings.alpha - 1) / intervals);

const variant = (name: string, over: Partial<SequentialSettings>): Rule =>
  sequentialRule({ ...settings, ...over }, name);

/** The default beside other settings of the same method: what each choice costs, and what it buys (docs/adr). */
export const variantRules: readonly Rule[] = [
  variant('default', {}),
  variant('quantiles .5, .95', { latency: { ...latency, quantiles: [0.5, 0.95] } }),
  variant('errors weigh .8', { errors: { ...errors, weight: 0.8 }, latency: { ...latency, weight: 0.2 } }),
  variant('restart 1 min', { robust: { ...robust, restartEvery: minute } }),
  variant('restart 15 min', { robust: { ...robust, restartEvery: 15 * minute } }),
  variant('dispersion 1', { robust: { ...robust, dispersion: 1 } }),
  variant('dispersion 2', { robust: { ...robust, dispersion: 2 } }),
  variant('alpha .01', { alpha: 0.01 }),
  ...[1, 2, 3].map(capped),
  { ...variant('carried over steps', {}), isOfSteps: false },
];
