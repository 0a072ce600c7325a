import { nxProcess } from './nx-process';

describe('the process that runs all tasks', () => {
  const fork = 'node /w/node_modules/nx/src/tasks-runner/fork.js /tmp/ipc id';
  it.each<[string, Record<string, string>, string, number]>([
    ['is told by Nx', { NX_INVOCATION_ROOT_PID: '7' }, fork, 7],
    ['is what started the task', {}, 'node /w/node_modules/.bin/nx run app:deploy-prod', 20],
    ['is what started the one that Nx has for each task', {}, fork, 10],
    ['is what started the task where Nx tells nonsense', { NX_INVOCATION_ROOT_PID: 'x' }, 'nx', 20],
  ])('%s', (_, env, command, expected) => {
    expect(nxProcess(env, 20, () => ({ command, parent: 10 }))).toBe(expected);
  });

  it('is what started the task where the system does not tell', () => {
    expect(nxProcess({}, 20, () => null)).toBe(20);
  });
});
