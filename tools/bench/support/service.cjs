// The service that the benchmark deploys: named by its environment, a fifth of its requests answered late.
const { createServer } = require('node:http');
const { NAME, FAULT, ABRUPT, PORT, HOST } = process.env;

setTimeout(() => process.exit(9), 45 * 60_000).unref(); // should the benchmark be killed

let slow = 0;
const server = createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok');
  console.log(`request ${Date.now()}`);
  request.resume();
  response.setHeader('x-release', NAME);
  response.setHeader('content-type', 'text/plain');
  if (FAULT) response.statusCode = 500;
  const body = `${NAME} `.repeat(100);
  if (request.url === '/slow') setTimeout(() => response.end(body), 200 + ((slow++ * 37) % 301));
  else response.end(body);
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => {
  if (ABRUPT) process.exit(0);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
