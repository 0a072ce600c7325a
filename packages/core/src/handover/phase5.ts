import { digestOf } from '../digest';
import { asObject, readObject } from './json-object';

/** Where phase 5 leaves its word, from the top of a checkout, with "/". */
export const phase5Files = [
  '.taskmaster/.signals/phase5-complete.json',
  '.claude/.signals/phase5-complete.json',
  '.claude/.signals/PHASE5_COMPLETE.json',
  '.claude/.signals/go-decision.json',
  '.claude/.signals/no-go-decision.json',
] as const;

/** A file that is there. `text` is `null` where it can't be read. */
export interface SignalFile {
  /** One of `phase5Files`. */
  path: (typeof phase5Files)[number];
  /** What people call the place: `main checkout`, `worktree`. */
  place: string;
  text: string | null;
}

/** What phase 5 said, of all its files together. */
export interface Phase5 {
  /**
   * `go`: complete, nothing speaks against it and something for it. `silent`: complete, but without a decision, a score or a
   * word to go on. `no-go`: a NO-GO, a failed phase, a score below the minimum, or a file that can't be understood.
   */
  standing: 'absent' | 'go' | 'silent' | 'no-go';
  complete: boolean;
  decision: 'GO' | 'NO-GO' | null;
  /** 0 to 100; the lowest that a file gives. */
  score: number | null;
  /** Whether the next phase is to start by itself; `null` where nothing is said. */
  triggerNext: boolean | null;
  /** One sentence, with every file that speaks against going on. */
  reason: string;
  /** Of what the files say: another one is another signal. `null` where there is none. */
  digest: string | null;
}

interface Said {
  complete: boolean;
  decision: 'GO' | 'NO-GO' | null;
  score: number | null;
  triggerNext: boolean | null;
  objections: string[];
}

/** Reads all that phase 5 left. Files that disagree are not weighed against each other: the worst of them counts. */
export function readPhase5(files: readonly SignalFile[], minScore: number): Phase5 {
  if (!files.length) return { ...nothing, standing: 'absent', reason: 'phase 5 has left no signal', digest: null };
  const read = files.map((file) => ({ file, said: readFile(file, minScore) }));
  const objections = read.flatMap(({ file, said }) =>
    said.objections.map((objection) => `${file.path} in the ${file.place}: ${objection}`),
  );
  const said = read.map((one) => one.said);
  const scores = said.flatMap(({ score }) => score ?? []);
  const words = said.flatMap(({ triggerNext }) => triggerNext ?? []);
  const found: Said = {
    complete: said.some(({ complete }) => complete),
    decision: said.some(({ decision }) => decision === 'NO-GO')
      ? 'NO-GO'
      : said.some(({ decision }) => decision === 'GO')
        ? 'GO'
        : null,
    score: scores.length ? Math.min(...scores) : null,
    triggerNext: words.length ? words.every(Boolean) : null,
    objections,
  };
  return { ...verdictOf(found, read.length), digest: digestOfFiles(files) };
}

const nothing = { complete: false, decision: null, score: null, triggerNext: null } as const;

function verdictOf(found: Said, count: number): Omit<Phase5, 'digest'> {
  const { objections, ...rest } = found;
  if (objections.length) {
    const others = count > objections.length ? `; of ${count} files the worst counts` : '';
    return { ...rest, complete: false, standing: 'no-go', reason: `${objections.join('; ')}${others}` };
  }
  const score = rest.score === null ? '' : `, score ${rest.score}`;
  if (rest.decision === 'GO' || rest.score !== null || rest.triggerNext === true)
    return { ...rest, standing: 'go', reason: `phase 5 is complete with GO${score}` };
  return { ...rest, standing: 'silent', reason: 'phase 5 is complete, but gives neither a decision nor a score' };
}

