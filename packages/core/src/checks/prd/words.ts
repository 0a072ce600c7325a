import type { FigureTargets } from '../performance';

export type Metric = keyof FigureTargets;

/** What an amount is an amount of. */
export type Dimension = 'ms' | 'share' | 'perSecond';

const number = String.raw`(?<![\w.,$€£])(\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(k?)`;
const things = String.raw`(?:req(?:uest)?s?|calls|transactions|queries)`;

/** How amounts are written, and what their number is times; the number is the first group, a `k` for thousands the second. */
export const amounts: readonly { pattern: RegExp; dimension: Dimension; times: number }[] = [
  { pattern: amount(String.raw`(?:ms|msecs?|millis|milliseconds?)(?![\w/])`), dimension: 'ms', times: 1 },
  { pattern: amount(String.raw`(?:s|secs?|seconds?)(?![\w/])`), dimension: 'ms', times: 1000 },
  { pattern: amount(String.raw`(?:%|per ?cent\b)`), dimension: 'share', times: 0.01 },
  {
    pattern: amount(String.raw`(?:rps|qps|tps|${things} ?(?:/|per|a|each) ?s(?:ec(?:ond)?)?)(?!\w)`),
    ...{ dimension: 'perSecond', times: 1 },
  },
  {
    pattern: amount(String.raw`(?:rpm|qpm|tpm|${things} ?(?:/|per|a|each) ?min(?:ute)?)(?!\w)`),
    ...{ dimension: 'perSecond', times: 1 / 60 },
  },
];

function amount(unit: string): RegExp {
  return new RegExp(`${number}(?: |-)?${unit}`, 'gi');
}

/** How metrics are named. `null`: a figure that nothing here measures. */
export const names: readonly { pattern: RegExp; metric: Metric | null; dimension: Dimension; isInverse?: boolean }[] = [
  { pattern: percentile('50'), metric: 'p50', dimension: 'ms' },
  { pattern: /\bmedian\b/gi, metric: 'p50', dimension: 'ms' },
  { pattern: percentile('95'), metric: 'p95', dimension: 'ms' },
  { pattern: percentile('99'), metric: 'p99', dimension: 'ms' },
  { pattern: percentile(String.raw`(?!(?:50|95|99)(?![\d.]))\d{1,2}(?:\.\d+)?`), metric: null, dimension: 'ms' },
  { pattern: /\b(?:average|mean|avg)\b/gi, metric: null, dimension: 'ms' },
  {
    pattern: /\b(?:(?:error|failure)s?[- ]rate|rate of (?:errors|failures)|(?:failed|failing) requests|errors)\b/gi,
    ...{ metric: 'errorRate', dimension: 'share' },
  },
  {
    pattern: /\b(?:success[- ]rate|successful (?:requests|responses))\b/gi,
    ...{ metric: 'errorRate', dimension: 'share', isInverse: true },
  },
  { pattern: /\b(?:throughput|request rate)\b/gi, metric: 'rate', dimension: 'perSecond' },
];

/** `p95`, `P(95)`, `95th percentile`. */
function percentile(which: string): RegExp {
  return new RegExp(
    String.raw`\bp\(?${which}(?![\d.]*\d)\)?(?!\w)|(?<![\d.])${which}(?:th|st|nd|rd)?[ -]?(?:percentile|pctl?)\b`,
    'gi',
  );
}

export const most = String.raw`(?:<=?|≤|=<|under|below|beneath|(?:less|lower|fewer|faster) than|(?:no|not) (?:more|higher|greater|longer|slower) than|(?:must |should |shall |may |does |do |will )?(?:not|never) (?:to )?exceeds?|cannot exceed|at most|max(?:imum)?(?: of)?|up to|within|(?:not|never) (?:above|over))`;
export const least = String.raw`(?:>=?|≥|=>|at least|(?:no|not) (?:less|fewer|lower) than|min(?:imum)?(?: of)?|more than|(?:not|never) (?:below|under))`;

/** What may stand between a metric, its bound and its amount without changing the meaning. */
export const filler = String.raw`(?:[,()|*]|–|—|latenc(?:y|ies)|response|-?times?|durations?|rate|target|limit|budget|slo|goal|requirement|of|all|the|a|an|requests?|responses|calls|api|service|for|in|total|overall|must|should|shall|will|has to|have to|needs? to|be|is|are|stays?|remains?|kept|keep|always|consistently|or equal to|or less than)`;

/** Words that make a sentence about something else: the past, a wish, a part of the traffic, a condition. */
export const doubts: readonly RegExp[] = [
  /\b(?:currently|today|now|was|were|been|measured|observed|previously|yesterday|last (?:week|month|quarter|year))\b/i,
  /\b(?:ideally|stretch|nice to have|aspirational|maybe|perhaps|possibly|could|might|someday|eventually|optional|tbd|tbc|todo)\b/i,
  /\b(?:approx(?:imately)?|about|around|roughly|circa|nearly|almost)\b|~|≈/i,
  /\b(?:except|excluding|unless|if|when|while|until|only|without|but|or|either|versus|vs|instead)\b/i,
  /\b(?:no|not a|isn't|aren't|without a|no longer a?) (?:target|requirement|goal|slo|limit)\b|\bnot (?:yet|required|needed)\b/i,
  /\b(?:dropped|removed|obsolete|deprecated|waived|postponed|(?:not|n't|never) (?:require|need|promise|guarantee)s?)\b|~~/i,
  /\b(?:alert|alarm|page|trigger|warn)(?:s|ed|ing)?\b/i,
  /\?\s*$/,
];

/** Headings under which nothing is asked for of the next release. */
export const elsewhere =
  /\b(?:non[- ]?goals?|out of scope|future|later|appendix|glossary|examples?|competit(?:ion|ors?)|background|history|current(?:ly)?|ideas?|open questions?)\b/i;

/** A part of what is meant by a metric: `for GET /orders`, `on mobile`, not `for all requests`. */
export const scope =
  /\b(?:for|on|in|during|from|of|to|at) +(?!(?:least|most|all|every|any|each|production|(?:the )?(?:service|api|app|application|system|requests|responses))\b)[^ ,.;)]+/i;
