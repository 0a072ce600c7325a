import type { ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { classify, type Failure } from './failure';
import { responseHeaders, switchingHeaders, type RawHeaders } from './headers';
import type { Upstream } from './upstream';

export interface Outgoing {
  method: string;
  path: string;
  headers: string[];
  body: Readable | Buffer | null;
  /** The protocol that the client asks to go on with. */
  upgrade: string | null;
  /** Until the response headers, and between two chunks of the response's body, in ms. */
  headersTimeout: number;
  bodyTimeout: number;
}

/** The client's side. */
export interface Receiver {
  response: ServerResponse;
  /** Fields that the response gets besides the instance's. */
  fields: readonly string[];
  /** How long the client may leave what it is sent unread, in ms; 0 for no limit. */
  idle: number;
  /** The response headers are here, as they came. */
  onAnswer(status: number, headers: RawHeaders): void;
  onBytes(count: number): void;
  /** The client has not read for too long. */
  onIdle(): void;
}

/** How an attempt ended: the response is complete, the instance agreed to another protocol, it was given up, or it failed. */
export type End =
  { kind: 'complete' } | { kind: 'switched'; socket: Duplex } | { kind: 'abandoned'; answered: boolean } | Failure;

export interface Attempt {
  readonly ended: Promise<End>;
  /** Gives it up, since the client has left, for instance: ends the request at the instance. */
  abandon(): void;
}

type Controller = Dispatcher.DispatchController;

/**
 * Sends a request to one instance and its response to the client, both as streams. A failed attempt that is not
 * `broken` has written nothing to the client.
 */
export function attempt(upstream: Upstream, outgoing: Outgoing, receiver: Receiver): Attempt {
  const { response } = receiver;
  let unread: NodeJS.Timeout | undefined;
  let control: Controller | undefined;
  let abandoned = false;
  let heard = false;
  let answered = false;
  let settle: (end: End) => void = () => undefined;
  const ended = new Promise<End>((resolve) => {
    settle = (end) => {
      clearTimeout(unread);
      resolve(end);
    };
  });

  const handler = {
    onRequestStart(controller: Controller) {
      control = controller;
      if (abandoned) controller.abort(departure());
    },
    /** The first byte of a response. Types of undici 7 list it with its older handlers; its own fetch needs it in 8, too. */
    onResponseStarted() {
      heard = true;
    },
    onResponseStart(controller: Controller, status: number, _headers: unknown, reason?: string) {
      if (status < 200) return; // informational responses end at the router
      // throws where undici was laxer than Node is, which aborts the attempt
      const headers = latin1(controller.rawHeaders);
      response.writeHead(status, plainReason(reason), [...responseHeaders(headers), ...receiver.fields]);
      answered = true;
      receiver.onAnswer(status, headers);
      // headers leave with the first chunk where that is here already, else at once
      queueMicrotask(() => response.flushHeaders());
    },
    onRequestUpgrade(controller: Controller, status: number, _headers: unknown, socket: Duplex) {
      if (abandoned) {
        socket.destroy();
        settle({ kind: 'abandoned', answered });
        return;
      }
      const headers = latin1(controller.rawHeaders);
      response.writeHead(status, [...switchingHeaders(headers), ...receiver.fields]);
      response.flushHeaders();
      receiver.onAnswer(status, headers);
      settle({ kind: 'switched', socket });
    },
    onResponseData(controller: Controller, chunk: Buffer) {
      receiver.onBytes(chunk.length);
      if (response.write(chunk)) return;
      controller.pause();
      if (receiver.idle > 0) unread = setTimeout(receiver.onIdle, receiver.idle);
      response.once('drain', () => {
        clearTimeout(unread);
        controller.resume();
      });
    },
    onResponseEnd(controller: Controller) {
      const trailers = latin1(controller.rawTrailers);
      if (trailers.length > 0) response.addTrailers(pairs(trailers));
      response.end();
      settle({ kind: 'complete' });
    },
    onResponseError(_controller: unknown, error: Error) {
      const sent = control !== undefined;
      if (abandoned) settle({ kind: 'abandoned', answered });
      else settle(classify({ error, sent, heard, answered, reused: upstream.reused(error) }));
    },
  };
  upstream.pool.dispatch(outgoing, handler);

  return {
    ended,
    abandon() {
      abandoned = true;
      if (control === undefined) settle({ kind: 'abandoned', answered });
      else control.abort(departure());
    },
  };
}

/** Made when it is needed: an error's stack is what costs most in a request. */
const departure = () => new Error('The client has left.');

/** undici's raw headers, as bytes, one character each: what Node writes back as the same bytes. */
function latin1(raw: Controller['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((field) => (typeof field === 'string' ? field : field.toString('latin1')));
}

function pairs(raw: readonly string[]): [string, string][] {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) fields.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return fields;
}

/** A reason phrase that Node agrees to write. */
const plainReason = (reason = ''): string => (/^[\t\x20-\x7e\x80-\xff]*$/.test(reason) ? reason : '');
