import { nearest } from './nearest';

describe('the nearest name', () => {
  it.each([
    ['trafic', ['traffic', 'duration'], 'traffic'],
    ['Canary', ['canary', 'load'], 'canary'],
    ['enviroments', ['environments', 'runtime'], 'environments'],
    ['step', ['steps', 'stepDuration'], 'steps'],
    ['soka', ['soak', 'logErrors'], 'soak'],
    ['por', ['port', 'host'], 'port'],
  ])('to "%s" among %j is "%s"', (name, known, found) => {
    expect(nearest(name, known)).toBe(found);
  });

  it.each([
    ['replicas', ['port', 'host', 'env']],
    ['x', ['traffic', 'interval']],
    ['anything', []],
  ])('to "%s" among %j is none', (name, known) => {
    expect(nearest(name, known)).toBeNull();
  });

  it('is the first of several that are equally near', () => {
    expect(nearest('p50', ['p95', 'p99'])).toBe('p95');
  });
});
