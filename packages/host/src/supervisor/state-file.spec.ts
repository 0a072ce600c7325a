import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStateFile, writeStateFile, type SavedWorkload } from './state-file';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-state-'));
  file = join(folder, 'host', 'instances.json');
});
afterEach(() => rm(folder, { recursive: true }));

const workload: SavedWorkload = {
  project: '@scope/app',
  environment: 'production',
  release: '1a2b3c4d5e6f',
  phase: 'running',
  settings: {
    instances: 1,
    health: { path: '/healthz', interval: 1000, timeout: 2000, startTimeout: 60_000 },
    metrics: null,
    drain: 10_000,
  },
  instances: [
    {
      number: 1,
      restarts: 2,
      intent: null,
      run: { pid: 4711, identity: 'boot:1', port: 40_000, since: 1, logOffset: 0, healthy: true },
      marks: [{ at: 1, offset: 0 }],
    },
  ],
};

const put = async (content: string) => {
  await mkdir(join(folder, 'host'), { recursive: true });
  await writeFile(file, content);
};

describe('instances.json', () => {
  it('gives back what was written', () => {
    writeStateFile(file, [workload]);
    expect(readStateFile(file)).toEqual([workload]);
  });

  it('holds nothing where it is not there', () => {
    expect(readStateFile(file)).toEqual([]);
  });

  it('is replaced whole', async () => {
    writeStateFile(file, [workload]);
    writeStateFile(file, []);
    expect(readStateFile(file)).toEqual([]);
    expect(await readdir(join(folder, 'host'))).toEqual(['instances.json']);
  });

  it('stays as it was when the new one can not be written', async () => {
    writeStateFile(file, [workload]);
    await mkdir(`${file}.next`); // where the new one would be written first
    expect(() => writeStateFile(file, [])).toThrow();
    expect(readStateFile(file)).toEqual([workload]);
  });

  it.each([
    ['cut off', '{ "version": 1, "workl'],
    ['empty', ''],
    ['of another shape', '{ "version": 1, "workloads": [{}] }'],
    ['a lure to signal every process', JSON.stringify({ version: 1, workloads: [withPid(1)] })],
  ])('that is %s is refused, and left as it is', async (_, content) => {
    await put(content);
    expect(() => readStateFile(file)).toThrow(/can't be read/);
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('of a newer version is refused', async () => {
    await put('{ "version": 2, "workloads": {} }');
    expect(() => readStateFile(file)).toThrow('has version 2; this Sluice knows up to 1');
    expect(existsSync(file)).toBe(true);
  });
});

function withPid(pid: number): SavedWorkload {
  const run = { pid, identity: 'boot:1', port: 40_000, since: 1, logOffset: 0, healthy: true };
  return { ...workload, instances: [{ number: 1, restarts: 0, intent: null, run, marks: [] }] };
}
