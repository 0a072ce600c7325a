import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { removeWorkspaces, scratchWorkspace } from '../../testing/workspace';
import { unitName } from '@sluice/host/client';
import { unitText } from './unit';

afterAll(removeWorkspaces);

const subject = {
  root: '/srv/shop',
  node: '/opt/node/bin/node',
  controller: '/srv/shop/node_modules/@sluice/host/dist/controller/main.js',
  path: '/opt/node/bin:/usr/bin',
};

describe('the unit of systemd', () => {
  it('starts the controller of one checkout where something is live, and again when it was killed or gave way', () => {
    const text = unitText(subject);
    expect(text).toContain(
      `ExecStart="${subject.node}" "${subject.controller}" "--root" "/srv/shop" "--unless-idle"\n`,
    );
    expect(text).toContain('Restart=on-failure\n');
    expect(text).toContain('RestartForceExitStatus=75\nSuccessExitStatus=75\n');
    expect(text).toContain('StartLimitIntervalSec=0\n');
    expect(text).toContain('WantedBy=default.target\n');
  });

  it('leaves router and instances alone when it is stopped', () => {
    expect(unitText(subject)).toContain('KillMode=process\n');
  });

  it('lets services find the programs that whoever installed it finds', () => {
    expect(unitText(subject)).toContain('Environment="PATH=/opt/node/bin:/usr/bin"\n');
  });

  it('has a name that tells two checkouts of one folder name apart', () => {
    expect(unitName('/srv/shop')).toMatch(/^sluice-shop-[0-9a-f]{8}\.service$/);
    expect(unitName('/srv/shop')).not.toBe(unitName('/home/dana/shop'));
    expect(unitName('/srv/größe @1')).toMatch(/^sluice-gr--e--1-[0-9a-f]{8}\.service$/);
  });

  it('writes what systemd would replace so that it does not', () => {
    const odd = unitText({ ...subject, root: '/srv/a "b" $HOME %h', path: '/a b:%u' });
    expect(odd).toContain(String.raw`"--root" "/srv/a \"b\" $$HOME %%h" "--unless-idle"`);
    expect(odd).toContain('WorkingDirectory=/srv/a "b" $HOME %%h\n');
    expect(odd).toContain('Environment="PATH=/a b:%%u"\n');
  });

  const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  (hasAnalyze ? it : it.skip)('is one that systemd understands', () => {
    const root = scratchWorkspace({ 'a b %h/main.js': '', 'bin/node': '#!/bin/sh\n' });
    const node = join(root, 'bin/node');
    chmodSync(node, 0o755);
    const folder = join(root, 'a b %h');
    const name = unitName(folder);
    const text = unitText({ root: folder, node, controller: join(folder, 'main.js'), path: '/usr/bin' });
    const units = scratchWorkspace({ [name]: text });
    const answer = spawnSync('systemd-analyze', ['--user', 'verify', join(units, name)], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: units },
    });
    expect(answer.stderr).toBe('');
    expect(answer.status).toBe(0);
  });
});
