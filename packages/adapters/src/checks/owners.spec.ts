import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCoverage } from './coverage';
import { readOwners } from './owners';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'owners-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

describe('the owners of a project', () => {
  const own = ['apps/web/a.ts', 'apps/web/docs/b.md', 'apps/web/docs/deep/c.md'];
  const ownersIn = async (text: string, files = own) => {
    await write('.github/CODEOWNERS', text);
    return readOwners(folder, ['.github/CODEOWNERS', ...files], files);
  };

  it.each<[string, string, string[], string | null]>([
    ['all by one line', '* @all', ['@all'], null],
    ['a folder', 'apps/web/ @web ops@example.com', ['@web', 'ops@example.com'], null],
    ['the last line that fits', '* @all\napps/web @web', ['@web'], null],
    ['a last line that names nobody', '* @all\napps/web/docs/', ['@all'], 'apps/web/docs/b.md'],
    ['"docs/*", which is not what lies deeper', '/apps/web/docs/* @docs', ['@docs'], 'apps/web/a.ts'],
    ['the same, deeper', '/apps/web/*.ts @web\n/apps/web/docs/* @docs', ['@web', '@docs'], 'apps/web/docs/deep/c.md'],
    ['comments', '# * @all\napps/web/ @web # the team', ['@web'], null],
    ['another project', 'apps/web2/ @web', [], 'apps/web/a.ts'],
    ['sections, each a file of its own', '[Code] @dev\n*.ts\n^[Docs][2] @docs\n*.md', ['@dev', '@docs'], null],
    ['nothing', '', [], 'apps/web/a.ts'],
  ])('by %s', async (_, text, names, orphan) => {
    expect(await ownersIn(text)).toEqual({ file: '.github/CODEOWNERS', names, orphan });
  });

  it('understands blanks in names', async () => {
    expect(await ownersIn('apps/my\\ web/ @web', ['apps/my web/a.ts'])).toMatchObject({
      names: ['@web'],
      orphan: null,
    });
  });

  it('are unknown where no committed file names them', async () => {
    await write('CODEOWNERS', '* @all');

    expect(await readOwners(folder, own, own)).toBeNull();
  });
});

describe('the coverage', () => {
  const summary = (pct: unknown) => JSON.stringify({ total: { lines: { total: 10, covered: 8, skipped: 0, pct } } });

  it('is the lowest of the reports in the outputs', async () => {
    await write('coverage/web/coverage-summary.json', summary(81.5));
    await write('coverage/e2e/coverage-summary.json', summary(62));

    expect(await readCoverage(folder, ['coverage/web', 'coverage/e2e', 'dist/none'])).toEqual({
      lines: 62,
      file: 'coverage/e2e/coverage-summary.json',
    });
  });

  it('is unknown without a report', async () => {
    expect(await readCoverage(folder, ['coverage/web'])).toBeNull();
  });

  it.each([['{'], ['{}'], ['[]'], [summary('Unknown')], [summary(null)]])('is not read from %s', async (text) => {
    await write('coverage/coverage-summary.json', text);

    await expect(readCoverage(folder, ['coverage'])).rejects.toThrow('coverage/coverage-summary.json is no report');
  });
});
