// Builds every package into its dist. `--types` adds the declarations, which only publishing needs: inside the
// workspace the compiler, lint and jest read sources. Not through nx, for nx cannot start before its plugin is built.
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/** Runs a Node script; answers whether it succeeded. Its output goes to ours. */
function run(name, cwd, script, ...args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [script, ...args], { cwd, stdio: 'inherit' });
    child.on('close', (code) => {
      if (code !== 0) console.error(`build: ${name} failed`);
      done(code === 0);
    });
  });
}

const packages = readdirSync(join(root, 'packages'));
for (const name of packages) rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });

const tsup = join(resolve('tsup/package.json'), '../dist/cli-default.js');
const builds = packages.map((name) => run(name, join(root, 'packages', name), tsup));
if (process.argv.includes('--types')) {
  builds.push(run('declarations', root, resolve('typescript/bin/tsc'), '--build', 'tsconfig.build.json'));
}
process.exitCode = (await Promise.all(builds)).every(Boolean) ? 0 : 1;
