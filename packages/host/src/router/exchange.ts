import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, type AnswerCode } from './answer';
import { choose } from './choice';
import { deliver, type Delivery } from './delivery';
import { addressOf, readTarget, requestHeaders, sizeOf, type Target } from './headers';
import type { Limits } from './limits';
import type { LiveRoute } from './live-route';
import { dropRest } from './request-body';

/** Serves one request of a client. */
export async function exchange(live: LiveRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  let delivery: Delivery | undefined;
  let bytes = 0;
  const limits = live.limits();
  const client = addressOf(request.socket.remoteAddress);
  const target = read(request, limits);
  const choice = typeof target === 'string' ? target : choose(live, request);
  if (typeof target === 'string') {
    bytes = answer(response, target);
  } else if (typeof choice === 'string') {
    bytes = answer(response, choice);
  } else {
    const origin = { client, host: target.host, cookie: live.cookie };
    const headers = requestHeaders(request.rawHeaders, origin);
    delivery = await deliver(live, choice, { request, response, path: target.path, headers, elapsed });
  }
  dropRest(request, limits.linger);
  live.log(() => ({
    at: new Date(Date.now() - elapsed()).toISOString(),
    method: request.method ?? '',
    path: (typeof target === 'string' ? (request.url ?? '') : target.path).split('?', 1)[0] ?? '',
    status: response.headersSent ? response.statusCode : null,
    slot: delivery?.share.slot ?? null,
    release: delivery?.share.release ?? null,
    instance: delivery?.instance ?? null,
    bytes: delivery?.bytes ?? bytes,
    ms: Math.round(elapsed() * 1_000) / 1_000,
    client,
    forwardedFor: request.headers['x-forwarded-for']?.toString() ?? null,
    synthetic: typeof choice !== 'string' && choice.synthetic,
    pinned: typeof choice !== 'string' && choice.pinned,
  }));
}

/** The target of a request that can be passed on. */
function read(request: IncomingMessage, limits: Limits): Target | AnswerCode {
  const { url = '', rawHeaders } = request;
  if (sizeOf(url, rawHeaders) > limits.headerBytes) return 'HEADERS_TOO_LARGE';
  const { 'transfer-encoding': encoding } = request.headers;
  // Node decodes `chunked` alone; passed on without the field, the body would no longer be what it says
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return 'BAD_REQUEST';
  return readTarget(url) ?? 'BAD_REQUEST';
}
