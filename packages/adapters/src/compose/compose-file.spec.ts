import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findComposeFile } from './compose-file';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-compose-file-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
};
const find = (projectRoot: string, file?: string, checkout = root) =>
  findComposeFile({ root, checkout, projectRoot, file });

describe('the Compose file of a project', () => {
  it('is the first of the usual names in its folder', async () => {
    expect(await find('app')).toBeNull();
    write('app/docker-compose.yml');
    expect((await find('app'))?.shown).toBe('app/docker-compose.yml');
    write('app/compose.yaml');
    expect(await find('app')).toMatchObject({ shown: 'app/compose.yaml', path: join(root, 'app/compose.yaml') });
  });

  it('is the one that is named, and must be there, inside of the repository', async () => {
    write('compose.yaml');
    expect((await find('app', '../compose.yaml'))?.shown).toBe('compose.yaml');
    await expect(find('app', 'infra.yaml')).rejects.toMatchObject({ code: 'COMPOSE_INVALID' });
    await expect(find('app', '../../compose.yaml')).rejects.toMatchObject({ code: 'COMPOSE_INVALID' });
  });

  it('has one name in every worktree and for every project that shares it, and another elsewhere', async () => {
    for (const path of ['api/compose.yaml', 'web/compose.yaml', 'worktrees/phase-6-task-1/api/docker-compose.yml'])
      write(path);
    const api = (await find('api'))?.name;
    expect(api).toMatch(/^sluice-api-[\da-f]{8}$/);
    expect((await find('api', undefined, join(root, 'worktrees/phase-6-task-1')))?.name).toBe(api);
    expect((await find('web', '../api/compose.yaml'))?.name).toBe(api);
    expect((await find('web'))?.name).not.toBe(api);
    expect((await findComposeFile({ root: `${root}/x`, checkout: root, projectRoot: 'api' }))?.name).not.toBe(api);
  });

  it('has a name that Compose takes, whatever its folder is called', async () => {
    write('Ünder_score/Ä.b/compose.yaml');
    expect((await find('Ünder_score/Ä.b'))?.name).toMatch(/^sluice-[a-z0-9-]*[a-z0-9]$/);
  });
});
