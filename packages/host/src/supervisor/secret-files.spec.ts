import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toProblem } from '@sluice/core';
import { readSecrets, type SecretSources } from './secret-files';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-secrets-'))));
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const refusalOf = (sources: SecretSources, repository: string | null = null) =>
  readSecrets(sources, 'production', repository).then(
    () => 'none',
    (thrown: unknown) => toProblem(thrown),
  );

describe('the values of an environment', () => {
  it('are those of its environment file, and of the files of its secrets, which win', async () => {
    const envFile = await put('app.env', '# of the shop\nLOG=info\nGREETING="hello\nyou"\nTOKEN=old\n');
    const secrets = { TOKEN: await put('token', 'new\n'), KEY: await put('key', ' a\nb\n\n') };
    expect(await readSecrets({ envFile, secrets }, 'production', null)).toEqual({
      LOG: 'info',
      GREETING: 'hello\nyou',
      TOKEN: 'new',
      KEY: ' a\nb\n',
    });
  });

  it('are none where no file is named', async () => {
    expect(await readSecrets({}, 'production', folder)).toEqual({});
  });

  it('are refused where the file is not there, is no file or no text', async () => {
    const file = join(folder, 'none');
    expect(await refusalOf({ secrets: { TOKEN: file } })).toMatchObject({
      code: 'SECRET_UNREADABLE',
      message: `environments.production.secrets.TOKEN can't be taken from ${file}: there is no such file.`,
    });
    expect(await refusalOf({ envFile: folder })).toMatchObject({
      message: expect.stringContaining('no file') as unknown,
    });
    const binary = await refusalOf({ secrets: { TOKEN: await put('binary', 'hunter2\0') } });
    expect(binary).toMatchObject({ message: expect.stringContaining('it is not text') as unknown });
    expect(JSON.stringify(binary)).not.toContain('hunter2');
  });

  it('are refused where the file lies in the repository, by whatever name', async () => {
    await mkdir(join(folder, 'repository'));
    const inside = await put('repository/app.env', 'A=1');
    const outside = await put('app.env', 'A=1');
    await symlink(inside, join(folder, 'link.env'));
    const repository = join(folder, 'repository');
    for (const envFile of [inside, join(folder, 'link.env')]) {
      expect(await refusalOf({ envFile }, repository)).toMatchObject({
        message: expect.stringContaining('it lies in the repository') as unknown,
      });
    }
    expect(await refusalOf({ envFile: outside }, repository)).toBe('none');
  });
});
