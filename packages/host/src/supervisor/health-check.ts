import { formatDuration } from '@sluice/core';
import { Agent, request } from 'undici';
import { loopback } from './free-port';
import { linked } from './abort';
import { isSystemError, messageOf } from './system-error';

/** What an instance said: `answer` is for people. */
export interface HealthAnswer {
  ok: boolean;
  answer: string;
}

/** Every request has a connection of its own: one that idles would count as in use while the instance drains. */
const agent = new Agent({ pipelining: 0, maxResponseSize: 8 * 1024 * 1024 });

/** Asks an instance once. A 2xx status is healthy; whatever else happens is an answer too. Rejects on abort only. */
export async function checkHealth(
  target: { port: number; path: string; timeout: number },
  signal: AbortSignal,
): Promise<HealthAnswer> {
  try {
    return await get(target, signal, async (status) => ({
      ok: status >= 200 && status < 300,
      answer: `HTTP ${status}`,
    }));
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, answer: explain(error) };
  }
}

/** The body of a 200 answer. Rejects on everything else. */
export function fetchText(
  target: { port: number; path: string; timeout: number },
  signal: AbortSignal,
): Promise<string> {
  return get(target, signal, async (status, body) => {
    if (status !== 200) throw new Error(`HTTP ${status}`);
    return body.text();
  });
}

type Body = Awaited<ReturnType<typeof request>>['body'];

function get<T>(
  { port, path, timeout }: { port: number; path: string; timeout: number },
  signal: AbortSignal,
  read: (status: number, body: Body) => Promise<T>,
): Promise<T> {
  return linked(signal, async (inner, end) => {
    const timer = setTimeout(() => end(new Error(`no answer within ${formatDuration(timeout)}`)), timeout);
    try {
      const url = `http://${loopback}:${port}${path}`;
      const { statusCode, body } = await request(url, { dispatcher: agent, signal: inner });
      body.on('error', () => undefined); // what is left of it is of no interest
      try {
        return await read(statusCode, body);
      } finally {
        body.destroy();
      }
    } finally {
      clearTimeout(timer);
    }
  });
}

const explain = (error: unknown) => (isSystemError(error, 'ECONNREFUSED') ? 'connection refused' : messageOf(error));
