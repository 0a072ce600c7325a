import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sluiceError } from '@sluice/core';
import { hostFolder } from '@sluice/adapters/files';
import { findRepository } from '@sluice/adapters/git';
import { unitName } from '@sluice/host/client';
import type { Desk } from '../desk';
import type { Exit } from '../exit-codes';
import { createSystemd, type Systemd } from './systemd';
import { unitText } from './unit';

/** The unit of the repository that a folder is in, as it would be written now. */
async function unitOf(cwd: string, systemd: Systemd) {
  const { root } = await findRepository(cwd);
  const name = unitName(root);
  const controller = require.resolve('@sluice/host/controller');
  const text = unitText({ root, node: process.execPath, controller, path: process.env['PATH'] ?? '' });
  return { root, name, file: systemd.fileOf(name), text };
}

export async function serviceShow({ cwd, say }: Desk): Promise<Exit> {
  const { file, text } = await unitOf(cwd, createSystemd());
  say(`# ${file}\n${text.trimEnd()}`);
  return 'done';
}

export async function serviceInstall(
  desk: Desk,
  { print, yes }: { print?: boolean | undefined; yes?: boolean | undefined },
): Promise<Exit> {
  await serviceShow(desk);
  if (print) return 'done';
  const { say, confirm } = desk;
  const systemd = createSystemd();
  const { root, name, file, text } = await unitOf(desk.cwd, systemd);
  const isAgreed = yes || (await confirm?.(`\nWrite this file, and let systemd start it now and after each boot?`));
  if (!isAgreed) throw sluiceError('NOT_CONFIRMED', { what: `write ${file}` });
  await systemd.run('daemon-reload'); // before anything is written: whether there is one to talk to
  await mkdir(hostFolder(root), { recursive: true, mode: 0o700 }); // its log is there
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await systemd.run('daemon-reload');
  await systemd.run('enable', '--now', name);
  say(`installed ${name}`);
  say('It starts when you log in. For a start at boot, without anyone logged in, run once: loginctl enable-linger');
  return 'done';
}

export async function serviceStatus({ cwd, say }: Desk, { json }: { json?: boolean | undefined }): Promise<Exit> {
  const systemd = createSystemd();
  const { name, file, text } = await unitOf(cwd, systemd);
  const written = await readFile(file, 'utf8').catch(() => null);
  const state = written === null ? null : await systemd.stateOf(name);
  const isCurrent = written === text;
  if (json) say(JSON.stringify({ unit: name, file, installed: written !== null, current: isCurrent, state }, null, 2));
  else if (written === null) say('not installed: sluice service install');
  else {
    say(`${name}: installed, ${state}`);
    if (!isCurrent) say('Its file is not what would be written now: sluice service install brings it up to date.');
    if (state === 'activating') say('It waits while another controller runs: sluice host status');
    if (state === 'inactive') say('Nothing was live when it was started last, or it was stopped.');
  }
  if (written === null) return 'failed';
  return state !== null && ['active', 'activating', 'inactive'].includes(state) ? 'done' : 'hostDown';
}

/** What runs goes on: the router starts a controller of its own. */
export async function serviceUninstall({ cwd, say }: Desk): Promise<Exit> {
  const systemd = createSystemd();
  const { name, file } = await unitOf(cwd, systemd);
  const isInstalled = await readFile(file).then(
    () => true,
    () => false,
  );
  if (!isInstalled) {
    say('not installed');
    return 'done';
  }
  await systemd.run('disable', '--now', name);
  await rm(file, { force: true });
  await systemd.run('daemon-reload');
  say(`removed ${name}; the host goes on until the last project is out of service`);
  return 'done';
}
