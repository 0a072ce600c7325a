import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

/** What was asked of a host, `METHOD /path`, with its body. */
export interface Asked {
  call: string;
  body: unknown;
}

/** `METHOD /path` -> what is answered as JSON, made from the body. An `Error` with code and remedy is a problem. */
export type Answers = Record<string, (body: unknown) => unknown>;

export interface FakeHost {
  asked: Asked[];
  answers: Answers;
  close(): Promise<void>;
}

/** Something that answers at the socket of a workspace's host, as `@sluice/host/client` understands it. */
export async function fakeHost(root: string, answers: Answers): Promise<FakeHost> {
  const folder = join(root, '.sluice/host');
  mkdirSync(folder, { recursive: true });
  const asked: Asked[] = [];
  const health = () => ({ pid: process.pid, version: '0.1.0', root, startedAt: Date.UTC(2026, 10, 23), router: 4242 });
  const known: Answers = { 'GET /health': health, ...answers };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    const body: unknown = text ? JSON.parse(text) : null;
    const call = `${request.method ?? ''} ${decodeURIComponent(request.url ?? '')}`;
    if (call !== 'GET /health') asked.push({ call, body });
    const answer = known[call]?.(body) ?? {
      problem: { code: 'HOST_REFUSED', message: `The Sluice host refused the request: no ${call}.`, remedy: '' },
    };
    const problem = problemIn(answer);
    response.writeHead(problem ? 409 : 200, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(problem ?? answer)}\n`);
  }

  const server = createServer((request, response) => void serve(request, response));
  server.listen(join(folder, 'controller.sock'));
  await once(server, 'listening');
  return {
    asked,
    answers: known,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const problemIn = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'problem' in answer ? answer.problem : null;
