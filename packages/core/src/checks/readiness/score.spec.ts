import { aConfig } from '../../testing/builders';
import { scoreReadiness as score, type ReadinessGroup, type ReadinessItem } from './score';

const { weights } = aConfig().readiness;
const scoreReadiness = (items: readonly ReadinessItem[], minScore: number) => score(items, { minScore, weights });

const item = (group: ReadinessGroup, ok: boolean | null, name: string = group): ReadinessItem => ({
  name,
  group,
  ok,
  evidence: `looked at ${name}`,
  raise: `mend ${name}`,
  blocks: group === 'testing' || group === 'security',
});
const all = (ok: boolean | null) =>
  (['testing', 'security', 'operations', 'documentation', 'stakeholders'] as const).map((group) => item(group, ok));

describe('the readiness score', () => {
  it.each<[string, ReadinessItem[], number]>([
    ['is 100 when everything is there', all(true), 100],
    ['is 0 when nothing is there', all(false), 0],
    ['is 0 when nothing applies', all(null), 0],
    ['is 0 without items', [], 0],
    ['weighs groups', [...all(true).slice(0, 4), item('stakeholders', false)], 90],
    ['scales the rest when a group has no items', all(true).slice(0, 4), 100],
    ['scales what is missing too', [...all(true).slice(0, 3), item('documentation', false)], 83],
    ['shares a group among its items', [item('testing', true, 'a'), item('testing', false, 'b')], 50],
    [
      'leaves out an item that cannot apply',
      [item('testing', true, 'a'), item('testing', null, 'b'), item('testing', false, 'c')],
      50,
    ],
    [
      'adds thirds up to 100',
      ['a', 'b', 'c'].flatMap((name) => [item('testing', true, name), item('operations', true, name)]),
      100,
    ],
    [
      'rounds down, so that 89.9 never looks like 90',
      [...Array.from({ length: 8 }, (_, at) => item('testing', true, `${at}`)), item('testing', false, 'last')],
      88,
    ],
  ])('%s', (_, items, score) => {
    expect(scoreReadiness(items, 90).score).toBe(score);
  });

  it('goes by the weights that were given', () => {
    const mine = { ...weights, testing: 90, security: 10, operations: 0 };
    const items = [item('testing', true), item('security', false), item('operations', false)];

    expect(score(items, { minScore: 0, weights: mine })).toMatchObject({ score: 90, rows: [{}, {}, { worth: 0 }] });
    expect(score([item('operations', true)], { minScore: 0, weights: mine })).toMatchObject({ score: 0 });
  });

  it('never counts what cannot apply as passed', () => {
    const row = scoreReadiness([item('testing', true), item('stakeholders', null)], 90).rows[1];

    expect(row).toMatchObject({ ok: null, points: 0, worth: 0 });
  });

  it.each<[string, ReadinessItem[], boolean]>([
    ['a GO at the minimum', [...all(true).slice(0, 4), item('stakeholders', false)], true],
    ['a NO-GO below the minimum', [...all(true).slice(0, 3), item('documentation', false)], false],
    [
      'a NO-GO when a test blocks, however high the score',
      [
        ...all(true),
        ...Array.from({ length: 9 }, (_, at) => item('testing', true, `${at}`)),
        item('testing', false, 'x'),
      ],
      false,
    ],
    ['a NO-GO when nothing applies', all(null), false],
  ])('is %s', (_, items, go) => {
    expect(scoreReadiness(items, 90).go).toBe(go);
  });

  it('is a NO-GO even at a minimum of 0 when security blocks', () => {
    expect(scoreReadiness([item('security', false)], 0)).toMatchObject({ go: false, blocking: [{ name: 'security' }] });
  });
});
