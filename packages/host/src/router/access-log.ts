import { open } from 'node:fs/promises';
import { logLimits, turnLog, type LogLimits } from '../log-copies';
import { createLineWriter } from './line-writer';
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

export const accessLogLimits: LogLimits = { ...logLimits, logSize: 64 * 1024 * 1024 };

export function createAccessLog(limits = accessLogLimits): AccessLog {
  const { write, flush } = createLineWriter('Requests', (file, text) => append(file, text, limits));
  return { flush, write: (file, access) => write(file, JSON.stringify(access)) };
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
