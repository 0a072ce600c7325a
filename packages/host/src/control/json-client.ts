import { fromProblem, sluiceError } from '@sluice/core';
import { Client } from 'undici';
import { z } from 'zod';

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
 * or with the error of the connection.
 */
export function createJsonClient(socketPath: string): JsonClient {
  const open = () => new Client('http://sluice', { socketPath, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async call(schema, method, path, { body, signal } = {}) {
      const client = open();
      try {
        const sent = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {};
        const response = await client.request({ method, path, signal: signal ?? null, ...sent });
        const answer = await response.body.text();
        if (response.statusCode === 200) return understand(schema, answer, path);
        throw fromProblem(understand(problemSchema, answer, path));
      } finally {
        await client.destroy();
      }
    },

    async *stream(schema, path, signal) {
      const client = open();
      try {
        const response = await client.request({ method: 'GET', path, signal });
        if (response.statusCode !== 200) {
          throw fromProblem(understand(problemSchema, await response.body.text(), path));
        }
        for await (const line of linesOf(response.body)) yield understand(schema, line, path);
      } finally {
        await client.destroy();
      }
    },
  };
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
