import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect, isIP, type LookupFunction } from 'node:net';
import { formatDuration, type Check, type Finding, type Service } from '@sluice/core';
import { counted, fail, pass, skip, warn } from './outcome';
import { probePostgres } from './probe-postgres';
import { probeRedis } from './probe-redis';

export interface ConnectivitySubject {
  services: readonly Service[];
}

/** The addresses of the services of a Compose file, by their names there. */
export type Inside = Readonly<Record<string, string>>;

/**
 * Tries every declared service once, all at the same time, each within its own timeout: `tcp://` must take a connection,
 * `http(s)://` answer a GET with 2xx or 3xx, `postgres://` the first message of its protocol, `redis://` a PING. A critical
 * service that does not answer fails, another one warns. Those that are `from` a Compose file are looked at `inside` alone.
 */
export const connectivityCheck = (inside?: Inside): Check<ConnectivitySubject> => ({
  name: inside ? 'inside' : 'connectivity',
  tool: 'node',
  version: process.versions.node,
  timeLimit: 120_000,
  async run({ services: all }, signal) {
    const services = all.filter(({ from }) => (from === 'compose') === Boolean(inside));
    if (services.length === 0) return skip('no service is declared');
    const problems = await Promise.all(services.map((service) => probe(service, signal, inside && lookupIn(inside))));
    signal.throwIfAborted();
    const down = services.flatMap((service, at) => {
      const problem = problems[at];
      return typeof problem === 'string' ? [{ ...service, problem }] : [];
    });
    const figures = { services: services.length, reachable: services.length - down.length };
    if (down.length === 0) return pass(`${counted(services.length, 'service')} answered`, figures);
    const findings = down.map(({ name, url, critical, problem }): Finding => ({
      severity: critical ? 'critical' : 'low',
      message: `${name} (${withoutPassword(url)}): ${problem}`,
    }));
    const reason = findings.map(({ message }) => message).join('; ');
    return down.some(({ critical }) => critical) ? fail(reason, findings, figures) : warn(reason, findings, figures);
  },
});

/** What is wrong with the service, or `null`. */
async function probe({ url: text, timeout }: Service, signal: AbortSignal, lookup?: LookupFunction) {
  const url = new URL(text);
  const late = AbortSignal.timeout(timeout);
  const either = AbortSignal.any([signal, late]);
  const problem = await probes(url, either, lookup);
  return problem !== null && late.aborted ? `no answer within ${formatDuration(timeout)}` : problem;
}

const standardPorts: Record<string, number> = { 'postgres:': 5432, 'postgresql:': 5432, 'redis:': 6379 };

async function probes(url: URL, signal: AbortSignal, lookup?: LookupFunction): Promise<string | null> {
  if (/^https?:$/.test(url.protocol)) return probeHttp(url, signal, lookup);
  const port = url.port === '' ? standardPorts[url.protocol] : Number(url.port);
  if (port === undefined) return 'the URL names no port';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port, signal, ...(lookup && { lookup }) });
  const failed = new Promise<string>((settle) => socket.on('error', (error) => settle(error.message)));
  const answers = async () => {
    if (url.protocol === 'tcp:') return new Promise<null>((settle) => socket.once('connect', () => settle(null)));
    return url.protocol === 'redis:' ? probeRedis(socket, url) : probePostgres(socket, url);
  };
  try {
    return await Promise.race([failed, answers()]);
  } finally {
    socket.destroy();
  }
}

function probeHttp(url: URL, signal: AbortSignal, lookup?: LookupFunction): Promise<string | null> {
  return new Promise((settle) => {
    const get = url.protocol === 'https:' ? httpsGet : httpGet;
    const request = get(url, { signal, agent: false, ...(lookup && { lookup }) }, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      settle(status >= 200 && status < 400 ? null : `answered with status ${status}`);
    });
    request.on('error', (error) => settle(error.message));
  });
}

/** A name that is not there is not looked for elsewhere. */
const lookupIn =
  (inside: Inside): LookupFunction =>
  (name, { all }, answer) => {
    const address = inside[name];
    if (address === undefined) {
      answer(Object.assign(new Error(`no container of a service "${name}" runs`), { code: 'ENOTFOUND' }), '');
    } else if (all) answer(null, [{ address, family: isIP(address) }]);
    else answer(null, address, isIP(address));
  };

function withoutPassword(text: string): string {
  const url = new URL(text);
  if (url.password === '') return text;
  url.password = '***';
  return url.href;
}
