import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from './supervisor/testing';
import { unitFile, unitName, wakeUnit } from './unit';

const root = '/srv/shop';
const before = { ...process.env };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-unit-'));
  await writeFile(join(folder, 'systemctl'), `#!/bin/sh\necho "$@" > "${folder}/asked"\n`);
  await chmod(join(folder, 'systemctl'), 0o755);
  process.env['PATH'] = `${folder}:${before['PATH'] ?? ''}`;
  process.env['XDG_CONFIG_HOME'] = folder;
});
afterEach(async () => {
  process.env = { ...before };
  await rm(folder, { recursive: true });
});

it('a unit that is installed is woken when a host is started beside it', async () => {
  const unit = unitName(root);
  await mkdir(dirname(unitFile(unit)), { recursive: true });
  await writeFile(unitFile(unit), '[Unit]\n');
  wakeUnit(root);
  const asked = await eventually(() => readFile(join(folder, 'asked'), 'utf8'));
  expect(asked).toBe(`--user start --no-block ${unit}\n`);
});

it('a host without a unit is started without a word to systemd, and one where there is no systemd as well', async () => {
  wakeUnit(root);
  await expect(readFile(join(folder, 'asked'))).rejects.toThrow('ENOENT');
  process.env['PATH'] = '/nowhere';
  expect(() => wakeUnit(root)).not.toThrow();
});
