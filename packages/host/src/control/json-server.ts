import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sluiceError, toProblem, type z } from '@sluice/core';
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
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const [collection = '', ...names] = path.slice(1).split('/').map(decode);
    const endpoint = endpoints[`${request.method ?? ''} ${collection}`];
    if (!endpoint) {
      throw refused(404, `there is no ${request.method ?? ''} /${collection}`);
    }
    const left = new AbortController();
    response.on('close', () => left.abort());
    const body = <T>(schema: z.ZodType<T>) => readJson(request, schema);
    const answer = await endpoint({ names, query: new URLSearchParams(query), body, signal: left.signal });
    if (answer === null || !(Symbol.asyncIterator in answer)) {
      reply(response, 200, answer);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    for await (const item of answer) {
      if (left.signal.aborted) break;
      const isFull = !response.write(`${JSON.stringify(item)}\n`);
      if (isFull) await once(response, 'drain', { signal: left.signal }).catch(() => undefined);
    }
    response.end();
  }

  return createServer((request, response) => {
    serve(request, response).catch((thrown: unknown) => {
      if (response.destroyed) return; // the caller has left, in the middle of what it sent perhaps
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
    throw refused(400, `"${part}" is no valid part of a path`);
  }
}

async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const chunks: Buffer[] = [];
  let size = 0;
  // not destroyed when it is too long: then the answer could not be sent either
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > bodyLimit) throw refused(413, `its body exceeds ${bodyLimit} bytes`);
    chunks.push(chunk);
  }
  return parse(schema, parseJson(Buffer.concat(chunks).toString('utf8')), 'body');
}

/** What a caller sent, or a refusal that names every part of it that is wrong. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refused(
    400,
    result.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`).join('; '),
  );
}

/** A request that can't be understood. */
export const refused = (status: 400 | 404 | 413, reason: string): Refusal =>
  new Refusal(status, sluiceError('HOST_REFUSED', { reason }));

/** Stops listening and lets what is under way finish; what is not done by then, such as a stream, is broken off. */
export function endServer(server: Server, grace: number): Promise<void> {
  return new Promise((ended) => {
    const late = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(late);
      ended();
    });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(400, 'its body is no JSON');
  }
}
