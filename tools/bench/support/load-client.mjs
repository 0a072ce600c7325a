import { Agent, request } from 'node:http';

const answerTime = 10_000;
/** Most requests at the same time; those that are due beyond that are sent late, which `latest` shows. */
const mostOpen = 400;
const tick = 5;
const releaseless = 'no release';

/**
 * The same mix for every run, of each 20 requests: 4 slow ones, 4 with a body, which no proxy may repeat, and 2 on a
 * fresh connection; the others on kept ones.
 */
const requestOf = (index) => ({
  path: index % 5 === 0 ? '/slow' : '/',
  body: index % 5 === 2 || index % 10 === 0 ? 'x'.repeat(500) : null,
  fresh: index % 10 === 3,
});

/**
 * Sends requests at a fixed rate, whatever becomes of them, until it is told to stop; `atMost` of them. Every one ends as
 * answered (2xx, whole, and with the name of its release) or as failed.
 */
export function startLoad(url, { rate, atMost }) {
  const agent = new Agent({ keepAlive: true });
  const tally = { sent: 0, answered: {}, failed: {}, latest: 0 };
  const add = (table, key) => (table[key] = (table[key] ?? 0) + 1);
  const began = performance.now();
  let open = 0;
  let most = atMost;
  let settle;
  const ended = new Promise((resolve) => (settle = resolve));

  function send(index) {
    const { path, body, fresh } = requestOf(index);
    let over = false;
    const end = (table, key) => {
      if (over) return;
      over = true;
      add(table, key);
      open -= 1;
      if (open === 0 && tally.sent >= most) settle();
    };
    const options = {
      agent: fresh ? false : agent,
      method: body ? 'POST' : 'GET',
      headers: { ...(body ? { 'content-length': body.length } : {}), ...(fresh ? { connection: 'close' } : {}) },
    };
    const sent = request(new URL(path, url), options, (response) => {
      const { statusCode, headers } = response;
      const release = headers['x-release'] ?? releaseless;
      response.resume().on('error', () => undefined);
      response.on('close', () => {
        clearTimeout(timer);
        if (!response.complete) end(tally.failed, `broken off by ${release}`);
        else if (statusCode >= 300 || release === releaseless) end(tally.failed, `${statusCode} of ${release}`);
        else end(tally.answered, release);
      });
    });
    const timer = setTimeout(() => sent.destroy(new Error('timeout')), answerTime);
    sent.on('error', (error) => {
      clearTimeout(timer);
      end(tally.failed, error.code ?? error.message);
    });
    sent.end(body);
  }

  const timer = setInterval(() => {
    const elapsed = performance.now() - began;
    const due = Math.min(most, Math.floor((elapsed / 1000) * rate));
    for (; tally.sent < due && open < mostOpen; open += 1) {
      tally.latest = Math.max(tally.latest, elapsed - (tally.sent / rate) * 1000);
      send(tally.sent++);
    }
    if (tally.sent >= most) {
      clearInterval(timer);
      if (open === 0) settle();
    }
  }, tick);

  return {
    tally,
    /** Sends no more, and resolves when every request has ended. */
    async stop() {
      most = tally.sent;
      await ended;
      agent.destroy();
      return tally;
    },
  };
}

export const total = (table) => Object.values(table).reduce((sum, count) => sum + count, 0);
