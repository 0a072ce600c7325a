import { aConfigInput } from '../testing';
import { parse, problemsOf } from './testing/refusals';

const written = (metrics: object, method = 'sequential') => ({ ...aConfigInput(), canary: { method, metrics } });

describe('metrics of your own', () => {
  it('are none where nothing is said', () => {
    expect(parse(aConfigInput()).canary.metrics).toEqual({});
  });

  it('have margins by their kind', () => {
    const metrics = { misses: { kind: 'ratio' }, rows: { kind: 'histogram' }, 'free-workers': { kind: 'gauge' } };
    const common = { worse: 'higher', weight: 0.5 };
    expect(parse(written(metrics)).canary.metrics).toEqual({
      misses: { kind: 'ratio', ...common, abort: { ratio: 1.1, absolute: 0 }, promote: { ratio: 1.5, absolute: 0 } },
      rows: { kind: 'histogram', ...common, quantiles: [0.5, 0.95], abort: { ratio: 1.1 }, promote: { ratio: 1.25 } },
      'free-workers': { kind: 'gauge', ...common, abort: { ratio: 1.1 }, promote: { ratio: 1.25 } },
    });
  });

  const aName =
    'a name of small letters, digits, "_" and "-" that begins with a letter, at most 40 long, not "errors" nor "latency"';
  const eleven = Object.fromEntries('abcdefghijk'.split('').map((name) => [name, { kind: 'ratio' }]));

  it.each([
    [{ errors: { kind: 'ratio' } }, [`canary.metrics.errors: expected ${aName}, found "errors"`]],
    [{ 'Cache Miss': { kind: 'ratio' } }, [`canary.metrics.Cache Miss: expected ${aName}, found "Cache Miss"`]],
    [
      { misses: { kind: 'share' } },
      ['canary.metrics.misses.kind: expected one of "ratio", "histogram", "gauge", found "share"'],
    ],
    [{ misses: {} }, ['canary.metrics.misses.kind: expected one of "ratio", "histogram", "gauge", found nothing']],
    [{ misses: 5 }, ['canary.metrics.misses: expected an object, found 5']],
    [
      { misses: { kind: 'ratio', worse: 'up' } },
      ['canary.metrics.misses.worse: expected one of "higher", "lower", found "up"'],
    ],
    [{ depth: { kind: 'gauge', unit: 'ms' } }, ['canary.metrics.depth.unit: is not a known key']],
    [{ depth: { kind: 'gauge', abort: { absolute: 1 } } }, ['canary.metrics.depth.abort.absolute: is not a known key']],
    [
      { rows: { kind: 'histogram', quantiles: [0.1, 0.2, 0.3, 0.4] } },
      ['canary.metrics.rows.quantiles: expected a list of at most 3 items, found [0.1,0.2,0.3,0.4]'],
    ],
    [eleven, [expect.stringMatching(/^canary\.metrics: expected at most 10 metrics, found/)]],
  ])('are refused with the place: %j', (metrics, problems) => {
    expect(problemsOf(written(metrics))).toEqual(problems);
  });

  it('are refused where nothing would judge them', () => {
    expect(problemsOf(written({ misses: { kind: 'ratio' } }, 'threshold'))).toEqual([
      'canary.metrics: only the method "sequential" judges them, and canary.method is "threshold"',
    ]);
  });
});
