import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { freePort, type Workspace } from './workspace';

/** A service of one file, which answers with its name; built by a script that notes where it was built. */
export interface TinyService {
  project: string;
  /** Of production. */
  url: string;
  /** Replaces its code: what it answers, and whether it fails where it is in production. */
  say(answer: string, isBad?: boolean): void;
}

const codeOf = (answer: string, isBad: boolean) => `const { createServer } = require('node:http');
const server = createServer((request, response) => {
  response.statusCode = ${isBad} && process.env.WHERE === 'production' && request.url !== '/healthz' ? 500 : 200;
  response.end('${answer}');
});
server.listen(Number(process.env.PORT));
process.on('SIGTERM', () => server.close());
`;

const buildOf = (log: string) => `const { appendFileSync, cpSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
execFileSync(process.execPath, ['--check', 'main.cjs'], { stdio: 'inherit' });
cpSync('main.cjs', 'dist/main.cjs');
appendFileSync(${JSON.stringify(log)}, process.cwd() + '\\n');
`;

/** Where each build of a tiny service noted its folder, a line each. */
export const buildsLog = ({ path }: Workspace): string => path('tmp/builds.log');

export async function addTinyService(workspace: Workspace, project: string): Promise<TinyService> {
  const ports = { staging: await freePort(), production: await freePort() };
  const write = (name: string, content: string | object) => {
    const file = `services/${project}/${name}`;
    mkdirSync(dirname(workspace.path(file)), { recursive: true });
    workspace.write(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  };
  const say = (answer: string, isBad = false) => write('main.cjs', codeOf(answer, isBad));
  mkdirSync(workspace.path('tmp'), { recursive: true });
  say(project);
  write('build.cjs', buildOf(buildsLog(workspace)));
  write('project.json', {
    name: project,
    targets: {
      build: { command: 'node build.cjs', options: { cwd: '{projectRoot}' }, outputs: ['{projectRoot}/dist'] },
    },
  });
  write('sluice.json', {
    runtime: { command: ['node', 'main.cjs'], health: { path: '/healthz', interval: '200ms' } },
    environments: {
      staging: { port: ports.staging },
      production: { port: ports.production, env: { WHERE: 'production' } },
    },
    worktree: { install: 'never' },
    load: { warmup: '0s', duration: '1s', connections: 1, rate: 50 },
    readiness: { targets: [], allowNoTests: true, minScore: 0 },
    staging: { soak: '1s' },
    canary: {
      ...{ method: 'threshold', duration: '2s', interval: '500ms', synthetic: { rate: 50 } },
      threshold: { minRequests: 1, consecutiveErrorLimit: 60 },
    },
    production: { steps: [100], stepDuration: '1s' },
  });
  return { project, url: `http://127.0.0.1:${ports.production}/`, say };
}
