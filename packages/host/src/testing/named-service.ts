/** Answers with its name; half of the answers are errors where it is told so. */
export const namedService = `
const { createServer } = require('node:http');
const { NAME, FAULT, PORT, HOST } = process.env;
setTimeout(() => process.exit(9), 300_000).unref(); // should a test forget it
let count = 0;
createServer((request, response) => {
  if (request.url !== '/healthz' && FAULT && count++ % 2) response.statusCode = 500;
  response.end(NAME);
}).listen(Number(PORT), HOST);
`;
