/** Header fields as Node gives and takes them: name, value, name, value, in their order, spelling and number. */
export type RawHeaders = readonly string[];

/** Carries the token that marks a request as Sluice's own; never forwarded. */
export const syntheticHeader = 'x-sluice-synthetic';

/** Fields that concern one connection only (RFC 9110, 7.6.1); `Connection` may name more. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']);

/** Not to be removed on a client's word: without them the message would mean something else. */
const kept = new Set(['host', 'content-length']);

/** `expect` is answered by the router itself; trailers of a request are not forwarded. */
const ownOfRouter = new Set(['expect', 'trailer', syntheticHeader]);

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

export interface Origin {
  remoteAddress: string | undefined;
  /** Takes the place of the `Host` field: of a request whose target was in absolute form. */
  host: string | undefined;
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
    if (!forwarded.has(lowerName)) headers.push(name, value);
    else if (lowerName === 'x-forwarded-for') addresses.push(value);
    else if (lowerName === 'x-forwarded-proto') proto ??= value;
    else if (lowerName === 'x-forwarded-host') forwardedHost ??= value;
    else host ??= value;
  });
  if (origin.remoteAddress !== undefined) addresses.push(origin.remoteAddress.replace(/^::ffff:(?=\d+\.)/, ''));
  if (host !== undefined) headers.unshift('host', host);
  headers.push('x-forwarded-for', addresses.join(', '), 'x-forwarded-proto', proto ?? 'http');
  const visibleHost = forwardedHost ?? host;
  if (visibleHost !== undefined) headers.push('x-forwarded-host', visibleHost);
  return headers;
}

/** Path and query of a request's target, with the host where the target names one; `undefined` for `*` and the like. */
export function readTarget(target: string): { path: string; host: string | undefined } | undefined {
  if (target.startsWith('/')) return { path: target, host: undefined };
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search, host } = new URL(target);
  return { path: pathname + search, host };
}
