import { findTask, withTask, type TaskMark } from './tasks';

const other = { id: 1, title: 'Write the deployment guide', status: 'done' };
const deploy = { id: 26, title: 'Ship it', status: 'pending' };
const flat = (...tasks: object[]) => JSON.stringify({ tasks });
const mark: TaskMark = { status: 'in-progress', project: 'app', release: '1a2b', at: Date.UTC(2026, 10, 23) };

const found = (text: string, state: string | null = null, id = '26') => {
  const search = findTask(text, state, id);
  return 'task' in search ? `${search.task.id} ${search.task.status} ${search.task.isActive}` : search.problem;
};

describe("the deployment's task", () => {
  it.each<[string, string]>([
    ['a number', flat(other, deploy)],
    ['a text', flat(other, { ...deploy, id: '26' })],
  ])('is found by its id, which is %s', (_, text) => {
    expect(found(text)).toBe('26 pending true');
  });

  it('is found by its title where the id is not there', () => {
    expect(found(flat({ ...deploy, id: 7, title: 'Deploy to production' }))).toBe('7 pending true');
  });

  it('is the only open one of several whose titles speak of deploying', () => {
    expect(found(flat(other, { ...deploy, id: 7, title: 'Deployment' }, { id: 8, title: 'x' }))).toBe('7 pending true');
  });

  it('is not guessed between several', () => {
    const two = flat({ ...deploy, id: 7, title: 'Deploy staging' }, { ...deploy, id: 8, title: 'Deploy production' });
    expect(found(two)).toBe('tasks.json has 2 tasks that may be the deployment (7, 8): name one by pipeline.task');
    expect(found(two, null, '8')).toBe('8 pending true');
  });

  it('is not there', () => {
    expect(found(flat({ id: 1, title: 'Employ someone' }))).toBe(
      'tasks.json has no task 26, and none whose title speaks of deploying',
    );
  });

  it.each([
    ...['todo', 'pending', 'in-progress', 'in_progress', 'Pending'].map((status) => [status, true] as const),
    ...['blocked', 'deferred', 'cancelled', 'done', 'review', 'whatever'].map((status) => [status, false] as const),
  ])('with the status %s is active: %s', (status, isActive) => {
    const search = findTask(flat({ ...deploy, status }), null, '26');
    expect(search).toMatchObject({ task: { isActive } });
  });

  it.each([[{}], [{ status: 5 }], [{ status: null }]])('is not active with the status of %j', (status) => {
    const { status: _, ...rest } = deploy;
    expect(findTask(flat({ ...rest, ...status }), null, '26')).toMatchObject({ task: { isActive: false } });
  });

  it.each([
    ['', "tasks.json can't be read: it is empty"],
    ['{', "tasks.json can't be read: it is not JSON"],
    ['[]', "tasks.json can't be read: it is not a JSON object"],
    ['{}', 'tasks.json has no tasks'],
    [flat(), 'tasks.json has no task 26, and none whose title speaks of deploying'],
    ['{"tasks":[null,7,"x"]}', 'tasks.json has no task 26, and none whose title speaks of deploying'],
  ])('is not found in %j', (text, problem) => {
    expect(found(text)).toBe(problem);
  });
});

describe('a file with tags', () => {
  const tagged = JSON.stringify({
    master: { tasks: [{ ...deploy, status: 'done' }] },
    feature: { tasks: [{ ...deploy, id: '26' }], metadata: { created: 'x' } },
  });

  it.each([
    ['{"currentTag":"feature"}', '26 pending true'],
    ['{"currentTag":"master"}', '26 done false'],
    [null, '26 done false'],
    ['{}', '26 done false'],
    ['{"currentTag":"gone"}', 'tasks.json has no tag "gone", which is the current one'],
    ['{', "state.json of the tasks can't be read: it is not JSON"],
  ])('goes by the current tag of %j', (state, expected) => {
    expect(found(tagged, state)).toBe(expected);
  });

  it('needs a current tag where there are several and none is master', () => {
    const text = JSON.stringify({ a: { tasks: [] }, b: { tasks: [] } });
    expect(found(text)).toBe('tasks.json has several tags, and state.json names none of them');
  });

  it('needs none where there is one', () => {
    expect(found(JSON.stringify({ only: { tasks: [deploy] } }))).toBe('26 pending true');
  });
});

describe('marking the task', () => {
  const marked = (text: string, state: string | null = null) => {
    const search = findTask(text, state, '26');
    return 'task' in search ? withTask(text, search.task, mark) : search.problem;
  };
  const own = {
    ...{ task: '26', status: 'in-progress', project: 'app', release: '1a2b', at: '2026-11-23T00:00:00Z' },
  };

  it('changes its status, and says who did under metadata.sluice', () => {
    expect(JSON.parse(marked(flat(other, deploy)) ?? '')).toEqual({
      tasks: [other, { ...deploy, status: 'in-progress' }],
      metadata: { sluice: own },
    });
  });

  it('keeps the metadata of others, and those of its own tag', () => {
    const text = JSON.stringify({
      master: { tasks: [deploy], metadata: { created: 'x', sluice: { old: 1 } } },
      z: { tasks: [] },
    });
    expect(JSON.parse(marked(text) ?? '')).toEqual({
      master: { tasks: [{ ...deploy, status: 'in-progress' }], metadata: { created: 'x', sluice: own } },
      z: { tasks: [] },
    });
  });

  it('keeps what a parse would lose, byte by byte', () => {
    const text = `\uFEFF{\r\n  "version": 1.0,\r\n  "2": "kept in its place", "1": 12345678901234567890,\r\n  "tasks": [ { "id": 26, "status" :  "todo" , "title": "\\u0044eploy" } ],\r\n  "metadata": { "sluice": null }\r\n}\r\n`;
    const rest = (of: string) => of.replace(/"status" : {2}"[^"]*"/, '').replace(/"sluice": [^]*$/, '');
    const after = marked(text) ?? '';
    expect(rest(after)).toBe(rest(text));
    expect(after).toContain('"status" :  "in-progress" ,');
  });

  it('leaves metadata alone that are no object', () => {
    const text = JSON.stringify({ tasks: [deploy], metadata: 'mine' });
    expect(marked(text)).toBe(text.replace('pending', 'in-progress'));
  });

  it.each(['blocked', 'deferred', 'cancelled', 'done'])('does nothing to a task that is %s', (status) => {
    expect(marked(flat({ ...deploy, status }))).toBeNull();
  });
});
