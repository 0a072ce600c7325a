import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './support/nx';
import { cloneWorkspace, type Workspace } from './support/workspace';

jest.setTimeout(400_000);

let workspace: Workspace;
const settings = 'examples/app/sluice.json';
const pure = ['deploy-build', 'deploy-load', 'deploy-performance', 'deploy-security'];

beforeAll(async () => {
  workspace = await cloneWorkspace({
    load: { warmup: '0s', duration: '1s' },
    performance: { p95: '2s', rate: 1, errorRate: 0.01 },
  });
});
afterAll(() => workspace.dispose());

/** Runs the pure stages, and tells which of them did not come from the cache. */
async function validate(): Promise<{ code: number | null; ran: string[]; text: string }> {
  const nx = join(workspace.root, 'node_modules/.bin/nx');
  const args = ['run-many', '--targets=deploy-security,deploy-performance', '--projects=app', '--nxBail=false'];
  const { code, text } = await start(workspace.root, process.execPath, [nx, ...args, '--output-style=static']).ended;
  const tasks = [...text.matchAll(/^> nx run app:(deploy-[a-z]+)(.*)$/gm)];
  const ran = tasks.flatMap(([, target = '', how = '']) => (/cache/.test(how) ? [] : [target]));
  return { code, ran: ran.filter((target) => pure.includes(target)).sort(), text };
}

function edit(file: string, change: (text: string) => string): void {
  const before = workspace.read(file);
  const after = change(before);
  expect(after).not.toBe(before);
  workspace.write(file, after);
  workspace.commit(`Another ${file}`);
}

/** The version of a package as the lockfile has it. */
const bump = (name: string) => (text: string) =>
  text.replace(new RegExp(`("node_modules/${name}": \\{\\s+"version": ")[^"]+`), '$1' + '999.0.0');

it('caches what the stages before infrastructure judge by its content, and never a failure', async () => {
  expect((await validate()).ran).toEqual(pure);
  expect(await validate()).toMatchObject({ code: 0, ran: [] });

  mkdirSync(workspace.path('docs'), { recursive: true });
  workspace.write('docs/PRD.md', 'p99: < 3 s\n');
  workspace.commit('Requirements');
  expect((await validate()).ran).toEqual(['deploy-performance']);

  edit(settings, (text) => text.replace('"p95": "2s"', '"p95": "1900ms"'));
  expect((await validate()).ran).toEqual(pure);

  edit('package-lock.json', bump('autocannon')); // a tool
  expect((await validate()).ran).toEqual(pure);

  edit('package-lock.json', bump('tsup')); // a dependency
  expect((await validate()).ran).toEqual(pure);
  expect(await validate()).toMatchObject({ code: 0, ran: [] });

  edit(settings, (text) => text.replace(/"rate": 1$/m, '"rate": 1000000'));
  expect(await validate()).toMatchObject({ code: 1, ran: pure });
  const again = await validate();
  expect(again).toMatchObject({ code: 1, ran: ['deploy-performance'] });
  expect(again.text).toContain('performance FAILED');
});
