import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ask, createBench, signal, type Bench } from './supervisor/testing';
import { requireMachine, startTrial } from './trial';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

const touch = (file: string) => ({ command: ['node', '-e', `fs.writeFileSync('${file}', '')`], timeout: 10_000 });
const staging = async (...settings: Parameters<Bench['release']>) => ({
  ...(await bench.release(...settings)),
  environment: 'staging',
});
const place = () => ({ dir: join(bench.dir, 'trial'), repository: bench.dir });

describe('a trial of a release', () => {
  it('runs it with its secrets and after its beforeStart, and ends it without its afterStop', async () => {
    const token = join(dirname(bench.dir), 'token');
    await writeFile(token, 'hunter2');
    const hooks = { beforeStart: touch('before'), afterStop: touch('after') };
    const workload = await staging({ secrets: { TOKEN: token }, ...hooks });
    const trial = await startTrial(place(), bench.releases, workload, signal);
    const env: unknown = JSON.parse(await ask(Number(new URL(trial.url).port), '/env'));
    expect(env).toMatchObject({ TOKEN: 'hunter2', SLUICE_ENVIRONMENT: 'staging' });
    await trial.stop();
    const ran = ['before', 'after'].map((file) => existsSync(join(bench.folderOf(workload), file)));
    expect(ran).toEqual([true, false]);
  });

  it('says why a release does not start, and leaves nothing behind', async () => {
    const workload = await staging({ secrets: { TOKEN: '/no/such/file' } });
    await expect(startTrial(place(), bench.releases, workload, signal)).rejects.toMatchObject({
      code: 'RELEASE_NOT_STARTED',
      message: expect.stringContaining('/no/such/file') as unknown,
    });
  });
});

describe('what a machine needs for a release', () => {
  const check = async (settings: Parameters<Bench['release']>[0]) => {
    const runtime = bench.manifestOf(await bench.release(settings))?.runtime['production'];
    if (!runtime) throw new Error('the bench made no release');
    return requireMachine(runtime, 'production', bench.dir);
  };

  it('is there, or is named', async () => {
    await check({});
    await expect(check({ envFile: '/no/such/file' })).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
    await expect(check({ user: 'no-such-user' })).rejects.toMatchObject({ code: 'USER_UNAVAILABLE' });
  });
});
