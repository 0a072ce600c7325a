import type { ProjectGraph } from '@nx/devkit';
import { contentFilter } from './content-paths';

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

describe('the content of a project', () => {
  it.each([
    ['apps/app/src/main.ts', true],
    ['apps/app/.env', true],
    ['libs/deep/index.ts', true],
    ['package-lock.json', true],
    ['.npmrc', true],
    ['babel.config.js', true],
    ['tools/babel.config.js', false],
    ['apps/babel.config.js', false],
    ['apps/other/src/main.ts', false],
    ['apps/app-two/src/main.ts', false],
    ['README.md', false],
    ['LICENSE', false],
    ['LICENSE-MIT.txt', false],
    ['apps/app/README.md', true],
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
    ['README.md', true],
    ['.taskmaster/tasks.json', false],
    ['logs/deployment-canary.log', false],
    ['docs/logs/a.md', true],
    ['tools/gen/index.ts', false],
  ])('of a project at the root: %s is %s', (path, expected) => {
    expect(contentFilter(graphOf({ one: '.', gen: 'tools/gen' }), 'one')(path)).toBe(expected);
  });

  it('of a project in a folder has the files of the root for themselves, not those of a project there', () => {
    const isContent = contentFilter(graphOf({ app: 'apps/app', top: '.' }), 'app');

    expect(isContent('jest.preset.js')).toBe(true);
    expect(isContent('src/main.ts')).toBe(false);
  });

  it('takes no link and no submodule at the root for a file there', () => {
    expect(contentFilter(shop, 'app')('config', false)).toBe(false);
    expect(contentFilter(shop, 'app')('apps/app/config', false)).toBe(true);
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
