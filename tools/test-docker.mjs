// npm run test:docker: starts a container engine of its own, runs the tests of docker/ against it, stops and removes it again.
// Engine and tests live in a network namespace that has nothing but its loopback and the engine's bridges: published ports are
// reached from inside, and no other host is. Images are made of this machine's Node and its libraries, without a registry.
// Where it can't run it says skipped, and why; for root on Debian, who can install what is missing, that is a failure.
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'tmp/test-results/docker.json');
const isRoot = process.getuid?.() === 0;
const isDebian = existsSync('/etc/debian_version');

mkdirSync(dirname(results), { recursive: true });
rmSync(results, { force: true });

const needed = ['dockerd', 'docker', 'docker-compose', 'ip', 'nsenter', 'iptables', 'tar', 'ldd'];
const missing = needed.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
if (process.platform !== 'linux') skip('the engine is started in a network namespace, which only Linux has');
else if (!isRoot) skip('an engine is started by root only');
else if (missing.length > 0) skip(`${missing.join(', ')} not found: apt-get install docker.io docker-compose iproute2`);
else process.exitCode = await runAll();

function skip(reason) {
  const isFailure = isRoot && isDebian;
  console.log(`docker tests skipped: ${reason}${isFailure ? ' (root on Debian can run them: this is a failure)' : ''}`);
  writeFileSync(results, JSON.stringify({ passed: 0, failed: isFailure ? 1 : 0 }));
  process.exitCode = isFailure ? 1 : 0;
}

async function runAll() {
  const namespace = `sluice-test-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-docker-'));
  const host = `unix://${join(folder, 'engine.sock')}`;
  const inside = (command, ...args) => ['nsenter', [`--net=/run/netns/${namespace}`, command, ...args]];
  const env = { ...process.env, DOCKER_HOST: host, NX_DAEMON: 'false' };
  let engine = null;
  let tests = null;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      stop.abort();
      tests?.kill('SIGTERM');
    });
  }
  try {
    must('ip', ['netns', 'add', namespace]);
    must(...inside('ip', 'link', 'set', 'lo', 'up'));
    const places = ['--data-root', '--exec-root', '--pidfile'].flatMap((name) => [name, join(folder, name.slice(2))]);
    engine = spawn(...inside('dockerd', '--host', host, ...places), {
      stdio: ['ignore', 'ignore', openSync(join(folder, 'engine.log'), 'w')],
      detached: true, // Ctrl-C is for this script: it still needs the engine to clean up
    });
    await untilItAnswers(engine, env, folder, stop.signal);
    makeImage(env, folder);
    if (stop.signal.aborted) return 1;
    const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
    const select = ['--selectProjects', 'docker', '--runInBand', '--json', `--outputFile=${results}`];
    tests = spawn(...inside(process.execPath, jest, ...select, ...process.argv.slice(2)), {
      cwd: root,
      env,
      stdio: 'inherit',
    });
    return await new Promise((done) => tests.once('close', (code) => done(code ?? 1)));
  } catch (error) {
    console.error(`docker tests: ${error.message}`);
    return 1;
  } finally {
    await cleanUp({ engine, env, folder, namespace });
  }
}

function must(command, args, options = {}) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

async function untilItAnswers(engine, env, folder, signal) {
  for (const until = Date.now() + 60_000; ;) {
    if (spawnSync('docker', ['info'], { env, timeout: 10_000 }).status === 0) return;
    if (engine.exitCode !== null || Date.now() > until || signal.aborted) {
      throw new Error(`dockerd did not start:\n${readFileSync(join(folder, 'engine.log'), 'utf8').slice(-2000)}`);
    }
    await wait(250);
  }
}

/** The image `sluice-node:test`: this machine's Node, and the libraries that ldd names. */
function makeImage(env, folder) {
  const image = join(folder, 'image');
  const node = realpathSync(process.execPath);
  const libraries = spawnSync('ldd', [node], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? [];
  for (const path of libraries) cpSync(realpathSync(path), join(image, path));
  cpSync(node, join(image, 'bin/node'));
  mkdirSync(join(image, 'tmp'));
  const make = `tar -C ${image} -c . | docker import -c 'ENTRYPOINT ["/bin/node"]' - sluice-node:test`;
  must('sh', ['-c', make], { env });
  rmSync(image, { recursive: true });
}

/** Everything that was started ends, whatever came before. */
async function cleanUp({ engine, env, folder, namespace }) {
  if (engine) {
    spawnSync('sh', ['-c', 'docker ps -aq | xargs -r docker rm -f -v'], { env, timeout: 60_000 });
    const ended = new Promise((done) => (engine.exitCode === null ? engine.once('close', done) : done()));
    engine.kill('SIGTERM');
    await Promise.race([ended, wait(30_000, undefined, { ref: false })]);
    if (engine.exitCode === null) engine.kill('SIGKILL');
    endByFile(join(folder, 'exec-root/containerd/containerd.pid'));
  }
  spawnSync('ip', ['netns', 'delete', namespace]);
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n').reverse()) {
    const path = line.split(' ')[4];
    if (path?.startsWith(`${folder}/`)) spawnSync('umount', ['-l', path]);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The engine's own child, where that outlived it. */
function endByFile(file) {
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('containerd')) process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended, which is what is wanted
  }
}
