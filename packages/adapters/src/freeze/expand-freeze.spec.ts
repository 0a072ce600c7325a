import { configSchema, type Freeze, type FreezeSettings } from '@sluice/core';
import { aConfigInput } from '@sluice/core/testing';
import { expandFreeze } from './expand-freeze';

const written = (...freeze: object[]): FreezeSettings[] =>
  configSchema.parse({ ...aConfigInput(), freeze: freeze.map((one) => ({ reason: 'holidays', ...one })) }).freeze;
const expand = (now: string, ...freeze: object[]): Promise<Freeze> =>
  expandFreeze(written(...freeze), 'app/sluice.json', Date.parse(now));
const firstOf = async (now: string, ...freeze: object[]) =>
  (await expand(now, ...freeze)).windows.slice(0, 3).map(({ from, to }) => [iso(from), iso(to)]);
const iso = (at: number): string => new Date(at).toISOString().replace(':00.000Z', 'Z');
const berlin = { timezone: 'Europe/Berlin' };

describe('freezes as instants', () => {
  it.each<[string, string, object, string[][]]>([
    [
      'nights in UTC',
      '2026-11-24T12:00Z',
      { cron: '0 22 * * *', for: '8h' },
      [
        ['2026-11-24T22:00Z', '2026-11-25T06:00Z'],
        ['2026-11-25T22:00Z', '2026-11-26T06:00Z'],
        ['2026-11-26T22:00Z', '2026-11-27T06:00Z'],
      ],
    ],
    [
      'one that began before now',
      '2026-11-25T03:00Z',
      { cron: '0 22 * * 2', for: '8h' },
      [
        ['2026-11-24T22:00Z', '2026-11-25T06:00Z'],
        ['2026-12-01T22:00Z', '2026-12-02T06:00Z'],
        ['2026-12-08T22:00Z', '2026-12-09T06:00Z'],
      ],
    ],
    [
      'days that meet are one',
      '2026-11-24T12:00Z',
      { cron: '0 0 * * 6,0', for: '24h' },
      [
        ['2026-11-28T00:00Z', '2026-11-30T00:00Z'],
        ['2026-12-05T00:00Z', '2026-12-07T00:00Z'],
        ['2026-12-12T00:00Z', '2026-12-14T00:00Z'],
      ],
    ],
    [
      'over the day when clocks are put forward: 18:00 stays 18:00',
      '2026-03-28T00:00Z',
      { cron: '0 18 * * *', for: '1h', ...berlin },
      [
        ['2026-03-28T17:00Z', '2026-03-28T18:00Z'],
        ['2026-03-29T16:00Z', '2026-03-29T17:00Z'],
        ['2026-03-30T16:00Z', '2026-03-30T17:00Z'],
      ],
    ],
    [
      'at an hour that this day does not have: as soon as clocks were put forward',
      '2026-03-28T03:00Z',
      { cron: '30 2 * * *', for: '1h', ...berlin },
      [
        ['2026-03-29T01:00Z', '2026-03-29T02:00Z'],
        ['2026-03-30T00:30Z', '2026-03-30T01:30Z'],
        ['2026-03-31T00:30Z', '2026-03-31T01:30Z'],
      ],
    ],
    [
      'at an hour that this day has twice: the first one',
      '2026-10-24T03:00Z',
      { cron: '30 2 * * *', for: '30m', ...berlin },
      [
        ['2026-10-25T00:30Z', '2026-10-25T01:00Z'],
        ['2026-10-26T01:30Z', '2026-10-26T02:00Z'],
        ['2026-10-27T01:30Z', '2026-10-27T02:00Z'],
      ],
    ],
    [
      'over a change of clocks: as long as it says, not as the clock shows',
      '2026-10-24T12:00Z',
      { cron: '0 22 24 10 *', for: '8h', ...berlin },
      [['2026-10-24T20:00Z', '2026-10-25T04:00Z']],
    ],
    [
      'from one local time to another',
      '2026-11-24T12:00Z',
      { from: '2026-12-24T18:00', to: '2027-01-02T06:00', ...berlin },
      [['2026-12-24T17:00Z', '2027-01-02T05:00Z']],
    ],
    [
      'from a time with an offset, whatever the timezone',
      '2026-11-24T12:00Z',
      { from: '2026-12-24T18:00+03:00', to: '2026-12-24T18:00:00Z', ...berlin },
      [['2026-12-24T15:00Z', '2026-12-24T18:00Z']],
    ],
    ['one that is over', '2026-11-24T12:00Z', { from: '2026-01-01T00:00Z', to: '2026-01-02T00:00Z' }, []],
  ])('%s', async (_, now, freeze, windows) => {
    expect(await firstOf(now, freeze)).toEqual(windows);
  });

  it('are known for 90 days, and for less where they come all the time', async () => {
    const now = '2026-11-24T12:00Z';
    const days = async (freeze: object) => ((await expand(now, freeze)).knownUntil - Date.parse(now)) / 86_400_000;
    expect(await days({ cron: '0 22 * * *', for: '8h' })).toBe(90);
    expect(await days({ cron: '*/10 * * * *', for: '1m' })).toBeCloseTo(300 / 144, 1);
  });

  it('are none where none is written', async () => {
    expect((await expand('2026-11-24T12:00Z')).windows).toEqual([]);
  });
});

describe('a freeze that can not be understood', () => {
  it.each<[object, string]>([
    [{ cron: '0 22 * *', for: '1h' }, `freeze[0].cron: "0 22 * *" can't be read: it has not five fields`],
    [{ cron: '0 0 22 * * *', for: '1h' }, 'it has not five fields'],
    [{ cron: '99 22 * * *', for: '1h' }, `freeze[0].cron: "99 22 * * *" can't be read`],
    [{ cron: 'a b c d e', for: '1h' }, `freeze[0].cron: "a b c d e" can't be read`],
    [{ cron: '0 0 30 2 *', for: '1h' }, 'it never comes'],
    [{ cron: '0 0 * * *', for: '1h', timezone: 'Mars/Base' }, 'freeze[0].timezone: "Mars/Base" is not a timezone'],
    [{ from: '2026-02-30T00:00', to: '2026-03-01T00:00' }, 'freeze[0].from: there is no time "2026-02-30T00:00"'],
    [{ from: '2026-02-01T00:00', to: '2026-03-01T25:00' }, 'freeze[0].to: there is no time "2026-03-01T25:00"'],
    [{ from: '2026-03-01T00:00', to: '2026-03-01T00:00' }, 'is not after'],
  ])('%j is refused', async (freeze, problem) => {
    await expect(expand('2026-11-24T12:00Z', freeze)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(problem) as string,
    });
  });
});
