import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync, chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scratchRepository } from '../../testing/repository';
import { removeWorkspaces, scratchWorkspace } from '../../testing/workspace';
import { main } from '../main';

let root: string;
let tools: string;
const before = { ...process.env };

/** A systemctl that writes down what it is asked, and answers with the words and the code in a file. */
const fakeSystemctl = `#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/asked"
if [ "$2" = is-active ]; then cat "$here/state"; exit 3; fi
if [ -f "$here/failing" ]; then cat "$here/failing" >&2; exit 1; fi
`;

beforeEach(() => {
  root = scratchRepository({ 'app/project.json': { name: 'app' }, 'app/sluice.json': {} });
  tools = scratchWorkspace({ systemctl: fakeSystemctl, asked: '', state: 'active\n' });
  chmodSync(join(tools, 'systemctl'), 0o755);
  process.env['PATH'] = `${tools}:${before['PATH'] ?? ''}`;
  process.env['XDG_CONFIG_HOME'] = join(tools, 'config');
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(removeWorkspaces);

async function sluice(line: string, confirm: ((question: string) => Promise<boolean>) | null = null) {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const code = await main(line.split(' '), { cwd: root, say, warn: say, confirm });
  return { code, text: said.join('\n') };
}
const asked = () => readFileSync(join(tools, 'asked'), 'utf8').trim().split('\n').filter(Boolean);
const unitFile = async () => /^# (.*)$/m.exec((await sluice('service show')).text)?.[1] ?? '';

describe('sluice service', () => {
  it('shows the unit, which starts the controller of this checkout', async () => {
    const { code, text } = await sluice('service show');
    expect(text).toMatch(/^# .*config\/systemd\/user\/sluice-.*\.service\n\[Unit\]/);
    expect(text).toContain(`"--root" "${root}" "--unless-idle"`);
    expect(code).toBe(0);
    expect(await sluice('service install --print')).toEqual({ code, text });
    expect(asked()).toEqual([]);
  });

  it('installs it after it was shown and agreed to', async () => {
    const questions: string[] = [];
    const agree = async (question: string) => questions.push(question) > 0;
    const { code, text } = await sluice('service install', agree);
    expect(questions).toHaveLength(1);
    expect(text).toContain('[Service]');
    expect(text).toContain('loginctl enable-linger');
    expect(code).toBe(0);
    const file = await unitFile();
    expect(text).toContain(readFileSync(file, 'utf8').trimEnd());
    expect(asked().at(-1)).toMatch(/^--user enable --now sluice-.*\.service$/);
    expect(existsSync(join(root, '.sluice/host'))).toBe(true);
  });

  it.each([
    ['nobody can be asked', null],
    ['the answer is no', async () => false],
  ])('installs nothing where %s', async (_why, confirm) => {
    const { code, text } = await sluice('service install', confirm);
    expect(text).toContain('NOT_CONFIRMED');
    expect(code).toBe(2);
    expect(existsSync(await unitFile())).toBe(false);
    expect(await sluice('service install --yes', confirm)).toMatchObject({ code: 0 });
    expect(existsSync(await unitFile())).toBe(true);
  });

  it('tells whether it is installed, active and up to date', async () => {
    expect(await sluice('service status')).toMatchObject({ code: 1 });
    await sluice('service install --yes');
    expect(JSON.parse((await sluice('service status --json')).text)).toMatchObject({
      installed: true,
      current: true,
      state: 'active',
    });
    writeFileSync(join(tools, 'state'), 'activating\n');
    expect((await sluice('service status')).text).toContain('another controller runs');
    writeFileSync(join(tools, 'state'), 'inactive\n');
    expect(await sluice('service status')).toMatchObject({
      code: 0,
      text: expect.stringContaining('Nothing was live') as string,
    });
    writeFileSync(join(tools, 'state'), 'failed\n');
    writeFileSync(await unitFile(), '[Unit]\n');
    const { code, text } = await sluice('service status');
    expect(text).toMatch(/installed, failed\n.*brings it up to date/);
    expect(code).toBe(5);
  });

  it('removes it', async () => {
    expect(await sluice('service uninstall')).toEqual({ code: 0, text: 'not installed' });
    await sluice('service install --yes');
    expect(await sluice('service uninstall')).toMatchObject({ code: 0 });
    expect(existsSync(await unitFile())).toBe(false);
    expect(asked().slice(-2)).toEqual([expect.stringMatching(/^--user disable --now sluice-/), '--user daemon-reload']);
  });

  it('says what systemd says, and has written nothing then', async () => {
    writeFileSync(join(tools, 'failing'), 'Failed to connect to bus: No medium found\n');
    const { code, text } = await sluice('service install --yes');
    expect(text).toContain('SYSTEMD_FAILED: "systemctl --user daemon-reload" failed: Failed to connect to bus');
    expect(code).toBe(1);
    expect(existsSync(await unitFile())).toBe(false);
  });

  it('says so where there is no systemd', async () => {
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const only = scratchWorkspace({ git: `#!/bin/sh\nPATH='${dirname(git)}' exec '${git}' "$@"\n` });
    chmodSync(join(only, 'git'), 0o755);
    process.env['PATH'] = only;
    const { code, text } = await sluice('service install --yes');
    expect(text).toContain('SYSTEMD_MISSING');
    expect(code).toBe(1);
  });
});
