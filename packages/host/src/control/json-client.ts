import { request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { fromProblem, sluiceError, z } from '@sluice/core';

const problemSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string() });

export interface JsonClient {
  call<T>(
    schema: z.ZodType<T>,
    method: string,
    path: string,
    options?: { body?: object; signal?: AbortSignal },
  ): Promise<T>;
  /** Lines of JSON as they come; ends when the server ends them. */
  stream<T>(schema: z.ZodType<T>, path: string, signal: AbortSignal): AsyncGenerator<T>;
}

/**
 * Calls a control socket, a connection a call: none is stale after the server was replaced, and a long call holds up no
 * other. Rejects with the `SluiceError` that the server answered, with `HOST_REFUSED` for an answer that is not understood,
 * with the reason of the signal, or with the error of the connection.
 *
 * By Node's own client: every command of a person starts with loading this, and undici takes longer than all the rest.
 */
export function createJsonClient(socketPath: string): JsonClient {
  return {
    async call(schema, method, path, { body, signal } = {}) {
      const sent = send({ socketPath, method, path, signal }, body);
      try {
        const response = await responseTo(sent);
        const answer = await textOf(response);
        if (response.statusCode === 200) return understand(schema, answer, path);
        throw fromProblem(understand(problemSchema, answer, path));
      } catch (thrown) {
        signal?.throwIfAborted();
        throw thrown;
      } finally {
        sent.destroy();
      }
    },

    async *stream(schema, path, signal) {
      const sent = send({ socketPath, method: 'GET', path, signal });
      try {
        const response = await responseTo(sent);
        if (response.statusCode !== 200) throw fromProblem(understand(problemSchema, await textOf(response), path));
        for await (const line of linesOf(response)) yield understand(schema, line, path);
      } catch (thrown) {
        signal.throwIfAborted();
        throw thrown;
      } finally {
        sent.destroy();
      }
    },
  };
}

function send(to: RequestOptions & { signal: AbortSignal | undefined }, body?: object): ClientRequest {
  const text = body && JSON.stringify(body);
  const length =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return request({ ...to, agent: false, headers: length }).end(text);
}

function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve).on('error', reject); // one that comes later changes nothing, but must be heard
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) text += String(part);
  return text;
}

function understand<T>(schema: z.ZodType<T>, text: string, path: string): T {
  const result = schema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  throw sluiceError('HOST_REFUSED', { reason: `its answer to ${path} is not what was expected` });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole lines; what comes after the last newline when the stream ends was cut off and is left out. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
    }
  }
}
