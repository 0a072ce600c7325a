import type { EnvironmentState, Route } from '../../rollout/model';
import { isOver } from '../../rollout/next';
import type { Broken } from './step-rules';

/** What a driver that takes over finds. */
export interface Found {
  saved: EnvironmentState | null;
  route: Route | null;
  running: readonly string[];
  /** Releases that this machine has; left out: all of them. */
  known?: readonly string[];
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
  const isOther = serving.some(({ release }) => release !== saved?.stable?.id);
  const isLost = saved === null ? route !== null : isOver(saved) && route !== null && (isOlder || isOther);
  const recovered = outbox.filter(({ what }) => what === 'recovered');
  if (isLost !== recovered.some(({ id }) => !saved?.outbox.some((entry) => entry.id === id)) && (isLost || route))
    yield [rule, `${recovered.length} entries that it was lost`];
  if (isLost) {
    const heaviest = [...serving]
      .filter(({ release }) => known?.includes(release) ?? true)
      .sort((a, b) => b.weight - a.weight)[0]?.release;
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
  if (!before || !rollout || before.phase.name === phase) {
    const isMoved = ['shifting', 'growing', 'watching', 'verifying'].includes(phase ?? '');
    if (isMoved && rollout && !running.includes(rollout.plan.release.id)) yield [rule, `${phase} without instances`];
    return;
  }
  if (running.includes(before.plan.release.id) || rollout.phase.name !== 'withdrawing') yield [rule, `${phase}`];
  else if (rollout.phase.outcome.cause !== 'world' || !rollout.phase.outcome.reason) yield [rule, 'no reason'];
}
