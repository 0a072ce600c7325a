import { createHash } from 'node:crypto';
import { access, constants, lstat, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { usable } from '@sluice/adapters/durable';
import { sluiceError } from '@sluice/core';

/** `sun_path` of the kernel holds 104 bytes on macOS, 108 on Linux, with the ending NUL. */
const longest = 100;

/** Not `os.tmpdir()`: that differs between sessions, and every process must find the same socket. */
const shared = '/tmp';

export interface Sockets {
  controller: string;
  router: string;
}

/** As `@sluice/adapters/files` has it, which a client would load for nothing else. */
export const hostFolderOf = (root: string): string => join(root, '.sluice', 'host');

/**
 * Where the two processes of a workspace are reached: in the host folder, or, where that path is too long for a socket, in
 * a folder of the user's own below `/tmp`. Rejects with `HOST_REFUSED` when that is someone else's, with `PATH_UNUSABLE`
 * when it can't be made or written.
 */
export async function socketsOf(hostFolder: string): Promise<Sockets> {
  const folder =
    Buffer.byteLength(join(hostFolder, 'controller.sock')) <= longest ? hostFolder : await shortFolder(hostFolder);
  await usable(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  await usable(folder, () => access(folder, constants.W_OK));
  return { controller: join(folder, 'controller.sock'), router: join(folder, 'router.sock') };
}

async function shortFolder(hostFolder: string): Promise<string> {
  const { uid } = userInfo();
  const own = join(shared, `sluice-${uid}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const found = await lstat(own);
  if (!found.isDirectory() || (uid >= 0 && found.uid !== uid) || (found.mode & 0o077) !== 0) {
    throw sluiceError('HOST_REFUSED', { reason: `${own} is not a private folder of this user` });
  }
  return join(own, createHash('sha256').update(hostFolder).digest('hex').slice(0, 12));
}
