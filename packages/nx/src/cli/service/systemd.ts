import { sluiceError } from '@sluice/core';
import { unitFile } from '@sluice/host/client';

/** The systemd of this user. */
export interface Systemd {
  /** Where a unit of this user lies. */
  fileOf(unit: string): string;
  /** Rejects with `SYSTEMD_MISSING`, and with `SYSTEMD_FAILED` when it does not succeed. */
  run(...args: string[]): Promise<void>;
  /** `active`, `activating`, `inactive`, `failed`, …. Rejects like `run`, but not because the unit is not active. */
  stateOf(unit: string): Promise<string>;
}

type Env = Readonly<Record<string, string | undefined>>;

export function createSystemd(env: Env = process.env): Systemd {
  async function ask(args: string[]): Promise<{ code: number; stdout: string; output: string }> {
    const { execa } = await import('execa');
    const answer = await execa('systemctl', ['--user', ...args], { reject: false, stdin: 'ignore', env: { ...env } });
    if (answer.code === 'ENOENT') throw sluiceError('SYSTEMD_MISSING', {});
    const output = (answer.stderr || answer.stdout || answer.shortMessage) ?? '';
    return { code: answer.exitCode ?? 1, stdout: answer.stdout.trim(), output: output.trim() };
  }
  const failed = (args: string[], output: string) =>
    sluiceError('SYSTEMD_FAILED', { command: ['systemctl', '--user', ...args].join(' '), output });

  return {
    fileOf: (unit) => unitFile(unit, env),

    async run(...args) {
      const { code, output } = await ask(args);
      if (code !== 0) throw failed(args, output);
    },

    async stateOf(unit) {
      const args = ['is-active', unit];
      const { stdout, output } = await ask(args); // its exit code says no more than its word
      if (!/^[a-z-]+$/.test(stdout)) throw failed(args, output);
      return stdout;
    },
  };
}
