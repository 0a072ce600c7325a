/** The tables of docs/judge.md. `results`: by group and scenario, of each run how each rule ended it. */
export function tablesOf(groups, results, rules) {
  const tableOf = (group, cell, of = rules) =>
    table(
      ['', ...of.map(({ name }) => name)],
      groups[group].map((scenario, index) => [
        scenario.name,
        ...of.map((rule) =>
          cell(
            results[group][index].map((run) => run[rules.indexOf(rule)]),
            scenario,
          ),
        ),
      ]),
    );
  const aborted = (ends) => percent(ends.filter(isAbort).length, ends.length);
  return [
    '### Healthy releases that are aborted, in per cent of an hour',
    tableOf('healthy', aborted),
    '### Harm: seconds until it is aborted, median (nine of ten)',
    tableOf('harmful', soonest),
    '### A hiccup of the canary alone: aborts in per cent of an hour',
    tableOf('hiccup', aborted),
    '### Promotion by evidence: how many, and seconds until then, median (nine of ten)',
    tableOf(
      'promotion',
      promoted,
      rules.filter(({ promotes }) => promotes),
    ),
  ].join('\n\n');
}

const isAbort = (end) => end?.said === 'abort';
const percent = (part, all) => ((100 * part) / all).toFixed(part * 1000 < all && part > 0 ? 2 : 1);

function soonest(ends, { begins }) {
  const early = ends.filter((end) => isAbort(end) && end.after <= begins).length;
  const rest = ends.filter((end) => !(isAbort(end) && end.after <= begins));
  const times = rest.map((end) => (isAbort(end) ? end.after - begins : Infinity));
  const found = `${seconds(quantile(times, 0.5))} (${seconds(quantile(times, 0.9))})`;
  if (rest.length === 0) return 'aborted before';
  return early > 0 ? `${found}, ${percent(early, ends.length)} % before` : found;
}

function promoted(ends) {
  const times = ends.filter((end) => end?.said === 'promote').map(({ after }) => after);
  const share = `${percent(times.length, ends.length)} %`;
  const aborted = percent(ends.filter(isAbort).length, ends.length);
  const when = times.length > 0 ? `, ${seconds(quantile(times, 0.5))} (${seconds(quantile(times, 0.9))})` : '';
  return `${share}${when}; ${aborted} % aborted`;
}

const seconds = (time) => (time === Infinity ? 'never' : String(time));
const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * times.length) - 1)];

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
