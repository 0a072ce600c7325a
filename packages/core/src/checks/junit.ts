import { reportedChecks, type Reported, type ReportedCheck } from './reported';

/** The checks of a stage as JUnit XML, as CI systems show it: a test case a check, its figures as properties. */
export function junitXml(told: Reported): string {
  const { stage, project, times } = told;
  const checks = reportedChecks(told);
  const cases = checks.map((check) => caseOf(check, `${project}.${stage}`));
  const count = (status: ReportedCheck['status']) => checks.filter((check) => check.status === status).length;
  const counts = {
    ...{ tests: cases.length, failures: count('fail'), errors: 0, skipped: count('skip') },
    time: seconds(times.durationMs),
  };
  const timestamp = new Date(times.startedAt).toISOString().slice(0, 19);
  const suite = element('testsuite', { name: `${project} ${stage}`, ...counts, timestamp }, cases.join(''));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'sluice', ...counts }, suite)}`;
}

function caseOf(
  { check, tool, version, status, reason, findings, figures, durationMs }: ReportedCheck,
  classname: string,
) {
  const properties = Object.entries({ tool, version, ...figures }).map(([name, value]) =>
    element('property', { name, value }),
  );
  const lines = findings.map(({ severity, message, file, line, rule, allowed }) =>
    [
      allowed === undefined ? severity : `allowed (${allowed})`,
      [file, line].filter((part) => part !== undefined).join(':'),
      message,
      rule === undefined ? '' : `[${rule}]`,
    ]
      .filter(Boolean)
      .join(' '),
  );
  const told = {
    pass: () => output(lines),
    warn: () => output([`warning: ${reason}`, ...lines]),
    fail: () => failure(reason, lines),
    skip: () => element('skipped', { message: reason }),
  }[status]();
  const inner = element('properties', {}, properties.join('')) + told;
  return element('testcase', { name: check, classname, time: seconds(durationMs) }, inner);
}

const output = (lines: readonly string[]): string =>
  lines.length ? `<system-out>${escapeText(lines.join('\n'))}</system-out>\n` : '';
const failure = (reason: string, lines: readonly string[]): string =>
  `<failure${attributesOf({ message: reason })}>${escapeText([reason, ...lines].join('\n'))}</failure>\n`;

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const attributesOf = (attributes: Readonly<Record<string, string | number>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
    .join('');

const element = (name: string, attributes: Readonly<Record<string, string | number>>, inner = ''): string =>
  inner ? `<${name}${attributesOf(attributes)}>\n${inner}</${name}>\n` : `<${name}${attributesOf(attributes)}/>\n`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 has no way to say, not even escaped, is a replacement character. */
const escapeText = (text: string): string =>
  text.replace(unsayable, '\uFFFD').replace(/[&<>"]/g, (found) => entities[found] ?? '');

/** A parser takes line ends and tabs of an attribute for blanks. */
const escapeAttribute = (text: string): string =>
  escapeText(text).replace(/[\t\n\r]/g, (found) => `&#${found.charCodeAt(0)};`);

/** Control characters, and halves of a surrogate pair. */
const unsayable = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
