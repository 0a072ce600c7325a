import { withFreshBaseline } from '../rollout/fresh-baseline';
import { deploymentReport } from './report';
import { aPlan, begun, calm, figures, first, isIn, monday, next, played, type Traffic } from './testing/example';

const beside: Traffic = (share) => [
  ...calm(share),
  ...(share < 50 ? [figures('baseline', first.id, share * 10, { errors: share })] : []),
];

it('a report shows a fresh baseline as a slot of its own, which the release is compared with', () => {
  const plan = { ...aPlan(), steps: aPlan().steps.map(withFreshBaseline) };
  const production = played(begun(plan), { until: isIn('publishing'), traffic: beside }).state;
  const lines = deploymentReport({
    ...{ project: 'app', commit: next.commit, states: { staging: null, production }, receipts: [] },
    ...{ failure: null, now: monday + 180_000 },
  }).split('\n');

  expect(lines.find((line) => line.includes('| Canary |'))).toContain('errors 0.00 % vs 10.0 %');
  const rows = lines.filter((line) => line.startsWith('| canary 5 % | ')).map((line) => line.split(' | ').slice(1, 4));
  expect(rows.slice(-3)).toEqual([
    ['stable', first.id, expect.any(String)],
    ['baseline', first.id, '300'],
    ['canary', next.id, '300'],
  ]);
});
