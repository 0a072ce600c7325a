import type { ProjectGraph } from '@nx/devkit';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { contentFilter, contentPaths } from './content-paths';

/** Projects (name -> root) and what each depends on. */
function graphOf(roots: Record<string, string>, dependencies: Record<string, string[]> = {}): ProjectGraph {
  return {
    nodes: Object.fromEntries(
      Object.entries(roots).map(([name, root]) => [name, { name, type: 'app', data: { root } }] as const),
    ),
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([source, targets]) => [
        source,
        targets.map((target) => ({ source, target, type: 'static' })),
      ]),
    ),
  };
}

const shop = graphOf(
  { app: 'apps/app', lib: 'libs/lib', deep: 'libs/deep', other: 'apps/other' },
  { app: ['lib', 'npm:zod'], lib: ['deep'], deep: ['lib'] },
);

afterEach(removeWorkspaces);

describe('the content of a project', () => {
  it('is its root, those of all that it depends on, and the shared files that exist', () => {
    const root = scratchWorkspace({ 'package.json': {}, 'pnpm-lock.yaml': '', 'nx.json': {}, 'README.md': '' });

    expect(contentPaths(shop, 'app', root)).toEqual([
      'apps/app',
      'libs/deep',
      'libs/lib',
      'nx.json',
      'package.json',
      'pnpm-lock.yaml',
    ]);
  });

  it.each([
    ['apps/app/src/main.ts', true],
    ['apps/app/.env', true],
    ['libs/deep/index.ts', true],
    ['package-lock.json', true],
    ['apps/other/src/main.ts', false],
    ['apps/app-two/src/main.ts', false],
    ['README.md', false],
    ['apps/app/.taskmaster/DEPLOYMENT_REPORT.md', false],
    ['apps/app/logs/deployment-canary.log', false],
    ['apps/app/.sluice/state', false],
    ['apps/app/src/logs/index.ts', true],
    ['libs/lib/logs/index.ts', true],
  ])('of a project in a folder: %s is %s', (path, expected) => {
    expect(contentFilter(shop, 'app')(path)).toBe(expected);
  });

  it.each([
    ['src/main.ts', true],
    ['.taskmaster/tasks.json', false],
    ['logs/deployment-canary.log', false],
    ['docs/logs/a.md', true],
    ['tools/gen/index.ts', false],
  ])('of a project at the root: %s is %s', (path, expected) => {
    expect(contentFilter(graphOf({ one: '.', gen: 'tools/gen' }), 'one')(path)).toBe(expected);
  });

  it('leaves out a project inside the project, as Nx does', () => {
    const nested = graphOf({ outer: 'apps/outer', inner: 'apps/outer/inner' }, { other: ['inner'] });

    expect(contentFilter(nested, 'outer')('apps/outer/inner/a.ts')).toBe(false);
    expect(contentFilter(nested, 'inner')('apps/outer/inner/a.ts')).toBe(true);
  });

  it('takes no project that the graph does not know', () => {
    expect(() => contentFilter(shop, 'nobody')).toThrow('no project nobody in the graph');
  });
});
