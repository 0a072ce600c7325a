import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import { lstat, open, rename, rm, stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { sluiceError } from '@sluice/core';
import { codeOf } from '../router/failure';

/** Taking a socket over takes some ms; a lock that is older was left by a process that was killed meanwhile. */
const longestLock = 10_000;

/** Codes of `connect` that say that nobody listens. */
const nobody = new Set(['ENOENT', 'ECONNREFUSED']);

/**
 * Listens on a Unix socket that only this user may connect to, and removes it when the server is closed. What a killed
 * process left at the path is taken over, by one at a time.
 *
 * The server is bound under another name that is then moved to the path: so it takes the place of one that still
 * answers there, if it is to, without a moment in which nobody does; and that one does not remove it when it is closed,
 * as it would, since systems remove what a server was bound to.
 * @param succeeds whether the process that answers there has agreed to be followed by this one
 * @throws `SOCKET_IN_USE` when another process answers there, or is about to; `SOCKET_BLOCKED` when something else is
 *   there, or the folder can't be written
 */
export async function listenPrivately(server: Server, path: string, { succeeds = false } = {}): Promise<void> {
  const lock = `${path}.lock`;
  if (!(await take(lock))) throw sluiceError('SOCKET_IN_USE', { path });
  try {
    await checkPlace(path);
    if (!succeeds && (await answers(path))) throw sluiceError('SOCKET_IN_USE', { path });
    // no longer than the names of the sockets themselves, for which there is room
    const bound = join(dirname(path), `.${randomBytes(4).toString('hex')}`);
    await bind(server, bound);
    const { ino } = await lstat(bound);
    await rename(bound, path);
    server.once('close', () => removeOwn(path, ino));
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  if (Date.now() - (await modifiedAt(lock)) > longestLock) await rm(lock, { force: true });
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw sluiceError('SOCKET_BLOCKED', { path: lock, reason: `it can't be written (${codeOf(error)})` });
  }
}

/** Nothing of anyone else's is ever replaced. */
async function checkPlace(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  const blocked = (reason: string) => sluiceError('SOCKET_BLOCKED', { path, reason });
  if (!found.isSocket()) throw blocked('there is something else, which is no socket');
  if (process.getuid !== undefined && found.uid !== process.getuid()) throw blocked('it belongs to another user');
}

async function bind(server: Server, path: string): Promise<void> {
  // Node binds within `listen`, so the socket never exists with wider permissions
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
  await once(server, 'listening');
  // such as EMFILE when accepting: that call is lost, the server is not
  server.on('error', (error) => console.error(`socket ${path}: ${error.message}`));
}

/** Whether a process answers, or can't even be asked: only what surely is nobody's is taken over. */
async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return !nobody.has(codeOf(error));
  } finally {
    socket.destroy();
  }
}

/** Another process may have taken the path meanwhile. */
function removeOwn(path: string, ino: number): void {
  try {
    if (lstatSync(path).ino === ino) unlinkSync(path);
  } catch {
    // it is gone already
  }
}

/** `Infinity` when it is not there. */
async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return Infinity;
  }
}
