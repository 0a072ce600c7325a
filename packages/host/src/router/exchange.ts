import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, type AnswerCode } from './answer';
import { attempt, type Attempt, type End } from './attempt';
import { readTarget, requestHeaders, syntheticHeader } from './headers';
import type { Limits } from './limits';
import type { LiveRoute, Seat } from './live-route';
import { dropRest, hasBody, openBody } from './request-body';
import { sameShare } from './route';
import type { Upstream } from './upstream';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Serves one request of a client.
 *
 * A request that reached no instance goes to another one of its slot and, when none of that slot accepts a connection,
 * to one of any slot that has a share, the largest first: nobody gets an error because the canary is down, and the
 * canary's figures still count one, since it failed a request that was its to serve.
 *
 * A request that may have reached an instance is repeated in one case: it is safe, has no body, and the instance closed
 * a connection that had been idle without a word. That is what the race between a request and an idle connection's end
 * looks like, and it relies on RFC 9110 alone: a proxy may repeat what is idempotent (9.2.2), and a safe method asks for
 * no change. Since a crash looks the same, the request is repeated once, and only in its slot: a request that kills its
 * instance must not get to kill the others.
 */
export async function exchange(
  live: LiveRoute,
  request: IncomingMessage,
  response: ServerResponse,
  limits: Limits,
): Promise<void> {
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const target = readTarget(request.url ?? '');
  const refused = refuse(request);
  if (target === undefined || refused !== undefined) {
    finish(refused ?? 'BAD_REQUEST');
    return;
  }
  let share = live.nextShare();
  if (share === undefined) {
    finish('NO_INSTANCE');
    return;
  }

  const method = request.method ?? 'GET';
  const { remoteAddress } = request.socket;
  const headers = requestHeaders(request.rawHeaders, { remoteAddress, host: target.host });
  const synthetic = live.isSynthetic(request.headers[syntheticHeader]);
  const withBody = hasBody(request);
  const tried = new Set<Upstream>();
  let repeated = false;
  let current: Attempt | undefined;
  response.once('close', () => {
    if (!response.writableFinished) current?.abandon();
  });

  let ticket = live.figures.begin(share, synthetic);
  let end: End = { kind: 'unreached', timedOut: false };
  let seat = live.seatOf(share, tried) ?? live.elsewhere(share, tried);
  while (seat !== undefined) {
    if (!sameShare(seat.share, share)) {
      ticket.failed();
      ticket.end();
      share = seat.share;
      ticket = live.figures.begin(share, synthetic);
    }
    const body = withBody ? openBody(request) : undefined;
    const outgoing = { method, path: target.path, headers, body: body?.stream ?? null };
    current = attempt(seat.upstream, outgoing, response, (status) => ticket.answered(status, elapsed()));
    if (response.destroyed) current.abandon();
    end = await current.ended;
    body?.stream.destroy();
    seat = body?.begun() === true ? undefined : nextSeat(end, seat);
  }
  conclude(end);
  ticket.end();
  dropRest(request, limits.linger);

  function finish(code: AnswerCode): void {
    answer(response, code);
    dropRest(request, limits.linger);
  }

  /** Where the request goes after an attempt that ended this way; `undefined` where it is over. */
  function nextSeat(end: End, { share, upstream }: Seat): Seat | undefined {
    if (end.kind === 'unreached') {
      upstream.ejectedUntil = performance.now() + limits.ejection;
      tried.add(upstream);
      return live.seatOf(share, tried) ?? (repeated ? undefined : live.elsewhere(share, tried));
    }
    if (end.kind !== 'stale' || repeated || withBody || !safeMethods.has(method)) return undefined;
    repeated = true;
    return live.seatOf(share, new Set([...tried, upstream])) ?? { share, upstream };
  }

  function conclude(end: End): void {
    switch (end.kind) {
      case 'complete':
        return;
      case 'abandoned':
        // a client that left while it was sending waited for itself
        if (!end.answered && request.complete) ticket.left(elapsed());
        return;
      case 'broken':
        ticket.broke();
        response.destroy(); // so that the client can tell a part from the whole
        return;
      case 'invalid':
        answer(response, 'BAD_REQUEST');
        return;
      case 'unreached':
        ticket.failed();
        answer(response, repeated ? 'INSTANCE_FAILED' : end.timedOut ? 'INSTANCE_TIMEOUT' : 'NO_INSTANCE');
        return;
      case 'silent':
        ticket.failed();
        answer(response, 'INSTANCE_TIMEOUT');
        return;
      case 'stale':
      case 'failed':
        ticket.failed();
        answer(response, 'INSTANCE_FAILED');
        return;
    }
  }
}

/** What the router does not pass on. Other upgrades than WebSocket are offers, which RFC 9110 (7.8) lets it ignore. */
function refuse(request: IncomingMessage): AnswerCode | undefined {
  const { upgrade, 'transfer-encoding': encoding } = request.headers;
  if (upgrade?.toLowerCase() === 'websocket') return 'UPGRADE_UNSUPPORTED';
  // Node decodes `chunked` alone; passed on without the field, the body would no longer be what it says
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return 'BAD_REQUEST';
  return undefined;
}
