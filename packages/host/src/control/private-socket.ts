import { once } from 'node:events';
import { open, rm, stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { Refusal } from './refusal';
import { codeOf } from '../router/failure';

/** Taking a socket over takes some ms; a lock that is older was left by a process that was killed meanwhile. */
const longestLock = 10_000;

/**
 * Listens on a Unix socket that only this user may connect to. What a killed process left at the path is taken over, by
 * one at a time: else two that start at once could remove the socket of each other, and both go on as its owner.
 * @throws Refusal `SOCKET_IN_USE` when another process answers there, or is about to
 */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  const lock = `${path}.lock`;
  if (!(await take(lock))) throw inUse(path);
  try {
    if (await tryListen(server, path)) return;
    if (await answers(path)) throw inUse(path);
    await rm(path, { force: true });
    if (!(await tryListen(server, path))) throw inUse(path);
  } finally {
    await rm(lock, { force: true });
  }
}

const inUse = (path: string) =>
  new Refusal(409, 'SOCKET_IN_USE', `Another process answers at ${path}.`, 'Use that one, or stop it first.');

async function take(lock: string): Promise<boolean> {
  if (Date.now() - (await modifiedAt(lock)) > longestLock) await rm(lock, { force: true });
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function tryListen(server: Server, path: string): Promise<boolean> {
  // Node binds within `listen`, so the socket never exists with wider permissions
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return false;
    throw error;
  }
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
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
