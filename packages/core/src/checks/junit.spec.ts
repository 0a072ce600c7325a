import * as fc from 'fast-check';
import { junitXml } from './junit';
import type { Reported, ReportedCheck } from './reported';

const check = (more: Partial<ReportedCheck> = {}): ReportedCheck => ({
  ...{ check: 'load', tool: 'autocannon', version: '9.0.0', status: 'pass', reason: 'all is well' },
  ...{ findings: [], figures: { p95Ms: 12.5 }, durationMs: 1500 },
  ...more,
});
const told = (checks: ReportedCheck[], more: Partial<Reported> = {}): Reported => ({
  ...{ stage: 'load', project: '@acme/web', verdict: 'pass', reasons: [], checks },
  times: { startedAt: Date.UTC(2026, 0, 2, 3, 4, 5), durationMs: 2000 },
  ...more,
});

describe('the checks of a stage as JUnit XML', () => {
  it('are a test case each, with time and figures', () => {
    expect(junitXml(told([check()]))).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="sluice" tests="1" failures="0" errors="0" skipped="0" time="2.000">',
        '<testsuite name="@acme/web load" tests="1" failures="0" errors="0" skipped="0" time="2.000" ' +
          'timestamp="2026-01-02T03:04:05">',
        '<testcase name="load" classname="@acme/web.load" time="1.500">',
        '<properties>',
        '<property name="tool" value="autocannon"/>',
        '<property name="version" value="9.0.0"/>',
        '<property name="p95Ms" value="12.5"/>',
        '</properties>',
        '</testcase>',
        '</testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    );
  });

  it('tells why one failed, with what it found', () => {
    const findings = [{ severity: 'high' as const, message: 'a < b', file: 'a.ts', line: 3, rule: 'less' }];
    const xml = junitXml(told([check({ status: 'fail', reason: 'p95 "12 ms"', findings })], { verdict: 'fail' }));

    expect(xml).toContain('tests="1" failures="1"');
    expect(xml).toContain(
      '<failure message="p95 &quot;12 ms&quot;">p95 &quot;12 ms&quot;\nhigh a.ts:3 a &lt; b [less]</failure>',
    );
  });

  it('tells why one was skipped, and what one warned of', () => {
    const xml = junitXml(told([check({ status: 'skip', reason: 'no k6' }), check({ status: 'warn', reason: 'slow' })]));

    expect(xml).toContain('tests="2" failures="0" errors="0" skipped="1"');
    expect(xml).toContain('<skipped message="no k6"/>');
    expect(xml).toContain('<system-out>warning: slow</system-out>');
  });

  it('show a failure of the stage that no check is to blame for', () => {
    const skipped = check({ status: 'skip', reason: 'no k6' });
    const xml = junitXml(told([skipped], { verdict: 'fail', reasons: ['load: is required and was skipped: no k6'] }));

    expect(xml).toContain('tests="2" failures="1" errors="0" skipped="1"');
    expect(xml).toContain('<testcase name="verdict" classname="@acme/web.load" time="0.000">');
    expect(xml).toContain('<failure message="load: is required and was skipped: no k6">');
  });

  it('are well-formed whatever a tool has printed', () => {
    const text = fc.string({ unit: 'binary' }).map((any) => `${any}\u0000\u001b[31m\ud800]]>\n&\t`);
    fc.assert(
      fc.property(text, text, (reason, message) => {
        const findings = [{ severity: 'low' as const, message }];
        const xml = junitXml(told([check({ status: 'fail', reason, findings })], { verdict: 'fail' }));
        const inner = xml.split('<failure')[1]?.split('</failure>')[0] ?? '';
        const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

        expect(xml).toMatch(allowed);
        expect(inner.replace(/^ message="[^"<\n\t]*">/, '')).toMatch(/^([^<&]|&(lt|gt|amp|quot);)*$/);
      }),
    );
  });
});
