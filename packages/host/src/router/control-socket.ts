import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { Refusal } from '../control/refusal';
import { codeOf } from './failure';

/**
 * Listens on a Unix socket that only this user may connect to. What a killed process left at the path is taken over.
 * @throws Refusal `SOCKET_IN_USE` when another process answers there
 */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  if (await tryListen(server, path)) return;
  const inode = await inodeOf(path);
  if (!(await answers(path)) && (await inodeOf(path)) === inode) await rm(path, { force: true });
  if (await tryListen(server, path)) return;
  throw new Refusal(409, 'SOCKET_IN_USE', `Another process answers at ${path}.`, 'Use that one, or stop it first.');
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

async function inodeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).ino;
  } catch {
    return undefined;
  }
}
