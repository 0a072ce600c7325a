import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findModules, linkTree } from './link-tree';
import { killAll } from './processes';

/** A clone of this repository in a folder of its own, whose example app has free ports. */
export interface Workspace {
  root: string;
  /** Of production and staging. */
  ports: { production: number; staging: number };
  url: string;
  /** A file of the workspace. */
  path(...names: string[]): string;
  read(file: string): string;
  /** Replaces a file; its folder must be there. */
  write(file: string, text: string): void;
  git(...args: string[]): string;
  /** Commits everything. */
  commit(message: string): void;
  /** Ends every process of the workspace and removes its files. */
  dispose(): Promise<void>;
}

/** The folder of this test run, and what every workspace is a copy of. */
export function testFolder(): string {
  const folder = process.env['SLUICE_E2E'];
  if (folder === undefined) throw new Error('e2e/support/make-template.ts did not run');
  return folder;
}

const settingsFile = 'examples/app/sluice.json';

/** `settings` are merged over the app's `sluice.json`, one level deep. */
export async function cloneWorkspace(settings: Record<string, object> = {}): Promise<Workspace> {
  const workspace = await emptyWorkspace();
  const template = join(testFolder(), 'template');
  const filter = (source: string) => !source.endsWith('/node_modules');
  cpSync(template, workspace.root, { recursive: true, verbatimSymlinks: true, filter });
  for (const modules of findModules(template)) await linkTree(join(template, modules), workspace.path(modules));
  const { staging, production } = workspace.ports;
  const given = JSON.parse(workspace.read(settingsFile)) as Record<string, object>;
  const merged = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, { ...given[key], ...value }]));
  const environments = { staging: { port: staging }, production: { port: production } };
  workspace.write(settingsFile, JSON.stringify({ ...given, ...merged, environments }, null, 2));
  execFileSync(process.execPath, [workspace.path('node_modules/.bin/prettier'), '--write', settingsFile], {
    cwd: workspace.root,
  });
  workspace.git('init', '--quiet', '--initial-branch=main');
  workspace.commit('The workspace');
  return workspace;
}

/** Nothing in it yet. */
export async function emptyWorkspace(): Promise<Workspace> {
  const root = mkdtempSync(join(testFolder(), 'w-'));
  const ports = { production: await freePort(), staging: await freePort() };
  const path = (...names: string[]) => join(root, ...names);
  const identity = ['user.name=Tester', 'user.email=tester@example.com', 'commit.gpgsign=false'].flatMap((set) => [
    '-c',
    set,
  ]);
  const git = (...args: string[]) => execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' });
  return {
    root,
    ports,
    url: `http://127.0.0.1:${ports.production}`,
    path,
    read: (file) => readFileSync(path(file), 'utf8'),
    write: (file, text) => writeFileSync(path(file), text),
    git,
    commit(message) {
      git('add', '--all');
      git('commit', '--quiet', '--message', message);
    },
    async dispose() {
      await killAll(root);
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** The system hands them out in turn, so that two calls give two ports. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
