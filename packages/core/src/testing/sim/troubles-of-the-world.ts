import type { SlotFigures } from '../../analysis/figures';
import { behaviourOf } from '../behaviour';
import { aRelease } from '../builders';
import type { ReleaseName } from './scenario';
import type { SimWorld } from './world';

/** What a trouble may be made of: `size` is from 1 to 1000. */
interface Made {
  size: number;
  release: ReleaseName;
}

/** Begins a trouble; what comes back ends it. `undefined`: it has no end of its own. */
type Begin = (world: SimWorld, made: Made) => (() => void) | undefined;

/** A part of the world that refuses everything, for this reason. */
function refusing(part: 'disk' | 'log' | 'report' | 'engine' | 'checks', reason: string): Begin {
  return (world) => {
    world[part] = new Error(reason);
    return () => (world[part] = null);
  };
}

const kinds = {
  'metrics are down': ({ metrics }) => {
    metrics.outage = new Error('the metric source does not answer');
    return () => (metrics.outage = null);
  },
  'metrics come late': ({ metrics }, { size }) => {
    metrics.lag = size * 200;
    return () => (metrics.lag = 0);
  },
  'metrics miss a release': ({ metrics }, { release }) =>
    distort(metrics, (f) => (f.release === idOf(release) ? [] : [f])),
  'metrics forget': ({ metrics }) => distort(metrics, () => []),
  'metrics are wrong': ({ metrics }, { size }) =>
    distort(metrics, (f) => [{ ...f, errors: Math.floor((f.requests * size) / 1000) }]),
  'metrics make no sense': ({ metrics }, { size }) =>
    distort(metrics, (f) => [{ ...f, errors: size % 2 ? f.requests + size : -size }]),
  'the router is down': ({ router }) => {
    router.outage = new Error('connection refused');
    return () => (router.outage = null);
  },
  'the router is slow': ({ router }, { size }) => {
    router.delay = size * 20;
    return () => (router.delay = 0);
  },
  'the router applies in part': ({ router }) => {
    router.isPartial = true;
    return () => (router.isPartial = false);
  },
  'a port is taken': ({ router }) => {
    router.takenPorts.add(4100);
    return () => router.takenPorts.delete(4100);
  },
  'the runtime is down': refusing('engine', 'the runtime does not answer'),
  'checks can not be run': refusing('checks', 'too many open files'),
  'a release starts no more': (world, { release }) => turn(world, release, { refuses: 'exit code 1' }),
  'instances are killed': ({ runtime, workloadOf }, { release }) => {
    runtime.kill(workloadOf(release));
    return undefined;
  },
  'a fresh baseline is killed': ({ runtime, workloadOf }, { release }) => {
    runtime.kill({ ...workloadOf(release), slot: 'baseline' });
    return undefined;
  },
  'instances flap': (world, { release, size }) =>
    turn(world, release, { diesAfter: 1000 + size * 20, upAgainAfter: 2000 }),
  'a release turns bad': (world, { release, size }) => turn(world, release, { errorRate: size / 1000 }),
  'a release turns slow': (world, { release, size }) =>
    turn(world, release, { latency: { median: 50 + size, sigma: 0.02 } }),
  'instances start slowly': (world, { release, size }) => turn(world, release, { startTime: size * 2000 }),
  'instances take long to end': (world, { size }) => {
    world.drainTime = size * 500;
    return () => (world.drainTime = 0);
  },
  'checks take long': (world, { size }) => {
    world.checkTime = size * 200;
    return () => (world.checkTime = 0);
  },
  'users are gone': (world) => {
    world.users = 0;
    return () => (world.users = world.usualUsers);
  },
  'users come in a rush': (world) => {
    world.users = world.usualUsers * 10;
    return () => (world.users = world.usualUsers);
  },
  'a service is down': ({ services }) => {
    services.down.set('database', 'connection refused');
    return () => services.down.delete('database');
  },
  'the disk is full': refusing('disk', 'ENOSPC: no space left on device'),
  'the audit log is full': refusing('log', 'ENOSPC: no space left on device'),
  'the report can not be written': refusing('report', 'EROFS: read-only file system'),
  /** A process that runs goes on by its own clock; the next one finds the other time. */
  'the clock is set forward': (world, { size }) => {
    world.ahead += size * 5000;
    return undefined;
  },
  'the clock is set back': (world, { size }) => {
    world.ahead -= size * 5000;
    return undefined;
  },
} satisfies Record<string, Begin>;

export type WorldTroubleName = keyof typeof kinds;

/** What goes wrong from one time to another, by what it is called in a story. */
export const worldTroubles: Record<WorldTroubleName, Begin> = kinds;

const idOf = (name: ReleaseName): string => aRelease(name).id;

function distort(metrics: SimWorld['metrics'], change: (figures: SlotFigures) => SlotFigures[]): () => void {
  metrics.distort = (interval) => ({ ...interval, slots: interval.slots.flatMap(change) });
  return () => (metrics.distort = null);
}

function turn({ behaviours }: SimWorld, name: ReleaseName, into: Parameters<SimWorld['behaviours']['set']>[1]) {
  const before = behaviourOf(behaviours, idOf(name));
  behaviours.set(idOf(name), { ...before, ...into });
  return () => behaviours.set(idOf(name), before);
}
