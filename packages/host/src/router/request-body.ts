import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** The body of a request, as the instance that it is sent to reads it. */
export interface RequestBody {
  /** What undici is given. Reads from the client only when it is read itself: that is the backpressure. */
  readonly stream: Readable;
  /** Whether any of it may be gone, so that the request can't be sent again. */
  begun(): boolean;
}

export const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/**
 * The body, where all of it came together with the head, as small ones do: it needs no stream then, which takes longer
 * than all else that is done for a request. Waits for nothing; others stay as they are.
 */
export async function bodyAtHand(request: IncomingMessage): Promise<Buffer | undefined> {
  await Promise.resolve(); // Node hands on the rest of what it has read before it turns to anything else
  if (request.readableLength !== Number(request.headers['content-length'])) return undefined;
  const body: unknown = request.read();
  return Buffer.isBuffer(body) ? body : undefined;
}

/**
 * A stream of its own, since undici destroys the body of a request that fails or is answered early, and with an
 * `IncomingMessage` it would destroy the client's connection, or leave it stuck.
 * @param idle how long the client may send nothing, in ms; 0 for no limit
 */
export function openBody(request: IncomingMessage, idle: number, onIdle: () => void): RequestBody {
  let begun = false;
  let silence: NodeJS.Timeout | undefined;
  const onData = (chunk: Buffer) => {
    silence?.refresh();
    if (stream.push(chunk)) return;
    clearTimeout(silence);
    silence = undefined; // it is the instance that does not read
    request.pause();
  };
  const onEnd = () => {
    clearTimeout(silence);
    stream.push(null);
  };
  const stream = new Readable({
    read() {
      if (!begun) request.on('data', onData).on('end', onEnd);
      begun = true;
      if (idle > 0 && !request.complete) silence ??= setTimeout(onIdle, idle);
      request.resume();
    },
    destroy(error, done) {
      clearTimeout(silence);
      request.off('data', onData).off('end', onEnd);
      done(error);
    },
  });
  // undici reports the errors that matter; after it has let go of the stream, there is nobody left to tell
  stream.on('error', () => undefined);
  return { stream, begun: () => begun };
}

/** Reads and drops what is left of a body, so that the connection can serve the next request; for `limit` ms at most. */
export function dropRest(request: IncomingMessage, limit: number): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), limit);
  const done = () => {
    clearTimeout(timer);
    request.off('end', done);
    socket.off('close', done);
  };
  request.once('end', done).resume();
  socket.once('close', done); // an answered request is not told that its connection has closed
}
