import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { json, type Answer } from './routes';

/** Answers GET and HEAD. */
export type Route = (query: URLSearchParams) => Answer | Promise<Answer>;

export interface ServerSettings {
  /** By path. */
  routes: ReadonlyMap<string, Route>;
  /** Sent with every answer. */
  headers: Record<string, string>;
  /** Called before each answer is sent. A path that no route serves counts as route `other`. */
  observe(route: string, status: number, seconds: number): void;
  log(line: string): void;
}

/** In ms. */
export interface StopLimits {
  idle?: number;
  patience?: number;
}

/** An HTTP server that loses no request when it stops. */
export class HttpServer {
  readonly #server: Server;
  #stopping = false;

  constructor(private readonly settings: ServerSettings) {
    this.#server = createServer((request, response) => void this.#respond(request, response));
    // longer than proxies keep an idle connection: the side that sends requests should be the one that closes
    this.#server.keepAliveTimeout = 75_000;
  }

  /** Resolves with the port that it listens on; `port` 0 takes any free one. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /**
   * Accepts no more connections, and resolves when those that there are have closed: each with its next answer, after
   * `idle` ms if it has nothing to answer, after `patience` ms in any case.
   */
  stop({ idle = 200, patience = 4_000 }: StopLimits = {}): Promise<void> {
    this.#stopping = true;
    return new Promise((resolve, reject) => {
      const timers = [
        setTimeout(() => this.#server.closeIdleConnections(), idle),
        setTimeout(() => this.#server.closeAllConnections(), patience),
      ];
      // not http's own `close`: it cuts idle connections at once, and with them what a proxy is just sending on one
      NetServer.prototype.close.call(this.#server, (error) => {
        timers.forEach(clearTimeout);
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const url = parseUrl(request.url);
    const { status, type, body, headers } = await this.#answer(request.method ?? 'GET', url);

    const route = url !== undefined && this.settings.routes.has(url.pathname) ? url.pathname : 'other';
    this.settings.observe(route, status, (performance.now() - started) / 1000);

    // the last answer on a connection says so, else the proxy would send another request
    if (this.#stopping) response.shouldKeepAlive = false;
    response.writeHead(status, {
      ...this.settings.headers,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      ...headers,
    });
    response.end(body);
  }

  async #answer(method: string, url: URL | undefined): Promise<Answer> {
    if (url === undefined) return json(400, { error: 'this is no URL' });
    const route = this.settings.routes.get(url.pathname);
    if (route === undefined) return json(404, { error: `there is nothing at ${url.pathname}` });
    if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'GET or HEAD only' }, { allow: 'GET, HEAD' });
    try {
      return await route(url.searchParams);
    } catch (error) {
      this.settings.log(`error: ${method} ${url.pathname}: ${error instanceof Error ? error.message : String(error)}`);
      return json(500, { error: 'internal error' });
    }
  }
}

function parseUrl(url = '/'): URL | undefined {
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost') : undefined;
}
