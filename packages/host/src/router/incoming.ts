import { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './request-body';

/**
 * A client's request. It tells Node, before anything else is done with it, whether the router takes up the offer to
 * change the protocol: once there is a listener for `upgrade`, Node would take up every one.
 */
export class Incoming extends IncomingMessage {
  private offers = false;

  get upgrade(): boolean {
    return this.offers && (this.method === 'CONNECT' || isPassedOn(this));
  }

  /** Set by Node. */
  set upgrade(offers: boolean | null) {
    this.offers = offers === true;
  }
}

/**
 * A router may ignore an offer (RFC 9110, 7.8). It ignores h2c, by which clients would go on with many requests on one
 * connection that nothing splits or counts, and those that come with a body, which Node leaves unread.
 */
function isPassedOn(request: IncomingMessage): boolean {
  const offered = request.headers.upgrade?.toLowerCase().split(',') ?? [];
  return offered.length > 0 && !offered.some((each) => each.trim().startsWith('h2c')) && !hasBody(request);
}

/** The protocol that the connection of this request is to go on with. */
export const protocolOf = (request: IncomingMessage): string | undefined =>
  request instanceof Incoming && request.upgrade ? request.headers.upgrade : undefined;

/**
 * How a request to change the protocol is answered: Node leaves its connection alone. Where the protocol stays, the
 * answer is the connection's last.
 * @param head what has been read of the connection behind the request
 */
export function responseTo(request: Incoming, head: Buffer): ServerResponse {
  const { socket } = request;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.destroySoon());
  socket.on('error', () => socket.destroy());
  // a client that leaves before the answer is noticed only by reading on
  socket.once('end', () => response.socket?.destroy());
  if (head.length > 0) socket.unshift(head);
  socket.read(0);
  return response;
}
