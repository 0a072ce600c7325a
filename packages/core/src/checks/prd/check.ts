import type { Check, CheckOutcome } from '../check';
import { rowOf, type FigureTargets } from '../performance';
import { readPrd, targetsOf, type ReadTarget } from './prd';

/** The requirements document of a project. `file` is for people. */
export interface PrdSubject {
  prd: { file: string; text: string } | null;
  /** What `sluice.json` states: it goes before what the document says. */
  configured: FigureTargets;
}

/** `docs/PRD.md:12 latency p95 at most 200.0 ms: "p95 < 200 ms"` */
export const describeTarget = (file: string, { metric, limit, line, text }: ReadTarget): string => {
  const { label, bound, show } = rowOf(metric);
  return `${file}:${line} ${label} ${bound} ${show(limit)}: "${text}"`;
};

/** What the document states, and which of its sentences may state something and are not clear. */
export const prdCheck = (): Check<PrdSubject> => ({
  name: 'prd',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 10_000,
  run: async ({ prd, configured }): Promise<CheckOutcome> => {
    if (!prd) return { status: 'skip', reason: 'no requirements document is committed', findings: [], figures: {} };
    const { file, text } = prd;
    const { targets, unclear } = readPrd(text);
    const stated = targets.map((target) => describeTarget(file, target) + instead(configured, target));
    const doubtful = unclear.map((one) => `${file}:${one.line} is not clear, ${one.why}: "${one.text}"`);
    const findings = unclear.map((one, at) => {
      return { severity: 'low' as const, message: doubtful[at] ?? '', file, line: one.line };
    });
    const reason = [...stated, ...doubtful].join('; ') || `${file} states no performance target`;
    return { status: unclear.length > 0 ? 'warn' : 'pass', reason, findings, figures: {} };
  },
});

const instead = (configured: FigureTargets, { metric, limit }: ReadTarget): string => {
  const own = configured[metric];
  return own === undefined || own === limit ? '' : ` (sluice.json states ${rowOf(metric).show(own)}, which holds)`;
};

/** The targets that hold: those of `sluice.json`, and of the document what is not stated there. */
export const heldTargets = ({ prd, configured }: PrdSubject): FigureTargets => ({
  ...(prd && targetsOf(readPrd(prd.text))),
  ...Object.fromEntries(Object.entries(configured).filter(([, limit]) => limit !== undefined)),
});
