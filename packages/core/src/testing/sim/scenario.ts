import type { ApprovalSettings } from '../../config/schema';
import type { Plan, Stage } from '../../rollout/plan';
import type { Behaviour } from '../behaviour';
import { seededRandom } from '../random';
import { chance, oneOf, whole, type Draw } from './draw';
import { withConsent } from './consent';
import { drawDeaths, drawTroubles, type Trouble } from './troubles';

/** One deployment and everything that goes wrong with it, as data: what a seed stands for, and what shrinking cuts. */
export interface Scenario {
  seed: number;
  environment: Plan['environment'];
  /** Whether `first` is live when it begins. */
  isLive: boolean;
  /** Requests of users a second. */
  users: number;
  /** What latencies are multiplied by. */
  pace: number;
  /** How each release behaves, by name; one that is not named behaves well. */
  releases: Partial<Record<ReleaseName, Partial<Behaviour>>>;
  /** What people ask for, each so many milliseconds after the start. The first begins the first rollout. */
  acts: Wish[];
  troubles: Trouble[];
  /** Another project is deployed in the same world at the same time. */
  hasNeighbour: boolean;
  /** It is played once more without its troubles, which are deaths of its driver only: both must end alike. */
  hasTwin: boolean;
}

export const releaseNames = ['first', 'next', 'third'] as const;
export type ReleaseName = (typeof releaseNames)[number];

/** What somebody wants. Whether the state admits it is for the state to say. */
export type Wish = { after: number } & (
  | { want: 'deploy'; release: ReleaseName; settings: Settings }
  | { want: 'roll back'; release: ReleaseName }
  | { want: 'promote' | 'hold' | 'go on' | 'abort' | 'take down' }
  | { want: 'allow' | 'reject'; release: ReleaseName }
  | { want: 'approve'; release: ReleaseName; before: Stage; by: string }
  /** `lasts`: in milliseconds. */
  | { want: 'lift the freeze'; lasts: number }
);

/** The part of the configuration that a deployment was made with: it may be another one the next time. */
export interface Settings {
  /** Shares of traffic: the canary's, then those of production. */
  shares: number[];
  /** How long the canary is watched, and how long at most; `null`: twice as long. */
  duration: number;
  maxDuration: number | null;
  /** How long each step of production is watched, or of staging. */
  stepDuration: number;
  instances: number;
  goal: Plan['goal'];
  port: number;
  window: number;
  noData: number;
  minRequests: number;
  interval: number;
  method: Plan['judge']['method'];
  onInconclusive: Plan['onInconclusive'];
  /** What the last step leaves to the old release, in per cent. */
  holdback: number;
  baseline: 'stable' | 'fresh';
  hasService: boolean;
  approvals: ApprovalSettings[];
  /** In milliseconds after the start. */
  freeze: { from: number; to: number; reason: string }[];
}

export const second = 1000;
export const minute = 60 * second;

/** The same seed gives the same scenario. */
export function drawScenario(seed: number): Scenario {
  const draw = seededRandom(seed, 0x51);
  const isLive = chance(draw, 0.85);
  const acts = drawWishes(draw);
  const plain = { seed, isLive, acts, environment: chance(draw, 0.1) ? 'staging' : 'production' } as const;
  const scenario: Scenario = {
    ...plain,
    pace: oneOf(draw, [1, 1, 0.2]),
    users: oneOf(draw, [20, 60, 60, 200, 200, 1]),
    releases: { next: drawBehaviour(draw), third: drawBehaviour(draw) },
    troubles: drawTroubles(draw),
    hasNeighbour: chance(draw, 0.06),
    hasTwin: false,
  };
  return withConsent(chance(draw, 0.03) ? withTwin(scenario, draw) : scenario);
}

/** One deployment of which neither chance nor time decides how it ends. */
function withTwin(scenario: Scenario, draw: Draw): Scenario {
  const next = { ...oneOf(draw, certain), instances: 2, latency: { median: 50, sigma: 0.02 } };
  // time enough for figures that a take-over cuts in two
  const ample = { maxDuration: 10 * minute, stepDuration: minute };
  const settings: Settings = { ...drawSettings(draw), ...ample, goal: 'production' };
  const acts: Wish[] = [{ after: 0, want: 'deploy', release: 'next', settings }];
  return { ...scenario, acts, users: 200, releases: { next }, troubles: drawDeaths(draw), hasTwin: true };
}

const certain: readonly Partial<Behaviour>[] = [
  { errorRate: 0 },
  { errorRate: 0.5 },
  { errorRate: 0, refuses: 'exit code 1' },
  { errorRate: 0, damage: 'a file of it has another digest' },
  { errorRate: 0, checks: { smoke: 'fail' } },
];

