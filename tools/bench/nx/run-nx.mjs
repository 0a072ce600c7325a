import { spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * Runs a target as on a terminal of its own, and answers how long it took, and how much time of a processor nx and its
 * tasks took (the shell says so), which does not depend on what else the machine does. Without a daemon: nothing stays.
 */
export function runNx(root, target) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(NX_|SLUICE_|npm_|NODE_OPTIONS|CI$)/.test(name));
  const env = { ...Object.fromEntries(kept), NX_DAEMON: 'false', NX_TUI: 'false' };
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const command = [process.execPath, join(root, 'node_modules/.bin/nx'), 'run', target];
    const nx = spawn('sh', ['-c', '"$@"; code=$?; times >&3; exit $code', 'sh', ...command], {
      ...{ cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
    });
    let text = '';
    let times = '';
    nx.stdio[3].setEncoding('utf8').on('data', (part) => (times += part));
    for (const stream of [nx.stdout, nx.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
    nx.on('error', reject);
    nx.on('close', (code) => {
      const took = performance.now() - begun;
      if (code === 0) resolve({ took, processor: processorTime(times), text });
      else reject(new Error(`nx run ${target} ended with ${code}:\n${text}`));
    });
  });
}

/** Of the children, in the second line: `0m1.230s 0m0.210s`. */
function processorTime(times) {
  const [, children = ''] = times.trim().split('\n');
  return [...children.matchAll(/(\d+)m([\d.,]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds.replace(',', '.'))) * 1000,
    0,
  );
}
