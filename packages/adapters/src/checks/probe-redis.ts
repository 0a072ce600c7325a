import type { Socket } from 'node:net';
import { readUntil } from './read-until';

/**
 * What is wrong with a Redis, or `null` when it answers PING. One that wants a password it was not given answers all the same;
 * one that is still loading, or refuses the password of the URL, does not. Source: the Redis serialization protocol.
 */
export async function probeRedis(socket: Socket, url: URL): Promise<string | null> {
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const login = password === '' ? [] : [command('AUTH', ...(user === '' ? [] : [user]), password)];
  const wanted = login.length + 1;
  socket.write([...login, command('PING')].join(''));
  const text = await readUntil(socket, (read) => (lines(read).length >= wanted || isForeign(read) ? read : null));
  if (text === null) return 'it closed the connection without an answer';
  const answers = lines(text.toString('latin1'));
  const ping = answers.at(wanted - 1) ?? '';
  if (login.length > 0 && /^-(WRONGPASS|ERR invalid)/.test(answers[0] ?? '')) return 'it refuses the password';
  if (ping === '+PONG' || (login.length === 0 && ping.startsWith('-NOAUTH'))) return null;
  if (/^-[A-Z]+ /.test(ping)) return `it answered ${ping.slice(1, 100)}`;
  return 'what answers is no Redis';
}

const command = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

const lines = (read: Buffer | string): string[] => read.toString('latin1').split('\r\n').slice(0, -1);

/** An answer of this protocol begins with "+" or "-" here; whoever says something else need not be waited for. */
const isForeign = (read: Buffer): boolean => read.length > 0 && !/^[+-]/.test(read.toString('latin1'));
