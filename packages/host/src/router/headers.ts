import { pinHeader } from './pin';
import { withoutCookie } from './sticky';

/** Header fields as Node gives and takes them: name, value, name, value, in their order, spelling and number. */
export type RawHeaders = readonly string[];

/** Carries the token that marks a request as Sluice's own; never forwarded. */
export const syntheticHeader = 'x-sluice-synthetic';

/** Fields that concern one connection only (RFC 9110, 7.6.1); `Connection` may name more. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']);

/** Not to be removed on a client's word: without them the message would mean something else. */
const kept = new Set(['host', 'content-length']);

/** `expect` is answered by the router itself; trailers of a request are not forwarded. */
const ownOfRouter = new Set(['expect', 'trailer', syntheticHeader, pinHeader]);

const forwarded = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'host']);

/** Calls `visit` for each end-to-end field. */
function eachEndToEnd(raw: RawHeaders, visit: (lowerName: string, name: string, value: string) => void): void {
  const named = new Set<string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() !== 'connection') continue;
    for (const option of (raw[i + 1] ?? '').split(',')) named.add(option.trim().toLowerCase());
  }
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const lowerName = name.toLowerCase();
    if (hopByHop.has(lowerName) || (named.has(lowerName) && !kept.has(lowerName))) continue;
    visit(lowerName, name, raw[i + 1] ?? '');
  }
}

/** The fields of a response that go on to the client. */
export function responseHeaders(raw: RawHeaders): string[] {
  const headers: string[] = [];
  eachEndToEnd(raw, (_, name, value) => headers.push(name, value));
  return headers;
}

/** The fields of an answer that changes the protocol: here those of the connection are what it is about. */
export function switchingHeaders(raw: RawHeaders): string[] {
  const protocol = raw.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'upgrade');
  return [...responseHeaders(raw), 'Connection', 'Upgrade', 'Upgrade', raw[protocol + 1] ?? ''];
}

export interface Origin {
  /** Its address. */
  client: string | null;
  /** Takes the place of the `Host` field: of a request whose target was in absolute form. */
  host: string | undefined;
  /** The name of the router's own cookie, which is left out. */
  cookie: string;
}

/**
 * The fields of a request that go on to an instance. The client's address is appended to `X-Forwarded-For`;
 * `X-Forwarded-Proto` and `-Host` stay as a proxy in front has set them, else they say `http` and the request's `Host`,
 * which itself is passed through. `Via` is left out: the router is part of the origin, as seen from outside.
 */
export function requestHeaders(raw: RawHeaders, origin: Origin): string[] {
  const headers: string[] = [];
  const addresses: string[] = [];
  let proto: string | undefined;
  let forwardedHost: string | undefined;
  let host = origin.host;
  eachEndToEnd(raw, (lowerName, name, value) => {
    if (ownOfRouter.has(lowerName)) return;
    if (lowerName === 'cookie') {
      const others = withoutCookie(value, origin.cookie);
      if (others !== undefined) headers.push(name, others);
    } else if (!forwarded.has(lowerName)) headers.push(name, value);
    else if (lowerName === 'x-forwarded-for') addresses.push(value);
    else if (lowerName === 'x-forwarded-proto') proto ??= value;
    else if (lowerName === 'x-forwarded-host') forwardedHost ??= value;
    else host ??= value;
  });
  if (origin.client !== null) addresses.push(origin.client);
  if (host !== undefined) headers.unshift('host', host);
  headers.push('x-forwarded-for', addresses.join(', '), 'x-forwarded-proto', proto ?? 'http');
  const visibleHost = forwardedHost ?? host;
  if (visibleHost !== undefined) headers.push('x-forwarded-host', visibleHost);
  return headers;
}

/** An address of IPv4 is written as such on a socket for both kinds, too. */
export const addressOf = (remote: string | undefined): string | null =>
  remote?.replace(/^::ffff:(?=\d+\.)/, '') ?? null;

/** Of the target and the header fields, as they came. */
export const sizeOf = (target: string, raw: RawHeaders): number =>
  raw.reduce((sum, text) => sum + text.length + 2, target.length);

/** Path and query of a request's target, with the host where the target names one. */
export interface Target {
  path: string;
  host: string | undefined;
}

/** @returns `undefined` for `*` and the like */
export function readTarget(target: string): Target | undefined {
  if (target.startsWith('/')) return { path: target, host: undefined };
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search, host } = new URL(target);
  return { path: pathname + search, host };
}
