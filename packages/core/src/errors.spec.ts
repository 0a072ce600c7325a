import { fromProblem, sluiceError, SluiceError, toProblem } from './errors';

describe('an error', () => {
  it('says what happened and what to do', () => {
    expect(sluiceError('PORT_IN_USE', { port: 4000, environment: 'production' })).toMatchObject({
      code: 'PORT_IN_USE',
      message: 'Port 4000 of production is in use by another process.',
      remedy: 'Stop that process, or choose another port in sluice.json.',
    });
  });

  it('names at most five files', () => {
    const files = Array.from({ length: 8 }, (_, i) => `${i}.ts`);
    expect(sluiceError('TREE_DIRTY', { folder: '/repo', files }).message).toBe(
      '/repo has changes that are not committed: 0.ts, 1.ts, 2.ts, 3.ts, 4.ts and 3 more.',
    );
  });

  it('quotes the last lines of an instance, or says that there are none', () => {
    const how = { release: 'abc', how: 'exit code 1' };
    expect(sluiceError('INSTANCE_EXITED', { ...how, lines: ['boom'] }).message).toContain('\n  | boom');
    expect(sluiceError('INSTANCE_EXITED', { ...how, lines: [] }).message).toContain('(it wrote nothing)');
  });

  it('travels as a problem and comes back the same', () => {
    const error = sluiceError('NO_WAY_BACK', { environment: 'production' });
    const problem = toProblem(error);
    expect(JSON.parse(JSON.stringify(problem))).toEqual(problem);
    expect(fromProblem(problem)).toBeInstanceOf(SluiceError);
    expect(toProblem(fromProblem(problem))).toEqual(problem);
  });

  it.each([
    [new TypeError('x is not a function'), 'x is not a function'],
    ['odd', 'odd'],
    [undefined, 'undefined'],
    [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'no such file'],
  ])('that is not ours is an internal one with its reason: %p', (thrown, reason) => {
    expect(toProblem(thrown).code).toBe('INTERNAL');
    expect(toProblem(thrown).message).toContain(reason);
  });

  it('of another copy of this package is still ours', () => {
    const theirs = Object.assign(new Error('Port 1 is taken.'), { code: 'PORT_IN_USE', remedy: 'Free it.' });
    expect(toProblem(theirs)).toEqual({ code: 'PORT_IN_USE', message: 'Port 1 is taken.', remedy: 'Free it.' });
  });
});
