import * as fc from 'fast-check';
import { judgeDockerfile } from './rules';

const good = `FROM node:22.11-slim
WORKDIR /app
COPY . .
USER node
HEALTHCHECK CMD ["node", "health.js"]
CMD ["node", "main.js"]
`;
/** `rule:line` of what is found. */
const rulesIn = (text: string) =>
  judgeDockerfile(text, 'app/Dockerfile')?.map(({ rule, line }) => `${rule.replace('dockerfile-', '')}:${line}`);
const digest = `sha256:${'a'.repeat(64)}`;

describe('a Dockerfile', () => {
  it('that keeps to the rules has nothing to be found', () => {
    expect(rulesIn(good)).toEqual([]);
  });

  it('tells file, line and what to do', () => {
    expect(judgeDockerfile(good.replace('USER node', 'ARG NPM_TOKEN\nUSER node'), 'app/Dockerfile')).toEqual([
      {
        rule: 'dockerfile-secret',
        severity: 'critical',
        file: 'app/Dockerfile',
        line: 4,
        message: 'ARG NPM_TOKEN stays readable in the image: use RUN --mount=type=secret',
      },
    ]);
  });

  it.each([
    ['ARG NPM_TOKEN', true],
    ['ARG NPM_TOKEN=abc', true],
    ['ARG A=1 DB_PASSWORD', true],
    ['ENV API_KEY abc', true],
    ['ENV A="x y" \\\n  # why\n  SECRET=b', true],
    ['env githubToken=$TOKEN_ARG', true],
    ['ENV AWS_SECRET_ACCESS_KEY=${KEY}', true],
    ['ONBUILD ARG NPM_TOKEN', true],
    ['ARG NPM_TOKEN_FILE=/run/secrets/npm', false],
    ['ENV NODE_ENV=production', false],
    ['ENV MONKEY=1', false],
    ['ENV SIGNING_PUBLIC_KEY=abc', false],
    ['ENV GREETING="the SECRET word"', false],
    ['ENV NAME the SECRET word', false],
    ['# ARG NPM_TOKEN', false],
    ['RUN --mount=type=secret,id=token npm ci', false],
    ['RUN <<EOF\nARG NPM_TOKEN\nEOF', false],
    ['RUN echo "TOKEN=<<<x"', false],
  ])('with %j in it has a secret among its arguments: %s', (line, isSecret) => {
    const rules = rulesIn(good.replace('COPY . .', `${line}\nCOPY . .`));

    expect(rules).toEqual(isSecret ? ['secret:3'] : []);
  });

  it.each([
    ['no USER', 'FROM node:22\n', ['root-user:1']],
    ['root', 'FROM node:22\nUSER root\n', ['root-user:2']],
    ['root again at the end', 'FROM node:22\nUSER node\nUSER 0:0\n', ['root-user:3']],
    ['one that is told later', 'FROM node:22\nARG WHO\nUSER $WHO\n', ['root-user:3']],
    ['one by its number', 'FROM node:22\nUSER 1000:1000\n', []],
    ['one of the build alone', 'FROM node:22 AS build\nUSER node\nFROM node:22\n', ['root-user:3']],
    ['that of the stage before', 'FROM node:22 AS base\nUSER node\nFROM base\nRUN true\n', []],
    [
      'that of the stage before, which is root',
      'FROM node:22 AS base\nUSER node\nFROM base\nUSER root\n',
      ['root-user:4'],
    ],
    ['the one of a base that is made for it', 'FROM gcr.io/distroless/nodejs22:nonroot\n', []],
  ])('whose user is %s', (_, text, expected) => {
    expect(rulesIn(`${text}HEALTHCHECK CMD true\n`)).toEqual(expected);
  });

  it.each([
    ['node', false],
    ['node:latest', false],
    ['registry:5000/node', false],
    ['registry:5000/node:22', true],
    [`node@${digest}`, true],
    [`node:latest@${digest}`, true],
    ['--platform=linux/amd64 node:22', true],
    ['scratch', true],
    ['${BASE}', true],
    ['${OTHER:-node:22}', true],
    ['$UNKNOWN', false],
    ['build', true],
  ])('from %s has a pinned base: %s', (base, isPinned) => {
    const text = `ARG BASE=node:22\nFROM node:22 AS Build\nFROM ${base}\nUSER node\nHEALTHCHECK CMD true\n`;

    expect(rulesIn(text)).toEqual(isPinned ? [] : ['unpinned-base:3']);
  });

  it.each([
    ['HEALTHCHECK NONE', ['no-healthcheck:3']],
    ['HEALTHCHECK --interval=5s CMD true', []],
    ['RUN true', ['no-healthcheck:1']],
  ])('with %s has a health check', (line, expected) => {
    expect(rulesIn(`FROM node:22\nUSER node\n${line}\n`)).toEqual(expected);
  });

  it('may continue its lines with a backtick', () => {
    expect(
      rulesIn(
        '# syntax=docker/dockerfile:1\n# escape=`\nFROM node:22\nRUN dir C:\\\nENV A=1 `\n TOKEN=2\nUSER a\nHEALTHCHECK CMD a',
      ),
    ).toEqual(['secret:5']);
  });

  it('may have several here-documents in one instruction, and lines that Windows ends', () => {
    const text =
      'FROM node:22\nRUN <<A cat - <<-"B"\nUSER root\nA\n\tUSER root\n\tB\nUSER node\nHEALTHCHECK CMD true\n';

    expect(rulesIn(text)).toEqual([]);
    expect(rulesIn(text.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it.each(['', '# nothing', 'hello world', 'RUN true', 'FROM node:22\nRUM true\n'])('is %j not', (text) => {
    expect(rulesIn(text)).toBeUndefined();
  });

  it('is told apart from any text, and ends', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'FROM a',
        'RUN <<EOF',
        'EOF',
        '\\',
        'ENV A=\\',
        '# b',
        'USER',
        'FROM b AS b',
        'FROM $A',
        'ONBUILD',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const found = judgeDockerfile(lines.join('\n'), 'Dockerfile') ?? [];
        expect(found.every(({ line: at = 0 }) => at >= 1 && at <= lines.join('\n').split(/\r?\n/).length)).toBe(true);
      }),
    );
  });
});
