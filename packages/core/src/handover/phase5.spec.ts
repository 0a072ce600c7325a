import { phase5Files, readPhase5, type SignalFile } from './phase5';
import { phase5Check } from './phase5-check';

const [inTaskmaster, inClaude, inCapitals, goFile, noGoFile] = phase5Files;

const file = (content: unknown, path: SignalFile['path'] = inTaskmaster, place = 'main checkout'): SignalFile => ({
  ...{ path, place },
  text: typeof content === 'string' ? content : JSON.stringify(content),
});
const read = (...files: SignalFile[]) => readPhase5(files, 90);

describe('a signal of phase 5', () => {
  it.each<[string, unknown, Partial<ReturnType<typeof read>>]>([
    ['status success with a score', { status: 'success', production_score: 95 }, { score: 95, decision: null }],
    ['status complete with a score', { status: 'complete', production_score: 95 }, { score: 95 }],
    ['capitals and spaces', { status: ' SUCCESS ', production_score: 95 }, { score: 95 }],
    ['the longer name of the score', { status: 'success', production_readiness_score: 92 }, { score: 92 }],
    ['a score inside summary', { status: 'success', summary: { production_score: 91 } }, { score: 91 }],
    [
      'the longer name inside summary',
      { status: 'success', summary: { production_readiness_score: 90 } },
      { score: 90 },
    ],
    ['a score in words', { status: 'success', production_score: '95/100' }, { score: 95 }],
    ['a score in per cent', { status: 'success', production_score: '95 %' }, { score: 95 }],
    ['a decision without a score', { status: 'success', decision: 'GO' }, { decision: 'GO', score: null }],
    ['a decision in small letters', { status: 'success', decision: 'go' }, { decision: 'GO' }],
    ['a decision inside summary', { status: 'success', summary: { decision: 'GO' } }, { decision: 'GO' }],
    ['a word to go on alone', { status: 'success', trigger_next: true }, { triggerNext: true }],
    ['the next phase by name', { status: 'success', trigger_next: 'phase6' }, { triggerNext: true }],
    ['the phase as a number', { phase: 5, status: 'success', production_score: 95 }, { score: 95 }],
    ['the phase as a word', { phase: 'phase5', status: 'success', production_score: 95 }, { score: 95 }],
    ['a byte order mark', `\uFEFF${JSON.stringify({ status: 'success', decision: 'GO' })}`, { decision: 'GO' }],
    ['more than is known', { status: 'success', decision: 'GO', x: [1], summary: { y: null } }, { decision: 'GO' }],
    [
      'a word against going on by itself',
      { status: 'success', decision: 'GO', trigger_next: false },
      { triggerNext: false },
    ],
  ])('is a GO with %s', (_, content, expected) => {
    expect(read(file(content))).toMatchObject({ standing: 'go', complete: true, ...expected });
  });

  it.each<[string, unknown, string]>([
    ['a NO-GO', { status: 'success', production_score: 99, decision: 'NO-GO' }, 'the decision is NO-GO'],
    ['a no_go', { status: 'success', decision: 'no_go' }, 'the decision is NO-GO'],
    ['a NOGO inside summary', { status: 'success', summary: { decision: 'NOGO' } }, 'the decision is NO-GO'],
    [
      'a decision that is none',
      { status: 'success', decision: 'MAYBE' },
      'its decision is "MAYBE", which is neither GO nor NO-GO',
    ],
    ['a decision that is no text', { status: 'success', decision: true }, 'its decision is true'],
    ['a failed phase', { status: 'failed', production_score: 99 }, 'its status is "failed"'],
    ['a phase that still runs', { status: 'in-progress' }, 'its status is "in-progress"'],
    ['no status', { production_score: 99, decision: 'GO' }, 'it has no status'],
    [
      'a score that is too low',
      { status: 'success', production_score: 89.9 },
      'the score is 89.9, below the minimum of 90',
    ],
    [
      'one of two scores that is too low',
      { status: 'success', production_score: 95, summary: { production_readiness_score: 80 } },
      'the score is 80',
    ],
    [
      'a score that is no number',
      { status: 'success', production_score: 'high' },
      'its score is "high", which is no number from 0 to 100',
    ],
    ['a score above 100', { status: 'success', production_score: 950 }, 'its score is 950'],
    ['another phase', { phase: 4, status: 'success', production_score: 95 }, 'it is of phase 4, not of 5'],
    ['nothing in it', '', 'it is empty'],
    ['half a file', '{"status": "succ', 'it is not JSON'],
    ['a list', [], 'it is not a JSON object'],
    ['null', 'null', 'it is not a JSON object'],
  ])('is a NO-GO with %s', (_, content, reason) => {
    const found = read(file(content));
    expect(found).toMatchObject({ standing: 'no-go', complete: false });
    expect(found.reason).toContain(`${inTaskmaster} in the main checkout: ${reason}`);
  });

  it('is a NO-GO where it can not be read', () => {
    expect(read({ path: inClaude, place: 'worktree', text: null })).toMatchObject({
      ...{ standing: 'no-go', reason: ".claude/.signals/phase5-complete.json in the worktree: it can't be read" },
    });
  });

  it('that neither decides nor gives a score is none to go on', () => {
    expect(read(file({ phase: 5, status: 'success' }))).toMatchObject({ standing: 'silent', complete: true });
  });

  it('is absent where there is no file', () => {
    expect(read()).toMatchObject({ standing: 'absent', complete: false, digest: null });
  });
});

