// One pass-through proxy in a process of its own: node proxies.mjs <name> <upstream port> <a file beside the libraries>.
// Reports its port to its parent.
import { Agent, createServer } from 'node:http';
import { createRequire } from 'node:module';

const [name, upstreamPort, beside] = process.argv.slice(2);
const library = createRequire(beside);

const hop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade', 'expect']);

function endToEnd(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toString('latin1');
    if (!hop.has(name.toLowerCase())) kept.push(name, raw[i + 1].toString('latin1'));
  }
  return kept;
}

function listen(server) {
  server.listen(0, '127.0.0.1', () => process.send?.(server.address().port));
}

const proxies = {
  async undici(upstream) {
    const { Pool } = createRequire(import.meta.resolve('@sluice/host/package.json'))('undici');
    const pool = new Pool(upstream, { pipelining: 1 });
    listen(
      createServer((req, res) => {
        let control;
        res.on('close', () => {
          if (!res.writableFinished) control?.abort(new Error('client left'));
        });
        const hasBody =
          req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
        pool.dispatch(
          { path: req.url, method: req.method, headers: endToEnd(req.rawHeaders), body: hasBody ? req : null },
          {
            onRequestStart(controller) {
              control = controller;
              res.on('drain', () => controller.resume());
            },
            onResponseStart(controller, status, _headers, message) {
              res.writeHead(status, message, endToEnd(controller.rawHeaders));
            },
            onResponseData(controller, chunk) {
              if (!res.write(chunk)) controller.pause();
            },
            onResponseEnd() {
              res.end();
            },
            onResponseError() {
              res.destroy();
            },
          },
        );
      }),
    );
  },

  async 'http-proxy-3'(upstream) {
    const { createProxyServer } = library('http-proxy-3');
    const proxy = createProxyServer({ target: upstream, agent: new Agent({ keepAlive: true }), xfwd: true });
    proxy.on('error', (_error, _req, res) => res.destroy());
    listen(createServer((req, res) => proxy.web(req, res)));
  },

  async 'reply-from'(upstream) {
    const app = library('fastify')();
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    app.register(library('@fastify/reply-from'), { base: upstream });
    app.all('/*', (_request, reply) => reply.from());
    await app.listen({ port: 0, host: '127.0.0.1' });
    process.send?.(app.server.address().port);
  },
};

await proxies[name](`http://127.0.0.1:${upstreamPort}`);
process.on('disconnect', () => process.exit(0));
