import { summarise } from '../../analysis/figures';
import type { EnvironmentState, Event, Rollout } from '../../rollout/model';
import { checksOf, freshOf, secondOpinion, type Observed, type Verdict, type Watched } from './second-opinion';
import type { Broken } from './step-rules';

/** The watched step of a state, as far as everything that it was told is known. */
export function follow(watched: Watched | null, before: EnvironmentState, event: Event, after: EnvironmentState) {
  const { rollout } = after;
  if (rollout?.phase.name !== 'watching') return null;
  if (event.type === 'shifted' && before.rollout?.phase.name === 'shifting') return opened(rollout, event);
  if (!watched) return null;
  if (event.type === 'observed')
    return { ...watched, told: [...watched.told, event], isWaiting: rollout.phase.waiting };
  if (event.type !== 'goal') return watched;
  const plan = { ...watched.plan, goal: event.goal };
  if (event.goal === 'canary' || !watched.isWaiting) return { ...watched, plan };
  return { ...watched, plan, isWaiting: false, deadline: event.at + watched.step.maxDuration };
}

function opened({ plan, steps }: Rollout, { at, since }: Extract<Event, { type: 'shifted' }>): Watched | null {
  const step = plan.steps[steps.length - 1];
  if (!step) return null;
  return { plan, step, opened: at, from: since, deadline: at + step.maxDuration, isWaiting: false, told: [] };
}

/** What became of a step that was told something more. */
export function* verdictRules(before: Watched, event: Observed, { rollout }: EnvironmentState): Generator<Broken> {
  if (!rollout) return;
  const watched = { ...before, told: [...before.told, event] };
  const [said, right] = [verdictOf(before, rollout), secondOpinion(watched)];
  if (said !== right) yield ['a verdict is what the figures say', `it is "${said}", by all figures "${right}"`];
  yield* recordRules(watched, rollout, said);
}

function verdictOf({ isWaiting }: Watched, { phase }: Rollout): Verdict {
  if (phase.name === 'withdrawing') return phase.outcome.cause === 'release' ? 'back: release' : 'back: world';
  if (phase.name !== 'watching') return 'advance';
  return phase.waiting && !isWaiting ? 'wait' : 'stay';
}

const verdicts: Record<Verdict, readonly string[]> = {
  stay: ['pass', 'inconclusive'],
  wait: ['pass'],
  advance: ['pass'],
  'back: release': ['fail'],
  'back: world': ['inconclusive'],
};

/** The record of a step says how it was decided, by which figures, and what is odd about them. */
function* recordRules(watched: Watched, { steps }: Rollout, said: Verdict): Generator<Broken> {
  const rule = 'the record of a step is what was seen';
  const record = steps.at(-1);
  const gate = record?.gate;
  const last = watched.told.at(-1);
  if (!record || !gate || !last) return yield [rule, 'there is none'];
  if (!verdicts[said].includes(gate.verdict)) yield [rule, `"${said}" by a gate that says ${gate.verdict}`];
  const isOver = said === 'advance' || said.startsWith('back');
  if (record.until !== (isOver ? last.at : null)) yield [rule, `it ends at ${record.until}`];

  const all = freshOf(watched).flatMap(({ interval }) => interval.slots);
  const [seen, kept] = [all, record.slots].map((slots) => summarise(slots));
  if (JSON.stringify(seen) !== JSON.stringify(kept))
    yield [rule, `${JSON.stringify(kept)}, not ${JSON.stringify(seen)}`];
  const own = all.filter(({ release }) => release === watched.plan.release.id);
  const [total, got] = [all, own].map((slots) => summarise(slots).requests);
  const isOdd = isFarFrom(watched.step.traffic / 100, total ?? 0, got ?? 0);
  if (isOdd !== (record.finding !== null)) yield [rule, `${got} of ${total} requests: ${record.finding}`];

  const compared = gate.comparisons.map(({ ok }) => ok);
  const checks = checksOf(watched);
  if (said === 'advance' && watched.step.judged && compared.join() !== 'true,true')
    yield [rule, `it went on by ${compared.join()} of ${checks.length} checks`];
}

/** More than one request beyond four standard deviations of a binomial count. */
function isFarFrom(share: number, total: number, got: number): boolean {
  const far = Math.abs(got - total * share) - 1;
  return far > 0 && far ** 2 > 16 * total * share * (1 - share);
}