describe('a file that is a decision by its name', () => {
  it.each([{}, { decision: 'GO' }, { production_score: 95 }])('is a GO with %j in go-decision.json', (content) => {
    expect(read(file(content, goFile))).toMatchObject({ standing: 'go', complete: true, decision: 'GO' });
  });

  it.each([{}, { decision: 'GO' }, '', '{'])('is a NO-GO with %j in no-go-decision.json', (content) => {
    expect(read(file(content, noGoFile))).toMatchObject({ standing: 'no-go', decision: 'NO-GO' });
  });

  it('is a NO-GO where go-decision.json says so', () => {
    expect(read(file({ decision: 'NO-GO' }, goFile))).toMatchObject({ standing: 'no-go', decision: 'NO-GO' });
  });

  it.each(['', '{'])('is no GO where go-decision.json holds %j', (content) => {
    expect(read(file(content, goFile))).toMatchObject({ standing: 'no-go', decision: null });
  });
});

describe('several files of phase 5', () => {
  const good = { status: 'success', production_score: 95, decision: 'GO' };

  it('agree', () => {
    expect(read(file(good), file(good, inCapitals), file({}, goFile))).toMatchObject({ standing: 'go', score: 95 });
  });

  it('give the lowest score', () => {
    const found = read(file(good), file({ ...good, production_score: 93 }, inClaude));
    expect(found).toMatchObject({ standing: 'go', score: 93 });
  });

  it.each<[string, SignalFile]>([
    ['a NO-GO', file({}, noGoFile)],
    ['a low score', file({ ...good, production_score: 10 }, inClaude)],
    ['a failed phase', file({ status: 'failed' }, inCapitals)],
    ['rubbish', file('rubbish', inClaude)],
    ['the same file in the worktree, which differs', file({ status: 'failed' }, inTaskmaster, 'worktree')],
  ])('that disagree are no GO for %s, which is named', (_, worse) => {
    const found = [read(file(good), worse), read(worse, file(good))];
    for (const one of found) {
      expect(one.standing).toBe('no-go');
      expect(one.reason).toContain(`${worse.path} in the ${worse.place}`);
      expect(one.reason).toContain('of 2 files the worst counts');
    }
  });

  it('are one signal when they are the same in both checkouts', () => {
    const both = read(file(good), file(good, inTaskmaster, 'worktree'));
    expect(both.digest).toBe(read(file(good)).digest);
  });

  it('are another signal when one of them changes', () => {
    const digests = [good, { ...good, at: 1 }, { ...good, at: 2 }].map((content) => read(file(content)).digest);
    expect(new Set(digests).size).toBe(3);
  });
});

describe('the check of phase 5', () => {
  const outcome = async (files: SignalFile[], required: boolean) =>
    (await phase5Check().run({ phase5: readPhase5(files, 90), required }, new AbortController().signal)).status;

  it.each<[string, SignalFile[], string, string]>([
    ['a GO', [file({ status: 'success', decision: 'GO' })], 'pass', 'pass'],
    ['a NO-GO', [file({ status: 'success', decision: 'NO-GO' })], 'fail', 'fail'],
    ['no decision and no score', [file({ status: 'success' })], 'warn', 'fail'],
    ['no signal', [], 'skip', 'fail'],
  ])('of %s, where it is not required and where it is', async (_, files, optional, required) => {
    expect([await outcome(files, false), await outcome(files, true)]).toEqual([optional, required]);
  });
});
