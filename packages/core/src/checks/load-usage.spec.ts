import fc from 'fast-check';
import { steadyGrowth, usageFigures } from './load-usage';

const MB = 1024 ** 2;
/** Forty samples of a run. */
const run = (at: (share: number, i: number) => number) =>
  Array.from({ length: 40 }, (_, i) => Math.round(at(i / 40, i) * MB));

describe('the growth of memory under load', () => {
  it.each<[string, number[], number, number]>([
    ['of a leak is what it leaked between first and last quarter', run((share) => 60 + 100 * share), 74, 76],
    ['of a leak is seen through garbage', run((share, i) => 60 + 100 * share + (i % 3) * 10), 60, 90],
    ['is none where it stands', run(() => 60), 0, 0],
    ['is none where a heap finds its size', run((share) => 60 + 80 * (1 - Math.exp(-12 * share))), 0, 3],
    ['is none for one step, such as that of a cache', run((share) => (share < 0.4 ? 60 : 200)), 0, 0],
    ['is none where garbage is collected', run((share) => 60 + 100 * ((share * 2.5) % 1)), 0, 0],
    ['is none where it shrinks', run((share) => 200 - 100 * share), 0, 0],
  ])('%s', (_, memory, least, most) => {
    const growth = (steadyGrowth(memory) ?? Number.NaN) / MB;

    expect(growth).toBeGreaterThanOrEqual(least);
    expect(growth).toBeLessThanOrEqual(most);
  });

  it('is not known from a few samples', () => {
    expect(steadyGrowth([1, 2, 3, 4, 5, 6, 7])).toBeNull();
  });

  it('is never more than the whole range', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 40), { minLength: 8, maxLength: 60 }), (memory) => {
        expect(steadyGrowth(memory)).toBeLessThanOrEqual(3 * (Math.max(...memory) - Math.min(...memory)));
        expect(steadyGrowth([...memory].sort((a, b) => b - a))).toBe(0);
      }),
    );
  });
});

describe('what a release used under load', () => {
  it('is told in figures', () => {
    const samples = [10, 30, 20].map((cpuPercent, i) => ({ cpuPercent, memoryBytes: (3 - i) * MB }));

    expect(usageFigures(samples)).toEqual({
      ...{ cpuPercent: 20, cpuMaxPercent: 30 },
      ...{ memoryStartBytes: 3 * MB, memoryEndBytes: MB, memoryMaxBytes: 3 * MB },
    });
  });

  it('has no figure of what could not be told', () => {
    expect(usageFigures([{ cpuPercent: null, memoryBytes: null }])).toEqual({});
  });
});
