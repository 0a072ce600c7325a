import type { AuditEntry } from '../../rollout/model';
import { documentPlaces, findDocument } from './documents';
import { rehearsalIn } from './rehearsal';

describe('a document', () => {
  const places = documentPlaces('apps/web', {});

  it.each<[string, readonly string[], readonly string[], string | null]>([
    ['in the project', places.runbook, ['apps/web/RUNBOOK.md', 'RUNBOOK.md'], 'apps/web/RUNBOOK.md'],
    ['in other letters', places.runbook, ['apps/web/docs/Runbook.md'], 'apps/web/docs/Runbook.md'],
    ['of the workspace', places.changelog, ['CHANGELOG.md'], 'CHANGELOG.md'],
    ['of the workspace that says nothing of the service', places.readme, ['README.md'], null],
    ['of another project', places.alerts, ['apps/web2/alerts.yml', 'alerts.yml'], null],
    ['in a workspace of one project', documentPlaces('.', {}).readme, ['README.md'], 'README.md'],
    ['that is named', documentPlaces('apps/web', { runbook: 'ops/web.md' }).runbook, ['ops/web.md'], 'ops/web.md'],
    ['elsewhere than named', documentPlaces('apps/web', { runbook: 'ops/web.md' }).runbook, ['RUNBOOK.md'], null],
  ])('%s', (_, wanted, files, found) => {
    expect(findDocument(wanted, files)).toBe(found);
  });
});

describe('a rehearsal of the way back', () => {
  const entries = (...what: string[]): AuditEntry[] =>
    what.map((one, at) => ({
      ...{ id: `app/staging/1.${at}.0`, at: Date.UTC(2026, 10, 20, at), project: 'app', environment: 'staging' },
      ...{ release: 'abc', what: one, by: 'sluice', detail: '' },
    }));

  it.each<[string, string[], string | null]>([
    ['is none where nothing ever went back', ['deploy', 'done', 'deploy', 'done'], null],
    ['is none where it did not end well', ['rollback', 'failed', 'deploy', 'done'], null],
    ['is one that somebody asked for', ['rollback', 'traffic', 'done'], 'on 2026-11-20 02:00:00 UTC'],
    ['is a bad release that went back', ['deploy', 'withdraw', 'rolled-back'], 'on 2026-11-20 02:00:00 UTC'],
  ])('%s', (_, what, words) => {
    expect(rehearsalIn(entries(...what))).toBe(words && `back to an earlier release ${words}`);
  });
});
