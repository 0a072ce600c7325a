import type { Instance } from './crew';
import { launchInstance, type Launcher } from './launch';
import { terminate } from './live-process';
import { logPath } from './log-file';
import { clock, createBench, signal, type Bench } from './testing';
import { createVault } from './vault';

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

const newInstance = (log: string): Instance => ({
  number: 1,
  id: 'release1-1',
  log,
  restarts: 0,
  intent: null,
  run: null,
  trouble: null,
  hindered: false,
  crash: null,
  marks: [],
});

it('writes down what it is about to start, and at once after what it started', async () => {
  const workload = await bench.release();
  const instance = newInstance(logPath(bench.dir, workload, 1));
  const saves: Pick<Instance, 'intent' | 'run'>[] = [];
  const save = () => void saves.push({ intent: instance.intent, run: instance.run });
  const run = await launchInstance(instance, workload, launcher(save), signal);
  expect(saves).toEqual([
    { intent: { port: run.port, log: instance.log }, run: null },
    { intent: null, run },
  ]);
  await terminate(run.process, 10_000, clock, 10, signal);
});

it('starts nothing that it can not write down', async () => {
  const workload = await bench.release();
  const instance = newInstance(logPath(bench.dir, workload, 1));
  const save = () => {
    throw new Error('the disk is full');
  };
  await expect(launchInstance(instance, workload, launcher(save), signal)).rejects.toThrow('the disk is full');
  expect(instance).toMatchObject({ intent: null, run: null });
});

it('starts nothing once it is aborted', async () => {
  const workload = await bench.release();
  const instance = newInstance(logPath(bench.dir, workload, 1));
  const saves: string[] = [];
  const aborted = AbortSignal.abort(new Error('enough'));
  const launch = launchInstance(
    instance,
    workload,
    launcher(() => void saves.push('save')),
    aborted,
  );
  await expect(launch).rejects.toThrow('enough');
  expect(saves).toEqual([]);
});

const launcher = (save: () => void): Launcher => ({
  releases: bench.releases,
  vault: createVault(null),
  clock,
  save,
  givenPorts: () => new Set(),
});
