import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckOutcome, Surroundings } from '@sluice/core';
import { findComposeFile, openCompose, type ComposeFile } from '@sluice/adapters/compose';

/** What runs in a container: the last argument says what it is. */
export const programText = `
const net = require('node:net');
const kind = process.argv[2];
const answer = (port, reply) => net.createServer((socket) => {
  socket.on('error', () => undefined).on('data', () => socket.write(reply));
}).listen(port);
console.log(kind + ' begins');
process.on('SIGTERM', () => process.exit(0)); // process 1 of a container ignores it otherwise
if (kind === 'db') answer(5432, 'ready');
if (kind === 'cache') answer(6379, '+PONG\\r\\n');
if (kind === 'ask') net.connect(5432).on('connect', () => process.exit(0)).on('error', () => process.exit(1));
if (kind === 'sick') process.exit(1);
if (kind === 'migrate') console.log('3 tables made');
if (kind === 'broken') { console.error('no such column'); process.exit(1); }
if (kind === 'idle') setInterval(() => undefined, 1000);
if (kind === 'built') { console.log(require('/text.js')); setInterval(() => undefined, 1000); }
`;

/** A service of a Compose file that runs the program as this kind. */
export const service = (kind: string, more: object = {}): object => ({
  image: 'sluice-node:test',
  command: ['/srv/program.js', kind],
  volumes: ['./srv:/srv:ro'],
  ...more,
});

export const healthcheck = (kind: string): object => ({
  healthcheck: { test: ['CMD', '/bin/node', '/srv/program.js', kind], interval: '500ms', retries: 2 },
});

export interface Place {
  root: string;
  /** The folder of the project, in the main checkout. */
  folder: string;
}

const made: string[] = [];

/** A project with this Compose file (JSON is YAML). */
export function composeProject(services: Record<string, object>, more: object = {}): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-compose-test-')));
  made.push(root);
  const folder = join(root, 'app');
  mkdirSync(join(folder, 'srv'), { recursive: true });
  mkdirSync(join(folder, 'unbuildable'));
  writeFileSync(join(folder, 'unbuildable/Dockerfile'), 'FROM localhost:1/nowhere:1\n');
  writeFileSync(join(folder, 'srv/program.js'), programText);
  const place = { root, folder };
  writeComposeFile(place, services, more);
  return place;
}

export const composeText = (services: Record<string, object>, more: object = {}): string =>
  JSON.stringify({ version: '3.8', services, ...more });

export const writeComposeFile = ({ folder }: Place, services: Record<string, object>, more?: object): void =>
  writeFileSync(join(folder, 'docker-compose.yml'), composeText(services, more));

export function removeProjects(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
}

export async function fileOf({ root }: Place, checkout = root): Promise<ComposeFile> {
  const file = await findComposeFile({ root, checkout, projectRoot: 'app' });
  if (!file) throw new Error('there is no Compose file');
  return file;
}

export interface Up {
  outcome: CheckOutcome;
  around: Surroundings;
  said: string[];
}

export interface UpOptions {
  app?: string[];
  project?: string;
  timeout?: number;
  signal?: AbortSignal;
}

export async function bringUp(place: Place, options: UpOptions = {}): Promise<Up> {
  const { app = [], project = 'app', timeout = 60_000, signal = new AbortController().signal } = options;
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const file = await fileOf(place);
  const around = await openCompose({ root: place.root, project, file, app, timeout, say }, signal);
  return { outcome: await around.converge(signal), around, said };
}
