// The service behind every proxy: node upstream.mjs <release>. 1 KB of JSON for GET, an echo for POST.
import { createServer } from 'node:http';

const release = process.argv[2] ?? 'upstream';
const body = JSON.stringify({ text: 'x'.repeat(1000) });

const server = createServer((req, res) => {
  res.setHeader('x-release', release);
  if (req.method === 'POST') {
    res.writeHead(200, { 'content-type': 'application/octet-stream' });
    req.pipe(res);
    return;
  }
  res.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'set-cookie': ['a=1', 'b=2'],
  });
  res.end(body);
});

server.listen(0, '127.0.0.1', () => process.send?.(server.address().port));
process.on('disconnect', () => process.exit(0));
