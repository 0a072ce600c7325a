import type { ServerResponse } from 'node:http';

/** The answers that the router gives a client itself. `code` tells them from an instance's own. */
const answers = {
  BAD_REQUEST: [400, 'This request can not be passed on.'],
  UPGRADE_UNSUPPORTED: [501, 'This router does not pass on upgraded connections.'],
  INSTANCE_FAILED: [502, 'The instance broke the connection or gave no valid response.'],
  NO_INSTANCE: [503, 'No instance is there to serve this request.'],
  INSTANCE_TIMEOUT: [504, 'The instance did not answer in time.'],
} as const;

export type AnswerCode = keyof typeof answers;

export function answer(response: ServerResponse, code: AnswerCode): void {
  if (response.destroyed) return;
  const [status, message] = answers[code];
  const body = `${JSON.stringify({ code, message })}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(code === 'NO_INSTANCE' && { 'retry-after': '1' }),
  });
  response.end(body);
}
