import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scratchRepository } from '../../testing/repository';
import { removeWorkspaces } from '../../testing/workspace';
import { main } from '../main';
import { activate } from './activate';
import { watchHandover } from './watch-handover';

const settings = {
  runtime: { command: ['node', 'main.js'] },
  environments: { staging: { port: 4001 }, production: { port: 4000 } },
};
const signal = '.taskmaster/.signals/phase5-complete.json';
const go = { phase: 5, status: 'success', production_score: 96 };
const code = '[ACTIVATE:DEPLOYMENT_ORCHESTRATOR_V1]';

let root: string;
let said: string[];
let warned: string[];
beforeEach(() => {
  root = scratchRepository({
    'app/project.json': { name: 'app' },
    'app/sluice.json': {
      ...settings,
      pipeline: { task: 7 },
      configurations: { strict: { pipeline: { minScore: 99 } } },
    },
  });
  [said, warned] = [[], []];
});
afterAll(removeWorkspaces);

function plant(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}
const desk = () => ({
  cwd: root,
  say: (line: string) => void said.push(line),
  warn: (line: string) => void warned.push(line),
  confirm: null,
});

describe('sluice activate', () => {
  it('prints the code word alone, and how to deploy beside it', async () => {
    plant(signal, go);
    expect(await main(['activate', 'app'], desk())).toBe(0);
    expect(said).toEqual([code]);
    expect(warned).toEqual(['phase 5 is complete with GO, score 96: nx run app:deploy-prod']);
  });

  const task = (status: string) => ({ tasks: [{ id: 7, title: 'x', status }] });

  it.each<[string, () => void, string]>([
    ['there is no signal', () => undefined, 'not activated: phase 5 has left no signal'],
    ['the signal is half written', () => plant(signal, '{'), 'it is not JSON'],
    [
      'the task is blocked',
      () => {
        plant(signal, go);
        plant('.taskmaster/tasks/tasks.json', task('blocked'));
      },
      "not activated: the deployment's task 7 is blocked",
    ],
    [
      'the tasks can not be read',
      () => {
        plant(signal, go);
        plant('.taskmaster/tasks/tasks.json', '{');
      },
      "not activated: tasks.json can't be read: it is not JSON",
    ],
  ])('ends with 1 and the reason when %s', async (_, prepare, reason) => {
    prepare();
    expect(await main(['activate', 'app'], desk())).toBe(1);
    expect(said).toEqual([]);
    expect(warned.join()).toContain(reason);
  });

  it('goes by the variant that is named', async () => {
    plant(signal, go);
    expect(await main(['activate', 'app', '-c', 'strict'], desk())).toBe(1);
    expect(warned.join()).toContain('below the minimum of 99');
  });

  it('knows no project without a sluice.json', async () => {
    expect(await main(['activate', 'web'], desk())).toBe(2);
  });

  it.each([
    [true, 'done'],
    [false, 'failed'],
  ] as const)('with --run deploys, and ends as that ends: %s', async (isDeployed, expected) => {
    plant(signal, go);
    const started: string[] = [];
    const end = await activate(desk(), 'app', { run: true }, async (checkout, task) => {
      started.push(`${task} in ${checkout}`);
      return isDeployed;
    });
    expect(end).toBe(expected);
    expect(started).toEqual([`app:deploy-prod in ${root}`]);
  });

  it('with --run does not deploy what is not activated', async () => {
    expect(await activate(desk(), 'app', { run: true }, () => Promise.reject(new Error('started')))).toBe('failed');
  });

  it('with --watch waits, and says each reason once', async () => {
    const steps = [
      () => plant('.claude/.signals/PHASE5_COMPLETE.json', { ...go, production_score: 10 }),
      () => plant('.claude/.signals/PHASE5_COMPLETE.json', { ...go, production_score: 10, again: true }),
      () => plant('.claude/.signals/PHASE5_COMPLETE.json', go),
    ];
    const waiting = activate(
      {
        ...desk(),
        warn(line) {
          warned.push(line);
          if (line.startsWith('waiting')) steps.shift()?.();
          if (steps.length === 2) steps.shift()?.();
          if (line.includes('the score is 10')) steps.shift()?.();
        },
      },
      'app',
      { watch: true },
    );
    expect(await waiting).toBe('done');
    expect(said).toEqual([code]);
    expect(warned.filter((line) => line.startsWith('waiting'))).toEqual([
      'waiting: phase 5 has left no signal',
      expect.stringContaining('the score is 10') as unknown,
    ]);
  });
});

describe('the watch', () => {
  it.each(['.taskmaster/.signals/x.json', '.claude/.signals/x.json', '.taskmaster/tasks/tasks.json'])(
    'tells of %s, whose folder is not there yet',
    async (path) => {
      const watch = watchHandover([root], 60_000);
      plant(path, {});
      await watch.changed;
      watch.end();
    },
  );

  it('looks anyway after a while, and does not mind a folder that is gone', async () => {
    const watch = watchHandover([join(root, 'gone')], 1);
    await watch.changed;
    watch.end();
  });
});
