import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TaskMark } from '@sluice/core';
import { tasksFile, tasksStateFile } from './paths';
import { markTask, readTask } from './task-list';
import { modeOf, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const mark = (changes: Partial<TaskMark> = {}): TaskMark => ({
  ...{ status: 'done', project: 'app', release: '1a2b', at: 0 },
  ...changes,
});
const list = (status: string) => `${JSON.stringify({ tasks: [{ id: 26, title: 'Deploy', status }] }, null, 2)}\n`;

let root: string;
let file: string;
beforeEach(() => {
  root = scratchFolder();
  file = tasksFile(root);
  mkdirSync(dirname(file), { recursive: true });
});
const text = () => readFileSync(file, 'utf8');

describe('the list of tasks', () => {
  it('has the task set, and says so', async () => {
    writeFileSync(file, list('pending'));
    expect(await markTask(root, '26', mark({ status: 'in-progress' }))).toBe('task 26 is in-progress');
    expect(await markTask(root, '26', mark())).toBe('task 26 is done');
    expect(await readTask(root, '26')).toMatchObject({ task: { id: '26', status: 'done', isActive: false } });
  });

  it('goes by the current tag', async () => {
    writeFileSync(file, JSON.stringify({ a: { tasks: [] }, b: JSON.parse(list('todo')) as object }));
    writeFileSync(tasksStateFile(root), '{"currentTag":"b"}');
    expect(await markTask(root, '26', mark())).toBe('task 26 is done');
  });

  it('stays as it is where the task is not active', async () => {
    writeFileSync(file, list('blocked'));
    expect(await markTask(root, '26', mark())).toBe('task 26 stays blocked');
    expect(text()).toBe(list('blocked'));
  });

  it.each(['', '{', '[]', '{"tasks":[]}'])('is left alone when it is %j, which is said', async (content) => {
    writeFileSync(file, content);
    expect(await markTask(root, '26', mark())).toMatch(/^no task was set to done: tasks\.json /);
    expect(text()).toBe(content);
  });

  it('that is not UTF-8 is a problem and not an error', async () => {
    writeFileSync(file, Buffer.from([0x7b, 0xff, 0x7d]));
    expect(await readTask(root, '26')).toMatchObject({ problem: expect.stringMatching(/can't be read/) as unknown });
  });

  it('is no matter of a team that has none', async () => {
    expect(await readTask(root, '26')).toBeNull();
    expect(await markTask(root, '26', mark())).toBeNull();
  });

  it('stays what it is: a link, and with its permissions', async () => {
    const real = join(root, 'elsewhere.json');
    writeFileSync(real, list('pending'));
    chmodSync(real, 0o600);
    symlinkSync(real, file);
    await markTask(root, '26', mark());
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(modeOf(real)).toBe(0o600);
    expect(readFileSync(real, 'utf8')).toContain('"done"');
  });

  it('waits for somebody who is in the middle of writing it', async () => {
    writeFileSync(file, '');
    const marking = markTask(root, '26', mark());
    for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(file, list('pending'));
    expect(await marking).toBe('task 26 is done');
  });

  it('loses nothing that somebody else writes at the same time', async () => {
    const others = Array.from({ length: 30 }, (_, id) => ({ id: id + 100, title: 'x', status: 'pending' }));
    const all = (done: number) => ({
      tasks: [
        { id: 26, title: 'Deploy', status: 'pending' },
        ...others.map((task, at) => (at < done ? { ...task, status: 'done' } : task)),
      ],
    });
    writeFileSync(file, JSON.stringify(all(0)));
    const marking = markTask(root, '26', mark());
    for (let done = 1; done <= 20; done += 1) {
      const now = JSON.parse(text()) as ReturnType<typeof all>;
      writeFileSync(file, JSON.stringify({ ...now, tasks: [now.tasks[0], ...all(done).tasks.slice(1)] }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await marking).toBe('task 26 is done');
    const statuses = (JSON.parse(text()) as ReturnType<typeof all>).tasks.map(({ status }) => status);
    expect(statuses.filter((status) => status === 'done')).toHaveLength(21);
  });
});
