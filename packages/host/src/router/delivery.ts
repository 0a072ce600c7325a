import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answer, type AnswerCode } from './answer';
import { attempt, type Attempt, type End } from './attempt';
import type { Choice } from './choice';
import type { Ticket } from './figures';
import { protocolOf } from './incoming';
import type { LiveRoute, Seat } from './live-route';
import { bodyAtHand, hasBody, openBody } from './request-body';
import { sameShare, type Share } from './route';
import { joinSockets } from './tunnel';
import type { Upstream } from './upstream';

/** One request of a client, on its way. */
export interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  /** Path and query. */
  path: string;
  headers: string[];
  /** Since its arrival, in ms. */
  elapsed(): number;
}

/** Where a request went last, and how much came back. */
export interface Delivery {
  share: Share;
  instance: string | null;
  bytes: number;
}

/** Why the router gave up a request. `idle`: the client neither sent nor read. */
type Cause = 'left' | 'idle' | 'overdue';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Takes a request to an instance.
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
export async function deliver(live: LiveRoute, choice: Choice, visit: Visit): Promise<Delivery> {
  const { request, response, path, headers, elapsed } = visit;
  const limits = live.limits();
  const method = request.method ?? 'GET';
  const withBody = hasBody(request);
  const upgrade = protocolOf(request) ?? null;
  const tried = new Set<Upstream>();
  const delivery: Delivery = { share: choice.share, instance: null, bytes: 0 };
  let repeated = false;
  let current: Attempt | undefined;
  let cause: Cause | undefined;
  const giveUp = (why: Cause) => {
    cause ??= why;
    current?.abandon();
  };
  const giveUpIdle = () => giveUp('idle');
  response.once('close', () => {
    if (!response.writableFinished) giveUp('left');
  });
  const deadline = limits.whole > 0 ? setTimeout(() => giveUp('overdue'), limits.whole) : undefined;

  const arrived = withBody ? await bodyAtHand(request) : undefined;
  let { share } = choice;
  let ticket = begin(share);
  let end: End = { kind: 'unreached', timedOut: false };
  let seat = live.seatOf(share, tried) ?? elsewhere(share);
  while (seat !== undefined) {
    if (!sameShare(seat.share, share)) {
      ticket.failed();
      ticket.end();
      share = seat.share;
      ticket = begin(share);
    }
    const { upstream } = seat;
    delivery.share = share;
    delivery.instance = upstream.instance.id;
    ticket.sentTo(upstream.instance.id);
    const body = withBody && arrived === undefined ? openBody(request, limits.idle, giveUpIdle) : undefined;
    const times = { headersTimeout: limits.headers, bodyTimeout: limits.idle };
    const outgoing = { method, path, headers, body: arrived ?? body?.stream ?? null, upgrade, ...times };
    current = attempt(upstream, outgoing, {
      response,
      fields: choice.fields,
      idle: limits.idle,
      onAnswer: (status, fields) => ticket.answered(status, elapsed(), fields),
      onBytes: (count) => (delivery.bytes += count),
      onIdle: giveUpIdle,
    });
    if (cause !== undefined || response.destroyed) giveUp('left');
    end = await current.ended;
    if (end.kind === 'unreached') ticket.unreached();
    body?.stream.destroy();
    seat = body?.begun() === true ? undefined : nextSeat(end, seat);
    if (end.kind !== 'switched') continue;
    clearTimeout(deadline);
    await tunnel(upstream, end.socket);
  }
  clearTimeout(deadline);
  conclude(end);
  ticket.end();
  return delivery;

  function begin(of: Share): Ticket {
    const begun = live.figures.begin(of, choice.synthetic);
    return choice.pinned ? unrecorded(begun) : begun;
  }

  function elsewhere(from: Share): Seat | undefined {
    return choice.pinned ? undefined : live.elsewhere(from, tried);
  }

  /** Where the request goes after an attempt that ended this way; `undefined` where it is over. */
  function nextSeat(end: End, { share, upstream }: Seat): Seat | undefined {
    if (end.kind === 'unreached') {
      upstream.ejectedUntil = performance.now() + limits.ejection;
      tried.add(upstream);
      return live.seatOf(share, tried) ?? (repeated ? undefined : elsewhere(share));
    }
    if (end.kind !== 'stale' || repeated || withBody || !safeMethods.has(method)) return undefined;
    repeated = true;
    return live.seatOf(share, new Set([...tried, upstream])) ?? { share, upstream };
  }

  async function tunnel({ tunnels }: Upstream, instance: Duplex): Promise<void> {
    const { socket } = request;
    response.detachSocket(socket);
    tunnels.add(instance);
    instance.on('data', (chunk: Buffer) => (delivery.bytes += chunk.length));
    await joinSockets(socket, instance, limits.linger);
    tunnels.delete(instance);
  }

  function reply(code: AnswerCode): void {
    delivery.bytes = answer(response, code);
  }

  function conclude(end: End): void {
    switch (end.kind) {
      case 'complete':
      case 'switched':
        return;
      case 'abandoned':
        concludeGivenUp(end.answered);
        return;
      case 'broken':
        ticket.broke();
        response.destroy(); // so that the client can tell a part from the whole
        return;
      case 'invalid':
        reply('BAD_REQUEST');
        return;
      case 'unreached':
        ticket.failed();
        reply(repeated ? 'INSTANCE_FAILED' : end.timedOut ? 'INSTANCE_TIMEOUT' : 'NO_INSTANCE');
        return;
      case 'silent':
        ticket.failed();
        reply('INSTANCE_TIMEOUT');
        return;
      case 'stale':
      case 'failed':
        ticket.failed();
        reply('INSTANCE_FAILED');
        return;
    }
  }

  function concludeGivenUp(answered: boolean): void {
    // a client that was still sending waited for itself
    const waited = request.complete;
    if (answered) {
      if (cause === 'overdue' && waited) ticket.broke();
      response.destroy();
    } else if (cause === 'left') {
      if (waited) ticket.left(elapsed());
    } else {
      if (cause === 'overdue' && waited) ticket.failed();
      response.shouldKeepAlive = false;
      reply(waited ? 'INSTANCE_TIMEOUT' : 'CLIENT_TIMEOUT');
    }
  }
}

/** What a tester does says nothing about a release, but an instance is busy with it. */
const unrecorded = ({ end }: Ticket): Ticket => ({
  sentTo: () => undefined,
  unreached: () => undefined,
  answered: () => undefined,
  failed: () => undefined,
  left: () => undefined,
  broke: () => undefined,
  end,
});
