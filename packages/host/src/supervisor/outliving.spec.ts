import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { ask, createBench, eventually, signal, type Bench } from './testing';

jest.setTimeout(60_000); // real processes, on a machine that may be busy

let bench: Bench;
beforeEach(async () => (bench = await createBench()));
afterEach(() => bench.clear());

/** Runs TypeScript sources as they are, then a supervisor that starts one workload and stays. */
const script = `
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const [, , swc, core, supervisor, options] = process.argv;
const { transformSync } = require(swc);
Module._extensions['.ts'] = (module, file) => {
  const jsc = { target: 'es2022', parser: { syntax: 'typescript' } };
  const options = { filename: file, swcrc: false, jsc, module: { type: 'commonjs' } };
  module._compile(transformSync(readFileSync(file, 'utf8'), options).code, file);
};
const find = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => find(name === '@sluice/core' ? core : name, ...rest);

const { dir, workload, folder, manifest } = JSON.parse(options);
const clock = {
  now: () => Date.now(),
  sleepUntil: (until) => new Promise((done) => setTimeout(done, Math.max(0, until - Date.now()))),
};
const releases = { read: async () => ({ folder, manifest }) };
require(supervisor)
  .createSupervisor({ dir, releases, clock, onChange: () => {} })
  .start(workload, new AbortController().signal)
  .then((answer) => console.log(JSON.stringify(answer)));
setTimeout(() => process.exit(9), 120_000);
`;

it.each(['SIGKILL', 'SIGTERM'] as const)('an instance survives the death of its supervisor by %s', async (death) => {
  const workload = await bench.release();
  const folder = bench.folderOf(workload);
  await writeFile(join(folder, 'supervisor.js'), script);
  const options = { dir: bench.dir, workload, folder, manifest: bench.manifestOf(workload) };
  const controller = spawn(
    process.execPath,
    [
      join(folder, 'supervisor.js'),
      createRequire(__filename).resolve('@swc/core'),
      resolve(__dirname, '../../../core/src/index.ts'),
      resolve(__dirname, 'supervisor.ts'),
      JSON.stringify(options),
    ],
    { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    expect(String(await once(controller.stdout, 'data'))).toContain('1 of 1 instances healthy');
  } finally {
    process.kill(-(controller.pid ?? 0), death); // with its whole group, as a terminal or a service manager would
    await once(controller, 'exit');
  }

  const supervisor = bench.supervisor();
  await supervisor.adopt();
  const [endpoint] = supervisor.endpoints(workload);
  expect(await ask(endpoint?.port, '/say/alive')).toBe('fine');
  const [instance] = (await supervisor.usage(workload)).instances;
  await supervisor.stop(workload, signal);
  await eventually(() => expect(bench.runs(instance?.pid)).toBe(false));
  expect(await supervisor.logLines(workload)).toEqual(['listening', 'alive']);
});