function readFile({ path, text }: SignalFile, minScore: number): Said {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const own = decisionFiles[name] ?? null;
  const refused = (objection: string): Said => ({
    ...nothing,
    decision: own === 'NO-GO' ? own : null,
    objections: own === 'NO-GO' ? ['the decision is NO-GO'] : [objection],
  });
  if (text === null) return refused("it can't be read");
  const object = readObject(text);
  if (typeof object === 'string') return refused(object);

  const summary = asObject(object['summary']) ?? {};
  const objections: string[] = [];
  const isComplete = statusOf(object['status'] ?? summary['status'], own !== null, objections);
  const phase = object['phase'];
  if (phase !== undefined && !isFive(phase)) objections.push(`it is of phase ${shown(phase)}, not of 5`);
  const decision = decisionOf([object['decision'], summary['decision']], own, objections);
  const score = scoreOf([object, summary], minScore, objections);
  const word = object['trigger_next'] ?? summary['trigger_next'];
  return { complete: isComplete, decision, score, triggerNext: wordOf(word), objections };
}

const decisions: Readonly<Record<string, 'GO' | 'NO-GO' | undefined>> = { go: 'GO', nogo: 'NO-GO' };

/** A decision by its file's name needs no status. */
const decisionFiles: Readonly<Record<string, 'GO' | 'NO-GO'>> = {
  'go-decision.json': 'GO',
  'no-go-decision.json': 'NO-GO',
};

function statusOf(status: unknown, isDecision: boolean, objections: string[]): boolean {
  if (status === undefined && isDecision) return true;
  const isComplete = typeof status === 'string' && ['success', 'complete', 'completed'].includes(folded(status));
  if (!isComplete) objections.push(status === undefined ? 'it has no status' : `its status is ${shown(status)}`);
  return isComplete;
}

function decisionOf(
  given: readonly unknown[],
  own: 'GO' | 'NO-GO' | null,
  objections: string[],
): 'GO' | 'NO-GO' | null {
  const named = given.filter((value) => value !== undefined && value !== null);
  const known = named.map((value) =>
    typeof value === 'string' ? decisions[folded(value).replaceAll(/[\s_-]/g, '')] : undefined,
  );
  if (own === 'NO-GO' || known.includes('NO-GO')) {
    objections.push('the decision is NO-GO');
    return 'NO-GO';
  }
  const strange = named.find((_, at) => known[at] === undefined);
  if (strange !== undefined) {
    objections.push(`its decision is ${shown(strange)}, which is neither GO nor NO-GO`);
    return null;
  }
  return known.length || own ? 'GO' : null;
}

const scoreNames = ['production_score', 'production_readiness_score'] as const;

function scoreOf(places: readonly Record<string, unknown>[], minScore: number, objections: string[]): number | null {
  const given = places
    .flatMap((place) => scoreNames.map((name) => place[name]))
    .filter((value) => value !== undefined && value !== null);
  const scores = given.map(numberOf);
  const strange = given.find((_, at) => scores[at] === null);
  if (strange !== undefined) objections.push(`its score is ${shown(strange)}, which is no number from 0 to 100`);
  const known = scores.flatMap((score) => score ?? []);
  if (!known.length) return null;
  const least = Math.min(...known);
  if (least < minScore) objections.push(`the score is ${least}, below the minimum of ${minScore}`);
  return least;
}

/** `95`, `"95"`, `"95%"`, `"95/100"` */
function numberOf(value: unknown): number | null {
  const text = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*(?:%|\/\s*100)?\s*$/.exec(value)?.[1] : undefined;
  const score = typeof value === 'number' ? value : text === undefined ? Number.NaN : Number(text);
  return score >= 0 && score <= 100 ? score : null;
}

/** `true`, `"phase6"`, `6` are a word to go on, `false`, `"false"`, `"no"`, `"none"`, `""` and `0` one not to. */
function wordOf(value: unknown): boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return !['', 'false', 'no', 'none', 'null', '0'].includes(folded(value));
  return Boolean(value);
}

const isFive = (phase: unknown): boolean => folded(String(phase)).replace(/^phase[\s_-]?/, '') === '5';

const folded = (text: string): string => text.trim().toLowerCase();

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
};

/** The same file in both checkouts is one signal. */
function digestOfFiles(files: readonly SignalFile[]): string {
  const said = new Set(files.map(({ path, text }) => `${path}\n${text ?? ''}`));
  return digestOf([...said].sort());
}
