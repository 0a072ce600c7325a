import type { LockedPackage } from './npm-lockfile';
import { pruneNpmLockfile } from './npm-pruning';

const at = (version: string, more: LockedPackage = {}): LockedPackage => ({ version, ...more });
const needs = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '*']));

/** The pruned lockfile of `apps/app`, whose own entry is what is stated; versions (or the end of a link) by path. */
function prune(app: LockedPackage, packages: Record<string, LockedPackage>) {
  const lockfile = { lockfileVersion: 3, packages: { '': {}, 'apps/app': app, ...packages } };
  const pruned = pruneNpmLockfile(lockfile, 'apps/app', { name: 'app', version: '1.0.0', ...app });
  const { '': _root, ...rest } = pruned.lockfile.packages;
  return {
    ...pruned,
    all: pruned.lockfile.packages,
    layout: Object.fromEntries(
      Object.entries(rest).map(([path, { version, resolved, link }]) => [path, link ? `-> ${resolved}` : version]),
    ),
  };
}

describe('the pruned package-lock.json', () => {
  it('holds what is depended on, and what that depends on, and nothing else', () => {
    const { layout } = prune(
      { dependencies: needs('a') },
      {
        'node_modules/a': at('1.0.0', { dependencies: needs('b') }),
        'node_modules/b': at('1.0.0'),
        'node_modules/jest': at('30.0.0', { dev: true, dependencies: needs('b') }),
      },
    );
    expect(layout).toEqual({ 'node_modules/a': '1.0.0', 'node_modules/b': '1.0.0' });
  });

  it('takes the version that the project finds, whatever the range would allow', () => {
    const { layout } = prune(
      { dependencies: needs('a') },
      { 'node_modules/a': at('2.0.0'), 'apps/app/node_modules/a': at('1.0.0') },
    );
    expect(layout).toEqual({ 'node_modules/a': '1.0.0' });
  });

  it('leaves everybody the version that they had when the project has another than the workspace', () => {
    const { layout } = prune(
      { dependencies: needs('a', 'b', 'c') },
      {
        'apps/app/node_modules/a': at('1.0.0'),
        'node_modules/a': at('2.0.0', { dependencies: needs('d') }),
        'node_modules/b': at('1.0.0', { dependencies: needs('a', 'd') }),
        'node_modules/b/node_modules/d': at('0.1.0'),
        'node_modules/c': at('1.0.0'),
        'node_modules/d': at('9.0.0'),
      },
    );
    expect(layout).toEqual({
      'node_modules/a': '1.0.0',
      'node_modules/b': '1.0.0',
      'node_modules/b/node_modules/a': '2.0.0',
      'node_modules/b/node_modules/a/node_modules/d': '9.0.0', // 0.1.0 is nearer here than it was
      'node_modules/b/node_modules/d': '0.1.0',
      'node_modules/c': '1.0.0',
    });
  });

  it('keeps one copy of what packages share, so that they go on sharing it', () => {
    const { layout } = prune(
      { dependencies: needs('@acme/one', 'two') },
      {
        'node_modules/@acme/one': { resolved: 'libs/one', link: true },
        'libs/one': at('1.0.0', { dependencies: needs('react', 'old') }),
        'libs/one/node_modules/old': at('1.0.0', { dependencies: needs('react') }),
        'node_modules/old': at('2.0.0', { dependencies: needs('react') }),
        'node_modules/two': at('1.0.0', { dependencies: needs('old'), peerDependencies: needs('react') }),
        'node_modules/react': at('19.0.0'),
      },
    );
    expect(layout).toEqual({
      'node_modules/@acme/one': '-> workspace_modules/@acme/one',
      'node_modules/old': '2.0.0',
      'node_modules/react': '19.0.0',
      'node_modules/two': '1.0.0',
      'workspace_modules/@acme/one': '1.0.0',
      'workspace_modules/@acme/one/node_modules/old': '1.0.0',
    });
  });

  it('takes packages of the workspace with what they need, each once, without what they are developed with', () => {
    const { layout, locals, specs } = prune(
      { dependencies: { '@acme/one': '^1.0.0', two: '*' } },
      {
        'node_modules/@acme/one': { resolved: 'libs/one', link: true },
        'node_modules/two': { resolved: 'libs/two', link: true },
        'libs/one': at('1.0.0', { dependencies: needs('two'), devDependencies: needs('jest') }),
        'libs/two': at('1.0.0', { dependencies: needs('a') }),
        'node_modules/a': at('1.0.0'),
        'node_modules/jest': at('30.0.0', { dev: true }),
      },
    );
    expect(layout).toEqual({
      'node_modules/@acme/one': '-> workspace_modules/@acme/one',
      'node_modules/a': '1.0.0',
      'node_modules/two': '-> workspace_modules/two',
      'workspace_modules/@acme/one': '1.0.0',
      'workspace_modules/two': '1.0.0',
    });
    expect(specs).toEqual({ '@acme/one': 'file:workspace_modules/@acme/one', two: 'file:workspace_modules/two' });
    expect(locals.map(({ from, to, specs }) => [from, to, specs])).toEqual([
      ['libs/one', 'workspace_modules/@acme/one', { two: 'file:../../two' }],
      ['libs/two', 'workspace_modules/two', {}],
    ]);
  });

  it('takes a tarball of the workspace along', () => {
    const { all, locals } = prune(
      { dependencies: { a: 'file:../../vendor/a-1.0.0.tgz' } },
      { 'node_modules/a': at('1.0.0', { resolved: 'file:vendor/a-1.0.0.tgz' }) },
    );
    expect(all['']?.dependencies).toEqual({ a: 'file:workspace_modules/a-1.0.0.tgz' });
    expect(all['node_modules/a']?.resolved).toBe('file:workspace_modules/a-1.0.0.tgz');
    expect(locals).toMatchObject([{ from: 'vendor/a-1.0.0.tgz', to: 'workspace_modules/a-1.0.0.tgz' }]);
  });

  it.each<[string, LockedPackage, boolean]>([
    ['a peer', { peerDependencies: needs('p') }, true],
    ['an optional peer', { peerDependencies: needs('p'), peerDependenciesMeta: { p: { optional: true } } }, false],
    ['an optional dependency', { optionalDependencies: needs('p') }, true],
  ])('decides by its kind whether %s is shipped', (_, kind, isShipped) => {
    const { layout } = prune(
      { dependencies: needs('a') },
      { 'node_modules/a': at('1.0.0', kind), 'node_modules/p': at('1.0.0') },
    );
    expect('node_modules/p' in layout).toBe(isShipped);
  });

  it('says nothing of a development that the packages were a part of', () => {
    const { all } = prune(
      { dependencies: needs('a', 'b') },
      {
        'node_modules/a': at('1.0.0', { dev: true, peer: true }),
        'node_modules/b': at('1.0.0', { devOptional: true }),
      },
    );
    expect(all['node_modules/a']).toEqual({ version: '1.0.0' });
    expect(all['node_modules/b']).toEqual({ version: '1.0.0', optional: true });
  });

  it('does not mind packages that depend on each other, nor optional ones that are not there', () => {
    const { layout } = prune(
      { dependencies: needs('a'), optionalDependencies: needs('fsevents') },
      {
        'node_modules/a': at('1.0.0', { dependencies: needs('b') }),
        'node_modules/b': at('1.0.0', { dependencies: needs('a') }),
      },
    );
    expect(layout).toEqual({ 'node_modules/a': '1.0.0', 'node_modules/b': '1.0.0' });
  });

  it('refuses what is not locked', () => {
    expect(() => prune({ dependencies: needs('a') }, {})).toThrow('the lockfile has no a, on which app depends');
  });
});
