import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { toProblem } from '@sluice/core';
import type { z } from 'zod';
import { Refusal } from './refusal';

export interface Call {
  /** The parts of the path after the collection's name. */
  names: string[];
  query: URLSearchParams;
  body<T>(schema: z.ZodType<T>): Promise<T>;
  /** Fires when the caller has left. */
  signal: AbortSignal;
}

/** What an endpoint answers as JSON with status 200, or lines of JSON as they come; everything thrown is a problem. */
export type Endpoint = (call: Call) => Promise<object | null | AsyncIterable<object>>;

const bodyLimit = 4 * 1024 * 1024;

/**
 * HTTP/1.1 and JSON for a control socket. Endpoints are named `METHOD collection`; a problem is answered as
 * `{ code, message, remedy }` with the status of a `Refusal`, else 409, or 500 for `INTERNAL`.
 */
export function createJsonServer(
  endpoints: Record<string, Endpoint | undefined>,
  report: (thrown: unknown) => void,
): Server {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sluice');
    const [collection = '', ...names] = url.pathname.slice(1).split('/').map(decode);
    const endpoint = endpoints[`${request.method ?? ''} ${collection}`];
    if (!endpoint) {
      const message = `There is no ${request.method ?? ''} /${collection}.`;
      throw new Refusal(
        404,
        'HOST_REFUSED',
        message,
        'Caller and host may be of different versions: restart the host.',
      );
    }
    const left = new AbortController();
    response.on('close', () => left.abort());
    const body = <T>(schema: z.ZodType<T>) => readJson(request, schema);
    const answer = await endpoint({ names, query: url.searchParams, body, signal: left.signal });
    if (answer === null || !(Symbol.asyncIterator in answer)) {
      reply(response, 200, answer);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    for await (const item of answer) {
      if (left.signal.aborted) break;
      response.write(`${JSON.stringify(item)}\n`);
    }
    response.end();
  }

  return createServer((request, response) => {
    serve(request, response).catch((thrown: unknown) => {
      const problem = toProblem(thrown);
      if (problem.code === 'INTERNAL') report(thrown);
      if (response.headersSent) response.destroy();
      else
        reply(response, thrown instanceof Refusal ? thrown.status : problem.code === 'INTERNAL' ? 500 : 409, problem);
    });
  });
}

function reply(response: ServerResponse, status: number, answer: object | null): void {
  const body = JSON.stringify(answer);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, 'HOST_REFUSED', `"${part}" is no valid part of a path.`, 'Percent-encode it.');
  }
}

async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > bodyLimit) throw new Refusal(413, 'HOST_REFUSED', `The body exceeds ${bodyLimit} bytes.`, 'Send less.');
    chunks.push(chunk);
  }
  const result = schema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (result.success) return result.data;
  const message = result.error.issues
    .map(({ path, message: what }) => `${path.join('.') || 'body'}: ${what}`)
    .join('; ');
  throw new Refusal(400, 'HOST_REFUSED', message, 'Caller and host may be of different versions: restart the host.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'HOST_REFUSED', 'The body is no JSON.', 'Send JSON.');
  }
}
