import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import { formatDuration, type Check, type Finding, type Service } from '@sluice/core';
import { counted, fail, pass, skip, warn } from './outcome';

export interface ConnectivitySubject {
  services: readonly Service[];
}

/**
 * Tries every declared service once, all at the same time: `tcp://` must take a connection, `http(s)://` must answer a
 * GET with 2xx or 3xx, each within its own timeout. A critical service that does not answer fails, another one warns.
 */
export const connectivityCheck = (): Check<ConnectivitySubject> => ({
  name: 'connectivity',
  tool: 'node',
  version: process.versions.node,
  timeLimit: 120_000,
  async run({ services }, signal) {
    if (services.length === 0) return skip('no service is declared');
    const problems = await Promise.all(services.map((service) => probe(service, signal)));
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
async function probe({ url: text, timeout }: Service, signal: AbortSignal): Promise<string | null> {
  const url = new URL(text);
  const late = AbortSignal.timeout(timeout);
  const either = AbortSignal.any([signal, late]);
  const problem = await (url.protocol === 'tcp:' ? probeTcp(url, either) : probeHttp(url, either));
  return problem !== null && late.aborted ? `no answer within ${formatDuration(timeout)}` : problem;
}

function probeTcp(url: URL, signal: AbortSignal): Promise<string | null> {
  return new Promise((settle) => {
    if (url.port === '') {
      settle('the URL names no port');
      return;
    }
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port), signal });
    socket.on('error', (error) => settle(error.message));
    socket.once('connect', () => {
      socket.destroy();
      settle(null);
    });
  });
}

function probeHttp(url: URL, signal: AbortSignal): Promise<string | null> {
  return new Promise((settle) => {
    const get = url.protocol === 'https:' ? httpsGet : httpGet;
    const request = get(url, { signal, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      settle(status >= 200 && status < 400 ? null : `answered with status ${status}`);
    });
    request.on('error', (error) => settle(error.message));
  });
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  if (url.password === '') return text;
  url.password = '***';
  return url.href;
}