function drawWishes(draw: Draw): Wish[] {
  const wishes: Wish[] = [{ after: 0, want: 'deploy', release: 'next', settings: drawSettings(draw) }];
  const more = oneOf(draw, [0, 0, 0, 1, 1, 2, 3, 4]);
  for (let i = 0; i < more; i++) wishes.push(drawWish(draw, whole(draw, 0, 9 * minute)));
  const last = Math.max(...wishes.map(({ after }) => after));
  // somebody decides in the end about what waits for a decision
  const isOpen = wishes.some(
    (wish) => wish.want === 'deploy' && ['hold', 'extend'].includes(wish.settings.onInconclusive),
  );
  if (isOpen) wishes.push({ after: last + 3 * minute, want: oneOf(draw, ['go on', 'abort']) });
  const isHeld = wishes.some(
    (wish) => wish.want === 'hold' || (wish.want === 'deploy' && wish.settings.goal === 'canary'),
  );
  if (isHeld) wishes.push({ after: last + 5 * minute, want: chance(draw, 0.5) ? 'promote' : 'abort' });
  return wishes.sort((a, b) => a.after - b.after);
}

const plainWants = ['promote', 'hold', 'go on', 'abort', 'take down'] as const;

function drawWish(draw: Draw, after: number): Wish {
  const release = oneOf(draw, releaseNames);
  const want = oneOf(draw, [...plainWants, 'deploy', 'roll back', 'allow', 'abort'] as const);
  switch (want) {
    case 'deploy':
      return { after, want, release, settings: drawSettings(draw) };
    case 'roll back':
    case 'allow':
      return { after, want, release };
    default:
      return { after, want };
  }
}

/** Any configuration that a deployment may be made with. */
export function drawSettings(draw: Draw): Settings {
  const interval = oneOf(draw, [10, 20]) * second;
  const shares = oneOf(draw, [
    [20, 100],
    [5, 50, 100],
    [5, 100],
    [10, 50, 100],
    [50, 100],
    [1, 30, 60, 100],
  ]);
  const duration = whole(draw, 0, 2) * interval;
  return {
    shares,
    duration,
    maxDuration: chance(draw, 0.8) ? duration + whole(draw, 1, 4) * interval : null,
    stepDuration: whole(draw, 0, 4) * interval,
    instances: whole(draw, 1, 4),
    goal: chance(draw, 0.15) ? 'canary' : 'production',
    port: chance(draw, 0.9) ? 4000 : 4100,
    window: oneOf(draw, [0, 1, 5]) * minute,
    noData: oneOf(draw, [1, 2]) * minute,
    minRequests: oneOf(draw, [20, 50]),
    interval,
    method: drawMethod(draw),
    onInconclusive: chance(draw, 0.75) ? 'rollback' : oneOf(draw, ['hold', 'hold', 'promote', 'extend']),
    holdback: chance(draw, 0.1) ? whole(draw, 1, 5) : 0,
    hasService: chance(draw, 0.5),
    baseline: chance(draw, 0.35) ? 'fresh' : 'stable',
    approvals: [],
    freeze: [],
  };
}

function drawMethod(draw: Draw): Settings['method'] {
  const drawn = draw.next();
  return drawn < 0.05 ? 'sequential' : drawn < 0.08 ? 'mann-whitney' : 'threshold';
}

/** Two in five releases have something wrong with them. */
function drawBehaviour(draw: Draw): Partial<Behaviour> {
  const latency = { median: 50, sigma: 0.02 };
  const well: Partial<Behaviour> = { latency, errorRate: 0.01, startTime: whole(draw, 0, 5) * second, instances: 2 };
  if (chance(draw, 0.6)) return well;
  return { ...well, ...oneOf(draw, flaws)(draw) };
}

const around = ['SECRET_UNREADABLE', 'HOOK_FAILED', 'USER_UNAVAILABLE', 'RELEASE_UNKNOWN', 'RELEASE_CORRUPT'];

const flaws: readonly ((draw: Draw) => Partial<Behaviour>)[] = [
  () => ({ errorRate: 0.5 }),
  () => ({ errorRate: 0.1 }),
  (draw) => ({ latency: { median: oneOf(draw, [58, 70, 80, 90, 400]), sigma: 0.02 } }),
  (draw) => ({ lacks: oneOf(draw, around) }),
  () => ({ refuses: 'exit code 1' }),
  () => ({ damage: 'a file of it has another digest' }),
  (draw) => ({ startTime: whole(draw, 1, 20) * minute }),
  (draw) => ({ diesAfter: whole(draw, 1, 90) * second }),
  (draw) => ({ diesAfter: whole(draw, 1, 30) * second, upAgainAfter: whole(draw, 1, 10) * second }),
  (draw) => ({
    checks: { [oneOf(draw, ['health', 'smoke', 'window', 'logs'])]: oneOf(draw, ['fail', 'skip', 'warn', 'missing']) },
  }),
];
