import { spawnSync } from 'node:child_process';
import { sluiceError } from '@sluice/core';

export interface SystemUser {
  uid: number;
  gid: number;
  name: string | null;
}

/**
 * Who a release runs as: a name, or `UID[:GID]`, `null` for the user of this process. Throws `USER_UNAVAILABLE`. The
 * system's own program is asked, since users need not be in a file.
 */
export function findUser(written: string, own = process.getuid?.() ?? null): SystemUser | null {
  const [who = '', group] = written.split(':');
  const uid = /^\d+$/.test(who) ? Number(who) : numberOf(ask('-u', who));
  if (uid === null) throw sluiceError('USER_UNAVAILABLE', { user: written, problem: 'there is no such user' });
  if (uid === own && group === undefined) return null;
  if (own !== 0) {
    throw sluiceError('USER_UNAVAILABLE', { user: written, problem: 'the Sluice host does not run as root' });
  }
  const gid = group === undefined ? (numberOf(ask('-g', who)) ?? uid) : Number(group);
  return { uid, gid, name: ask('-un', who) };
}

function ask(option: string, who: string): string | null {
  const { status, stdout } = spawnSync('id', [option, who], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

const numberOf = (text: string | null): number | null => (text !== null && /^\d+$/.test(text) ? Number(text) : null);
