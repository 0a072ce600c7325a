/** What is known of a request to an instance that ended in an error. */
export interface Evidence {
  error: Error;
  /** undici had begun to write the request. */
  sent: boolean;
  /** The first byte of a response had arrived. */
  heard: boolean;
  /** The response headers had gone on to the client. */
  answered: boolean;
  /** The connection had served a request before. */
  reused: boolean;
}

/**
 * - `unreached`: nothing of the request was sent: it may go to another instance, whatever it is
 * - `stale`: the instance closed a connection that had been idle, and said nothing. Most likely it never read the
 *   request, but that can't be proven: a crash looks the same
 * - `silent`: no response headers within the limit
 * - `failed`: the connection broke before the response headers, or they were no HTTP
 * - `broken`: the connection broke in the middle of the response's body
 * - `invalid`: undici refuses to write the request
 */
export type Failure =
  { kind: 'unreached'; timedOut: boolean } | { kind: 'stale' | 'silent' | 'failed' | 'broken' | 'invalid' };

const closed = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const invalid = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** The code of a system or undici error, wherever it comes from; '' where there is none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

export function classify({ error, sent, heard, answered, reused }: Evidence): Failure {
  const code = codeOf(error);
  if (!sent) {
    if (invalid.has(code)) return { kind: 'invalid' };
    return { kind: 'unreached', timedOut: code === 'UND_ERR_CONNECT_TIMEOUT' };
  }
  if (answered) return { kind: 'broken' };
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return { kind: 'silent' };
  return { kind: reused && !heard && closed.has(code) ? 'stale' : 'failed' };
}
