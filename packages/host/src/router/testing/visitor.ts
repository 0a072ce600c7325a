import { once } from 'node:events';
import { request, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

export interface Sending {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string;
  agent?: Agent;
}

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  trailers: IncomingMessage['trailers'];
  body: string;
}

/** A request whose body is still to be written. */
export const open = (port: number, { method = 'GET', path = '/', headers = {}, agent }: Sending): ClientRequest =>
  request({ host: '127.0.0.1', port, method, path, headers, agent: agent ?? false });

/** The response, once its headers are here. */
export async function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
}

/** Reads a response to its end; rejects when it is broken off. */
export async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(response, 'end');
  return Buffer.concat(chunks).toString('latin1');
}

/** Sends a request and reads the whole response. */
export async function send(port: number, sending: Sending): Promise<Reply> {
  const sent = open(port, sending);
  sent.end(sending.body);
  const response = await responseTo(sent);
  const body = await readAll(response);
  const { headers, rawHeaders, trailers } = response;
  return { status: response.statusCode ?? 0, headers, rawHeaders, trailers, body };
}

/** Whether anything listens there. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
