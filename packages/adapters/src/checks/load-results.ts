import { readFile, stat } from 'node:fs/promises';
import { z } from '@sluice/core';
import type { Counted } from './load-verdict';

/** The summary that a load generator wrote. */
export interface ResultsFile {
  tool: 'k6' | 'artillery';
  path: string;
}

/** What is in the file, or why that says nothing. */
export type Results = { counted: Counted } | { problem: string };

/** A file as it is now: another one, or another text in it, has another mark. `null` without a file. */
export async function markOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** Reads what was written since the file had the mark `before`. */
export async function readResults({ tool, path }: ResultsFile, before: string | null): Promise<Results> {
  const mark = await markOf(path);
  if (mark === null) return { problem: `it wrote no results: there is no ${path}` };
  if (mark === before) return { problem: `it wrote no results: ${path} is as it was before` };
  const parsed = await readFile(path, 'utf8').then(
    (text) => parsers[tool].safeParse(parseJson(text)),
    () => null,
  );
  if (!parsed?.success) {
    const issue = parsed?.error.issues[0];
    const where = issue ? ` (${issue.path.join('.') || 'the file'}: ${issue.message})` : '';
    return { problem: `${path} is no summary of ${tool} that can be read${where}` };
  }
  const { data } = parsed;
  if (data.requests === 0) return { problem: `${path} holds no request` };
  if (data.errors >= data.requests) return { problem: `none of the ${data.requests} requests in ${path} succeeded` };
  return { counted: data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const count = z.int().min(0);
const amount = z.number().min(0);

/** `--summary-export` has the values of a metric in it, `handleSummary` below `values`. */
const metric = <T>(values: z.ZodType<T>) =>
  z.union([z.object({ values }).transform((written): T => written.values), values]);

/** k6, 1.8: times in ms; `passes` of `http_req_failed` are the requests that failed. */
const k6 = z
  .object({
    metrics: z.object({
      http_reqs: metric(z.object({ count, rate: amount })),
      http_req_failed: metric(z.object({ passes: count, fails: count })),
      http_req_duration: metric(
        z.object({ med: amount.optional(), 'p(95)': amount.optional(), 'p(99)': amount.optional() }),
      ),
    }),
  })
  .transform(({ metrics: { http_reqs: all, http_req_failed: failed, http_req_duration: times } }): Counted => {
    const { passes: errors } = failed;
    return {
      ...{ requests: all.count, errors, rate: all.rate * (1 - errors / Math.max(1, all.count)) },
      ...{ p50: times.med ?? null, p95: times['p(95)'] ?? null, p99: times['p(99)'] ?? null },
    };
  });

/** artillery, 2.0: times in ms to the first byte of the answer; what was lost has no status. */
const artillery = z
  .object({
    aggregate: z.object({
      counters: z.record(z.string(), amount),
      firstCounterAt: amount,
      lastCounterAt: amount,
      summaries: z.object({
        'http.response_time': z.object({ p50: amount, p95: amount, p99: amount }).optional(),
      }),
    }),
  })
  .transform(({ aggregate: { counters, firstCounterAt, lastCounterAt, summaries } }): Counted => {
    const requests = counters['http.requests'] ?? 0;
    const good = Object.entries(counters)
      .filter(([name]) => /^http\.codes\.[123]\d\d$/.test(name))
      .reduce((sum, [, answers]) => sum + answers, 0);
    const { p50 = null, p95 = null, p99 = null } = summaries['http.response_time'] ?? {};
    const seconds = Math.max(1, (lastCounterAt - firstCounterAt) / 1000);
    return { requests, errors: Math.max(0, requests - good), rate: good / seconds, p50, p95, p99 };
  });

const parsers = { k6, artillery };
