import { summarise } from '../analysis/figures';
import { aConfig, someFigures } from '../testing';
import { gate2 } from './gate2';
import { rollbackTriggers } from './triggers';

const { promote, rollback } = aConfig().canary.threshold;
const answered = (errors: number, ms: number, requests = 1000) => summarise([someFigures({ requests, errors, ms })]);
const baseline = answered(10, 100);

describe('gate 2 with its defaults: errors <= baseline, latency <= baseline + 10 %', () => {
  it.each([
    ['the same', answered(10, 100), 'pass'],
    ['fewer errors, faster', answered(0, 50), 'pass'],
    ['one error more', answered(11, 100), 'fail'],
    ['ten per cent slower', answered(10, 110), 'pass'],
    ['eleven per cent slower', answered(10, 111), 'fail'],
    ['no request', answered(0, 0, 0), 'inconclusive'],
  ] as const)('a canary with %s', (_, canary, verdict) => {
    expect(gate2(canary, baseline, promote).verdict).toBe(verdict);
  });

  it('is not passed against a baseline without requests', () => {
    expect(gate2(baseline, summarise([]), promote).verdict).toBe('inconclusive');
  });

  it('fails by errors alone when the latency is unknown', () => {
    const refused = summarise([someFigures({ requests: 100, errors: 100, latency: [] })]);
    expect(gate2(refused, baseline, promote).verdict).toBe('fail');
  });

  it('gives both comparisons with their reasons', () => {
    const { reasons, comparisons } = gate2(answered(11, 100), baseline, promote);
    expect(comparisons.map(({ metric, ok }) => [metric, ok])).toEqual([
      ['error rate', false],
      ['latency p95', true],
    ]);
    expect(reasons).toEqual([
      'error rate 1.10 % is above its limit of 1.00 % (baseline 1.00 %)',
      'latency p95 100.0 ms is within its limit of 110.0 ms (baseline 100.0 ms)',
    ]);
  });
});

describe('the rollback triggers with their defaults: errors > baseline + 50 %, latency > baseline + 100 %', () => {
  it.each([
    ['half as many errors again', answered(15, 100), 'pass'],
    ['more than that', answered(16, 100), 'fail'],
    ['twice the latency', answered(10, 200), 'pass'],
    ['more than that', answered(10, 201), 'fail'],
    ['no request', answered(0, 0, 0), 'inconclusive'],
  ] as const)('a canary with %s', (_, canary, verdict) => {
    expect(rollbackTriggers(canary, baseline, rollback).verdict).toBe(verdict);
  });

  it('name only what was hit', () => {
    expect(rollbackTriggers(answered(10, 300), baseline, rollback).reasons).toEqual([
      'latency p95 300.0 ms is above its limit of 200.0 ms (baseline 100.0 ms)',
    ]);
  });
});
