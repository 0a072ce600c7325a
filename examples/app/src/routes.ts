import type { Connection } from './database';
import type { Pool } from './pool';
import { quote } from './quote';

export interface Answer {
  status: number;
  type: string;
  body: string;
  headers?: Record<string, string>;
}

export function greet(release: string): Answer {
  return text(`Good morning from release ${release}. Ask me for /api/quote?items=3\n`);
}

/** The quote for `items`, 1 to 7 of them; 400 for anything else. */
export async function answerQuote(pool: Pool<Connection>, query: URLSearchParams): Promise<Answer> {
  const items = query.get('items') ?? '';
  if (!/^[1-7]$/.test(items)) return json(400, { error: 'items must be a whole number from 1 to 7' });
  return json(200, await pool.use(async (connection) => quote(await connection.addresses(Number(items)))));
}

/** `ok` answers 200. Anything else answers 503 and says why: `starting`, `broken` or `stopping`. */
export function answerHealth(pool: Pool<Connection>, stopping: boolean): Answer {
  const status = stopping ? 'stopping' : pool.broken ? 'broken' : pool.open === 0 ? 'starting' : 'ok';
  return json(status === 'ok' ? 200 : 503, { status });
}

export function text(body: string, type = 'text/plain'): Answer {
  return { status: 200, type: `${type}; charset=utf-8`, body };
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n`, headers };
}
