import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markOf, readResults, type ResultsFile } from './load-results';

/*
 * What the real ones printed, on Node 20 and Linux. The service answered GET / at once, /slow after 30 ms, and every second
 * request for /bad with 500; in the other two nobody listened.
 * k6 1.8.1, 3 users for 3 s: k6 run --summary-export FILE --summary-trend-stats 'med,p(95),p(99)' script.js
 *   k6-handle-summary: handleSummary = (data) => ({ FILE: JSON.stringify(data) }), 2 users, 40 times GET /
 * artillery 2.0.21, 20 users a second for 4 s: artillery run --output FILE script.yml
 */
const recorded = (name: string) => join(__dirname, 'testing', `${name}.json`);

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sluice-results-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const path = () => join(folder, 'results.json');

describe('the results of a load generator', () => {
  it.each<[ResultsFile['tool'], string, object]>([
    ['k6', 'k6-summary-export', { requests: 837, errors: 142, p50: 0.659967, p95: 31.4415516, p99: 32.77408491999999 }],
    ['k6', 'k6-handle-summary', { requests: 40, errors: 0, p95: 0.5287294999999999, p99: null }],
    ['artillery', 'artillery-report', { requests: 240, errors: 40, p50: 0, p95: 32.1, p99: 34.1 }],
  ])('of %s are read from %s', async (tool, name, counted) => {
    expect(await readResults({ tool, path: recorded(name) }, null)).toMatchObject({ counted });
  });

  it('have a rate of what succeeded', async () => {
    const rateOf = async (tool: ResultsFile['tool'], name: string) => {
      const read = await readResults({ tool, path: recorded(name) }, null);
      return 'counted' in read ? read.counted.rate : null;
    };

    expect(await rateOf('k6', 'k6-summary-export')).toBeCloseTo((276.8155 * 695) / 837, 2);
    expect(await rateOf('artillery', 'artillery-report')).toBeCloseTo(200 / 3.985, 2);
  });

  it.each<[ResultsFile['tool'], string, string]>([
    ['k6', 'k6-nobody-there', 'none of the 9 requests in .* succeeded'],
    ['artillery', 'artillery-nobody-there', 'none of the 3 requests in .* succeeded'],
    ['artillery', 'k6-summary-export', 'is no summary of artillery'],
    ['k6', 'artillery-report', 'is no summary of k6'],
  ])('are no pass of %s with %s', async (tool, name, problem) => {
    expect(await readResults({ tool, path: recorded(name) }, null)).toEqual({
      problem: expect.stringMatching(problem) as unknown,
    });
  });

  it.each<[string, string]>([
    ['', 'is no summary of k6 that can be read'],
    ['all went well', 'is no summary of k6 that can be read'],
    ['[]', 'is no summary of k6 that can be read'],
    [
      '{"metrics":{"http_reqs":{"count":0,"rate":0},"http_req_failed":{"passes":0,"fails":0},"http_req_duration":{}}}',
      'holds no request',
    ],
    [
      '{"metrics":{"http_reqs":{"count":-5,"rate":1},"http_req_failed":{"passes":0,"fails":0},"http_req_duration":{}}}',
      'no summary',
    ],
    ['{"metrics":{"iterations":{"count":10,"rate":1}}}', 'is no summary of k6 that can be read (metrics.http_reqs'],
  ])('are none in %j', async (text, problem) => {
    writeFileSync(path(), text);

    expect(await readResults({ tool: 'k6', path: path() }, null)).toEqual({
      problem: expect.stringContaining(problem) as unknown,
    });
  });

  it('are none where nothing was written, or what is there was there before', async () => {
    const file: ResultsFile = { tool: 'k6', path: path() };
    expect(await readResults(file, null)).toEqual({ problem: `it wrote no results: there is no ${path()}` });

    copyFileSync(recorded('k6-summary-export'), path());
    const before = await markOf(path());
    expect(await readResults(file, before)).toEqual({ problem: `it wrote no results: ${path()} is as it was before` });
  });

  it('are new where the same was written once more', async () => {
    copyFileSync(recorded('k6-summary-export'), path());
    const before = await markOf(path());
    copyFileSync(recorded('k6-summary-export'), path());

    expect(await readResults({ tool: 'k6', path: path() }, before)).toHaveProperty('counted');
  });
});
