import type { Socket } from 'node:net';
import { readUntil } from './read-until';

/** SQLSTATE of a server that is starting, stopping or recovering. */
const cannotConnectNow = '57P03';

/**
 * What is wrong with a PostgreSQL, or `null` when it answers the start of a session: a question for a password is an answer, and
 * so is a refusal, but one that says that it takes nobody yet. No password is sent. Source: PostgreSQL's documentation,
 * "Frontend/Backend Protocol", StartupMessage and ErrorResponse.
 */
export async function probePostgres(socket: Socket, url: URL): Promise<string | null> {
  const user = decodeURIComponent(url.username) || 'postgres';
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  socket.write(startup({ user, database, application_name: 'sluice' }));
  const answer = await readUntil(socket, messageIn);
  if (answer === null) return 'it closed the connection without an answer';
  const kind = answer.toString('latin1', 0, 1);
  if (kind === 'R') return null;
  if (kind !== 'E') return 'what answers is no PostgreSQL';
  const fields = answer.toString('utf8', 5).split('\0');
  const field = (name: string) => fields.find((text) => text.startsWith(name))?.slice(1);
  return field('C') === cannotConnectNow ? `it takes no connection yet: ${field('M') ?? cannotConnectNow}` : null;
}

/** Version 3.0 of the protocol, then names and values. */
function startup(parameters: Record<string, string>): Buffer {
  const text = Object.entries(parameters).flatMap(([name, value]) => [name, value]);
  const body = Buffer.from(`${text.join('\0')}\0\0`, 'utf8');
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

/** The longest answer that is read: an error with all its fields takes some hundred bytes. */
const longest = 65_536;

/** The first message when it is whole: a letter, then the length of the rest. What is none is given as far as it came. */
function messageIn(read: Buffer): Buffer | null {
  if (read.length === 0) return null;
  if (!/^[RE]/.test(read.toString('latin1', 0, 1))) return read;
  if (read.length < 5) return null;
  const length = read.readInt32BE(1) + 1;
  if (length < 5 || length > longest) return Buffer.from('?');
  return read.length >= length ? read.subarray(0, length) : null;
}
