import type { IncomingMessage } from 'node:http';
import { syntheticHeader } from './headers';
import type { LiveRoute } from './live-route';
import { pinHeader, readPin } from './pin';
import type { Share } from './route';
import { cookieFor, newClient, pointOf, readClient, shareAt } from './sticky';

/** Whose request it is to serve. */
export interface Choice {
  share: Share;
  /** A tester asked for this slot: no other may serve it, and it is no evidence for or against the release. */
  pinned: boolean;
  synthetic: boolean;
  /** Header fields for the answer. */
  fields: string[];
}

/** By the pin, else by who the client is where the route is sticky, else by whose turn it is. */
export function choose(live: LiveRoute, request: IncomingMessage): Choice | 'PIN_REFUSED' | 'NO_INSTANCE' {
  const synthetic = live.isSynthetic(request.headers[syntheticHeader]);
  const route = live.route();
  const pin = request.headers[pinHeader];
  if (pin !== undefined) {
    const slot = readPin(String(pin), route.secret ?? '', route, Date.now() / 1_000);
    if (route.secret === undefined || slot === undefined) return 'PIN_REFUSED';
    const pinned = route.slots.find((each) => each.slot === slot);
    if (pinned === undefined) return 'NO_INSTANCE';
    return { share: { slot, release: pinned.release }, pinned: true, synthetic, fields: [] };
  }
  if (!route.sticky || route.secret === undefined || synthetic) {
    const share = live.nextShare();
    return share ? { share, pinned: false, synthetic, fields: [] } : 'NO_INSTANCE';
  }
  const { secret } = route;
  const name = live.cookie;
  const known = readClient(request.headers.cookie ?? '', name, secret, route);
  const id = known ?? newClient();
  const share = shareAt(route.slots, pointOf(route, id));
  if (share === undefined) return 'NO_INSTANCE';
  const secure = request.headers['x-forwarded-proto'] === 'https';
  const fields = known === undefined ? ['Set-Cookie', cookieFor(id, name, secret, route, secure)] : [];
  return { share, pinned: false, synthetic, fields };
}
