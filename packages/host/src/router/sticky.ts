import { createHash, randomBytes } from 'node:crypto';
import type { Place, Route, Share, Slot } from './route';
import { isSigned, sign } from './signature';

/** How long a browser keeps its cookie, in seconds. */
const maxAge = 30 * 86_400;

const partsOf = ({ project, environment }: Place, id: string) => ['client', project, environment, id];

/** One name for each route, since cookies of one host are shared among its ports. */
export const cookieName = ({ project, environment }: Place): string =>
  `sluice-${createHash('sha256')
    .update(JSON.stringify([project, environment]))
    .digest('hex')
    .slice(0, 8)}`;

/** The client that a `Cookie` field names; `undefined` where there is none, or it is forged or broken. */
export function readClient(cookies: string, name: string, secret: string, place: Place): string | undefined {
  for (const cookie of cookies.split(';')) {
    const [key, value = ''] = cookie.trim().split('=', 2);
    const [id = '', signature = '', ...rest] = value.split('.');
    if (key === name && rest.length === 0 && isSigned(signature, secret, partsOf(place, id))) return id;
  }
  return undefined;
}

export const newClient = (): string => randomBytes(12).toString('base64url');

/** The `Set-Cookie` field that names a client. It says nothing of a slot: that follows from the split of the moment. */
export function cookieFor(id: string, name: string, secret: string, place: Place, secure: boolean): string {
  const value = `${id}.${sign(secret, partsOf(place, id))}`;
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** A `Cookie` field without the cookie of this name, the rest byte for byte; `undefined` where nothing is left. */
export function withoutCookie(cookies: string, name: string): string | undefined {
  const all = cookies.split(';');
  const others = all.filter((cookie) => !cookie.trimStart().startsWith(`${name}=`));
  if (others.length === all.length) return cookies;
  return others.join(';').trimStart() || undefined;
}

type Salt = Pick<Route, 'project' | 'environment' | 'generation' | 'rollout'>;

/** Where a client stands in [0, 100): the same place for all of a rollout, another one in the next. */
export function pointOf({ project, environment, generation, rollout = generation }: Salt, id: string): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([project, environment, rollout, id]))
    .digest();
  return (digest.readUIntBE(0, 6) / 2 ** 48) * 100;
}

/**
 * Who serves the client at a point: the canary from the low end up, the baseline from the high end down, the stable
 * release between. So a share that grows takes clients of the stable release only, and keeps all that it has.
 */
export function shareAt(slots: readonly Slot[], point: number): Share | undefined {
  const weightOf = (name: Slot['slot']) => slots.find(({ slot }) => slot === name)?.weight ?? 0;
  const name = point < weightOf('canary') ? 'canary' : point >= 100 - weightOf('baseline') ? 'baseline' : 'stable';
  const found = slots.find(({ slot }) => slot === name);
  return found && found.weight > 0 ? { slot: found.slot, release: found.release } : undefined;
}
