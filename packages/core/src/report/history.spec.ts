import type { AuditEntry } from '../rollout/model';
import { historyTable } from './history';
import { aPlan, begun, failing, monday, played } from './testing/example';

const entries: AuditEntry[] = [];
played(begun(aPlan()), {
  traffic: failing,
  until: ({ outbox }) => {
    entries.push(...outbox);
    return false;
  },
});
const plain = { colour: false };

describe('the history', () => {
  it('tells a rollout by day, with the person who began it', () => {
    expect(historyTable(entries, plain)).toBe(
      `
2026-11-23 UTC
13:00:00  production  deploy       next (1a2b3c4d5e6f) after 9f8e7d6c5b4a (by
                                   alice)
13:00:03  production  traffic      next (1a2b3c4d5e6f) gets 5 % of traffic
13:00:33  production  withdraw     error rate 10.00 % is above its limit of
                                   0.00 % (baseline 0.00 %); 3 failing checks in
                                   a row, 2 are tolerated
13:00:33  production  rolled-back  error rate 10.00 % is above its limit of
                                   0.00 % (baseline 0.00 %); 3 failing checks in
                                   a row, 2 are tolerated`.trimStart(),
    );
  });

  it('shows the newest entries, says what it hides, and names the release', () => {
    expect(
      historyTable(entries, { ...plain, limit: 1 })
        .split('\n')
        .slice(0, 4),
    ).toEqual([
      '3 earlier entries are not shown',
      '',
      '2026-11-23 UTC',
      '13:00:33  production  rolled-back  1a2b3c4d5e6f: error rate 10.00 % is above its',
    ]);
  });

  it('keeps the last lines of an instance as lines', () => {
    const detail = 'An instance ended at once. Its last lines:\n  | boom\n  | at main.js:1';
    const failed = { ...entries[0], id: 'x', at: monday, project: 'app', environment: 'production', release: null };
    expect(
      historyTable([{ ...failed, what: 'failed', by: 'sluice', detail }], plain)
        .split('\n')
        .slice(1),
    ).toEqual([
      '13:00:00  production  failed       An instance ended at once. Its last lines:',
      '                                     | boom',
      '                                     | at main.js:1',
    ]);
  });

  it('begins each day anew', () => {
    const later = entries.map((entry) => ({ ...entry, at: entry.at + 86_400_000 }));

    expect(historyTable([...entries, ...later], plain).match(/^\S+ UTC$/gm)).toEqual([
      '2026-11-23 UTC',
      '2026-11-24 UTC',
    ]);
  });

  it('fits 80 columns, however long a detail is', () => {
    const long = { ...entries[0], id: 'x', at: monday, project: 'app', environment: 'production', release: null };
    const table = historyTable([{ ...long, what: 'failed', by: 'sluice', detail: 'word '.repeat(99) }], plain);

    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says that there is none', () => {
    expect(historyTable([], plain)).toBe('Nothing was ever deployed.');
  });
});
