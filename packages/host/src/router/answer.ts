import type { ServerResponse } from 'node:http';

/** The answers that the router gives a client itself. `code` tells them from an instance's own. */
const answers = {
  BAD_REQUEST: [400, 'This request can not be passed on.'],
  PIN_REFUSED: [403, 'x-sluice-slot is forged, broken or expired, or meant for another project or environment.'],
  CLIENT_TIMEOUT: [408, 'The rest of the request did not come in time.'],
  HEADERS_TOO_LARGE: [431, 'The header fields of this request are too large.'],
  INSTANCE_FAILED: [502, 'The instance broke the connection or gave no valid response.'],
  NO_INSTANCE: [503, 'No instance is there to serve this request.'],
  INSTANCE_TIMEOUT: [504, 'The instance did not answer in time.'],
} as const;

export type AnswerCode = keyof typeof answers;

/** @returns the bytes of the answer's body */
export function answer(response: ServerResponse, code: AnswerCode): number {
  if (response.destroyed) return 0;
  const [status, message] = answers[code];
  const body = `${JSON.stringify({ code, message })}\n`;
  const bytes = Buffer.byteLength(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes,
    'cache-control': 'no-store',
    ...(code === 'NO_INSTANCE' && { 'retry-after': '1' }),
  });
  response.end(body);
  return bytes;
}
