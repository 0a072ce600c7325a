import { join } from 'node:path';
import { digestFolder } from '@sluice/adapters/files';
import type { ProjectGraph } from '@nx/devkit';
import { assemble } from './assemble';
import { plant, removePlanted } from './assembly/testing/workspace';

afterEach(removePlanted);

/** The digest of a service at the top of its workspace that has no build. */
async function digestOf(files: Record<string, unknown>): Promise<string> {
  const worktree = plant({ 'main.js': '1', ...files });
  const graph: ProjectGraph = { nodes: {}, dependencies: {} };
  const signal = new AbortController().signal;
  const built = { worktree, project: 'app', projectRoot: '.', output: join(worktree, '.'), graph, signal };
  const assembled = await assemble({ ...built, say: () => undefined });
  try {
    return await digestFolder(assembled.folder);
  } finally {
    await assembled.release();
  }
}

describe('a service that is its own output, at the top of its workspace', () => {
  it.each([
    ['.taskmaster/DEPLOYMENT_REPORT.md'],
    ['.taskmaster/.signals/phase6-complete.json'],
    ['logs/deployment-canary.log'],
    ['.git'],
    ['.sluice/audit.jsonl'],
  ])('is the same release with %s', async (file) => {
    expect(await digestOf({ [file]: 'x' })).toBe(await digestOf({}));
  });

  it.each([['lib.js'], ['src/logs/x.js'], ['node_modules/x/index.js']])('is another release with %s', async (file) => {
    expect(await digestOf({ [file]: 'x' })).not.toBe(await digestOf({}));
  });
});
