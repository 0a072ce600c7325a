import type { EnvironmentState, Rollout, Route } from '../../rollout/model';
import { isOver } from '../../rollout/next';
import type { Broken } from './step-rules';

/** What a driver that takes over finds. */
export interface Found {
  saved: EnvironmentState | null;
  route: Route | null;
  /** By the names of `runs.ts`. */
  running: readonly string[];
  /** Releases that this machine has; left out: all of them. */
  known?: readonly string[];
}

/** What has a share of the traffic beside stable. */
function needed({ plan, phase }: Rollout, stable: EnvironmentState['stable']): string[] {
  if (stable?.id === plan.release.id) return [stable.id]; // it has all traffic already
  const index = phase.name === 'growing' ? phase.step - 1 : 'step' in phase ? phase.step : -1;
  const isLast = phase.name === 'growing' && plan.steps[phase.step]?.baseline === undefined;
  const isMerged = isLast || phase.name === 'merging' || phase.name === 'shedding';
  const isBeside = plan.from && !isMerged && plan.steps[index]?.baseline !== undefined;
  return [plan.release.id, ...(isBeside ? [`${plan.from?.id}/baseline`] : [])];
}

/** What must be true of the state by which a driver takes over. */
export function* takeOverRules(state: EnvironmentState, { saved, route, running, known }: Found): Generator<Broken> {
  const rule = 'who takes over goes on from what is there';
  const { rollout, stable, outbox, generation } = state;
  const newest = Math.max(saved?.generation ?? 0, route?.generation ?? 0);
  if (generation <= newest || state.sequence !== 0 || rollout?.isClaimed)
    yield [rule, `it is ${generation}.${state.sequence}`];
  const serving = (route?.slots ?? []).filter(({ weight }) => weight > 0);
  const isOlder =
    saved !== null && route !== null && (saved.generation - route.generation || saved.sequence - route.sequence) < 0;
  const isOther = serving.some(({ slot, release }) => release !== saved?.stable?.id || slot === 'baseline');
  const isLost = saved === null ? route !== null : isOver(saved) && route !== null && (isOlder || isOther);
  const recovered = outbox.filter(({ what }) => what === 'recovered');
  if (isLost !== recovered.some(({ id }) => !saved?.outbox.some((entry) => entry.id === id)) && (isLost || route))
    yield [rule, `${recovered.length} entries that it was lost`];
  if (isLost) {
    const shareOf = (release: string) =>
      serving.filter((slot) => slot.release === release).reduce((sum, { weight }) => sum + weight, 0);
    const heaviest = [...serving]
      .filter(({ release }) => known?.includes(release) ?? true)
      .sort((a, b) => shareOf(b.release) - shareOf(a.release))[0]?.release;
    if (stable?.id !== heaviest) yield [rule, `${stable?.id} is live, not ${heaviest}`];
    const others = serving.filter(({ release }) => heaviest && release !== heaviest).map(({ release }) => release);
    const isGoing = rollout?.phase.name === 'withdrawing' && others.includes(rollout.plan.release.id);
    if (others.length > 0 && !isGoing) yield [rule, `${others.join()} keep their traffic`];
    const entry = recovered.at(-1);
    if (!entry?.detail || entry.release !== (heaviest ?? rollout?.plan.release.id ?? null))
      yield [rule, 'nobody is told'];
    return;
  }
  if (stable?.id !== saved?.stable?.id) yield [rule, `${stable?.id} is live`];
  const before = saved?.rollout;
  const phase = rollout?.phase.name;
  const isWhole = before && needed(before, stable).every((run) => running.includes(run));
  if (!before || !rollout || before.phase.name === phase) {
    const isMoved = ['shifting', 'growing', 'watching', 'merging', 'shedding', 'verifying'].includes(phase ?? '');
    if (isMoved && !isWhole) yield [rule, `${phase} without instances`];
    return;
  }
  if (isWhole || rollout.phase.name !== 'withdrawing') yield [rule, `${phase}`];
  else if (rollout.phase.outcome.cause !== 'world' || !rollout.phase.outcome.reason) yield [rule, 'no reason'];
}
