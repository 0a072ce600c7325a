import { open } from 'node:fs/promises';
import { logLimits, turnLog, type LogLimits } from '../log-copies';
import type { Slot } from './route';

/** One request, as it is written down: a line of JSON. */
export interface Access {
  /** When it came. */
  at: string;
  method: string;
  /** Without the query, which may hold secrets. */
  path: string;
  /** `null`: the client left without an answer. */
  status: number | null;
  slot: Slot['slot'] | null;
  release: string | null;
  /** That was tried last. */
  instance: string | null;
  /** Of the body of the answer. */
  bytes: number;
  ms: number;
  /** Whoever has the connection: a proxy in front, perhaps. */
  client: string | null;
  /** `X-Forwarded-For` as it came, which anybody may have written. */
  forwardedFor: string | null;
  synthetic: boolean;
  pinned: boolean;
}

export interface AccessLog {
  /** Returns at once. What can't be written is lost: it holds up no request. */
  write(file: string, access: Access): void;
  /** Resolves when what was given so far is written, or lost. */
  flush(): Promise<void>;
}

/** Lines are gathered for so long, in ms, and so many of them at most where the disk is slower than the requests. */
const interval = 200;
const mostLines = 50_000;

export const accessLogLimits: LogLimits = { ...logLimits, logSize: 64 * 1024 * 1024 };

export function createAccessLog(limits = accessLogLimits): AccessLog {
  const pending = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let lost = 0;

  function lose(file: string, count: number, reason: string): void {
    if (lost === 0) console.error(`Requests are not written to ${file}: ${reason}`);
    lost += count;
  }

  async function writeAll(): Promise<void> {
    for (const [file, lines] of [...pending]) {
      pending.delete(file);
      try {
        // the last line of before may have been cut off
        await append(file, `${lost > 0 ? '\n' : ''}${lines.join('')}`, limits);
        if (lost > 0) console.error(`Requests are written to ${file} again; ${lost} are missing`);
        lost = 0;
      } catch (error) {
        lose(file, lines.length, String(error));
      }
    }
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeAll);
    return writing;
  };

  return {
    flush,
    write(file, access) {
      const lines = pending.get(file) ?? [];
      if (lines.length >= mostLines) {
        lose(file, 1, 'the disk is too slow');
        return;
      }
      lines.push(`${JSON.stringify(access)}\n`);
      pending.set(file, lines);
      timer ??= setTimeout(() => void flush(), interval);
    },
  };
}

/** Opened anew each time: several processes may write to it, and anybody may move it away. */
async function append(file: string, text: string, limits: LogLimits): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.writeFile(text);
    const { size } = await handle.stat();
    if (size > limits.logSize) turnLog(file, limits);
  } finally {
    await handle.close();
  }
}
