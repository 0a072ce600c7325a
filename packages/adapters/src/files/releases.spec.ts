import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseId, type EnvironmentRuntime, type ReleaseManifest } from '@sluice/core';
import { packArtifact } from './artifact';
import { releaseFolder, releasesFolder } from './paths';
import { createReleaseStore } from './releases';
import { errorOf, modeOf, plant, removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const project = '@acme/web';
const runtime: Record<string, EnvironmentRuntime> = {
  production: {
    command: ['node', 'main.js'],
    env: { A: 'b' },
    instances: 1,
    health: { path: '/healthz', interval: 1000, timeout: 2000, startTimeout: 60_000 },
    metrics: { path: '/metrics', dbConnections: 'db' },
    drain: 10_000,
  },
};

/** A release whose only file says `text`. */
async function build(text: string, more: Partial<ReleaseManifest> = {}) {
  const tarball = join(scratchFolder(), 'artifact.tar.gz');
  const { digest } = await packArtifact(plant(scratchFolder(), { 'main.js': text }), tarball);
  const identity = { artifact: digest, runtime, ...more };
  const id = releaseId(identity.artifact, identity.runtime);
  const manifest: ReleaseManifest = {
    version: 1,
    project,
    commit: 'c'.repeat(40),
    configuration: null,
    id,
    ...identity,
  };
  return { manifest, tarball, id };
}

describe('the release store', () => {
  it('knows no release at first', async () => {
    const store = createReleaseStore(scratchFolder());
    expect(await store.read(project, '1a2b3c4d5e6f')).toBeNull();
    expect(await store.list(project)).toEqual([]);
    expect(await store.prune(project, 5, [])).toEqual([]);
    expect(await store.verify(project, '1a2b3c4d5e6f')).toMatchObject({
      ok: false,
      reason: matching(/not on this machine/),
    });
  });

  it('keeps a release for its owner alone: its settings and files may hold secrets', async () => {
    const root = scratchFolder();
    const { manifest, tarball, id } = await build('one');
    await createReleaseStore(root).add(manifest, tarball);
    const folder = releaseFolder(root, project, id);
    expect([modeOf(folder), modeOf(join(folder, 'release.json'))]).toEqual([0o700, 0o600]);
    expect(modeOf(join(folder, 'files/main.js'))).toBe(0o644);
  });

  it('gives back the manifest and the files of a release', async () => {
    const root = scratchFolder();
    const store = createReleaseStore(root);
    const { manifest, tarball, id } = await build('one');
    await store.add(manifest, tarball);
    const found = await store.read(project, id);
    expect(found).toEqual({ manifest, folder: join(releaseFolder(root, project, id), 'files') });
    expect(readFileSync(join(found?.folder ?? '', 'main.js'), 'utf8')).toBe('one');
    expect(await store.verify(project, id)).toMatchObject({ ok: true });
    expect(readdirSync(releaseFolder(root, project, id)).sort()).toEqual(['files', 'release.json']);
  });

  it('lists the newest first; adding one again makes it the newest', async () => {
    const store = createReleaseStore(scratchFolder());
    const releases = [await build('one'), await build('two'), await build('three')];
    for (const { manifest, tarball } of releases) await store.add(manifest, tarball);
    const [one, two, three] = releases.map(({ id }) => id);
    expect((await store.list(project)).map(({ id }) => id)).toEqual([three, two, one]);
    await store.add((await build('one')).manifest, (await build('one')).tarball);
    expect((await store.list(project)).map(({ id }) => id)).toEqual([one, three, two]);
  });

  it('keeps the first manifest of a release', async () => {
    const store = createReleaseStore(scratchFolder());
    const first = await build('one');
    const later = await build('one', { commit: 'd'.repeat(40), configuration: 'next' });
    await store.add(first.manifest, first.tarball);
    await store.add(later.manifest, later.tarball);
    expect(later.id).toBe(first.id);
    expect(await store.list(project)).toEqual([first.manifest]);
  });

  it('stands ten that add the same release at once', async () => {
    const root = scratchFolder();
    const { manifest, tarball, id } = await build('one');
    await Promise.all(Array.from({ length: 10 }, () => createReleaseStore(root).add(manifest, tarball)));
    expect(await createReleaseStore(root).verify(project, id)).toMatchObject({ ok: true });
    expect(readdirSync(releaseFolder(root, project, id)).sort()).toEqual(['files', 'release.json']);
  });

  it.each<[string, (files: string) => void, RegExp]>([
    ['changed', (files) => writeFileSync(join(files, 'main.js'), 'evil'), /were changed/],
    ['added', (files) => writeFileSync(join(files, 'more.js'), 'evil'), /were changed/],
    ['taken away', (files) => rmSync(files, { recursive: true }), /are gone/],
  ])('finds out that files were %s, and mends them when the release is added again', async (_, harm, reason) => {
    const store = createReleaseStore(scratchFolder());
    const { manifest, tarball, id } = await build('one');
    await store.add(manifest, tarball);
    harm((await store.read(project, id))?.folder ?? '');
    expect(await store.verify(project, id)).toMatchObject({ ok: false, reason: matching(reason) });
    await store.add(manifest, tarball);
    expect(await store.verify(project, id)).toMatchObject({ ok: true });
  });

  it('finds out that the settings in release.json were changed', async () => {
    const root = scratchFolder();
    const store = createReleaseStore(root);
    const { manifest, tarball, id } = await build('one');
    await store.add(manifest, tarball);
    const file = join(releaseFolder(root, project, id), 'release.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('main.js', 'evil.js'));
    expect(await store.verify(project, id)).toMatchObject({
      ok: false,
      reason: matching(/settings .* were changed/),
    });
  });

  it('refuses a tarball of another artifact, and keeps nothing of it', async () => {
    const root = scratchFolder();
    const store = createReleaseStore(root);
    const [one, two] = [await build('one'), await build('two')];
    expect(await errorOf(store.add(one.manifest, two.tarball))).toMatchObject({ code: 'ARTIFACT_CORRUPT' });
    expect(await store.list(project)).toEqual([]);
    expect(readdirSync(releaseFolder(root, project, one.id))).toEqual([]);
  });

  it('refuses a tarball that is damaged, and keeps nothing of it', async () => {
    const store = createReleaseStore(scratchFolder());
    const { manifest, tarball, id } = await build('one');
    writeFileSync(tarball, readFileSync(tarball).subarray(0, 50));
    expect(await errorOf(store.add(manifest, tarball))).toMatchObject({ code: 'ARTIFACT_INVALID' });
    expect(await store.read(project, id)).toBeNull();
  });

  it('does not know a release that was added only half, and adds it then', async () => {
    const root = scratchFolder();
    const store = createReleaseStore(root);
    const { manifest, tarball, id } = await build('one');
    plant(releaseFolder(root, project, id), { 'files/main.js': 'half' });
    expect(await store.read(project, id)).toBeNull();
    expect(await store.list(project)).toEqual([]);
    await store.add(manifest, tarball);
    expect(await store.verify(project, id)).toMatchObject({ ok: true });
  });

  it.each([
    ['cut off', '{"manifest":', 'not JSON'],
    ['of another shape', '{"manifest":{},"addedAt":1}', 'manifest.version'],
    ['of another release', null, 'it is release'],
  ])('names a release.json that is %s', async (_, content, problem) => {
    const root = scratchFolder();
    const store = createReleaseStore(root);
    const { manifest, tarball, id } = await build('one');
    await store.add(manifest, tarball);
    const file = join(releaseFolder(root, project, id), 'release.json');
    writeFileSync(file, content ?? readFileSync(file, 'utf8').replace(id, 'ffffffffffff'));
    const error = await errorOf(store.read(project, id));
    expect(error).toMatchObject({
      code: 'RELEASE_CORRUPT',
      message: containing(`The manifest of release ${id}, ${file},`),
    });
    expect(error.message).toContain(problem);
  });

  it('lists the others where one manifest is broken or is no release, and says so once', async () => {
    const root = scratchFolder();
    const told: string[] = [];
    const store = createReleaseStore(root, (message) => void told.push(message));
    const [one, two] = [await build('one'), await build('two')];
    await store.add(one.manifest, one.tarball);
    await store.add(two.manifest, two.tarball);
    const file = join(releaseFolder(root, project, one.id), 'release.json');
    writeFileSync(file, '{"manifest":');
    plant(releasesFolder(root, project), { notes: 'mine' });
    for (const _ of [1, 2]) expect(await store.list(project)).toEqual([two.manifest]);
    expect(told).toHaveLength(2);
    expect(told).toEqual(expect.arrayContaining([containing(`of release ${one.id}, ${file},`), containing('notes')]));
    expect(await store.prune(project, 5, [])).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  it('refuses ids that lead elsewhere', async () => {
    const store = createReleaseStore(scratchFolder());
    const { manifest, tarball } = await build('one');
    expect(await errorOf(store.read(project, '../../x'))).toMatchObject({ code: 'NAME_INVALID' });
    expect(await errorOf(store.add({ ...manifest, id: '..' }, tarball))).toMatchObject({ code: 'NAME_INVALID' });
  });
});

describe('prune', () => {
  async function fiveReleases(root: string) {
    const store = createReleaseStore(root);
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      const { manifest, tarball, id } = await build(text);
      await store.add(manifest, tarball);
      ids.unshift(id);
    }
    return { store, ids };
  }

  it('removes all but the newest and those in use', async () => {
    const root = scratchFolder();
    const { store, ids } = await fiveReleases(root);
    const [e = '', d = '', c = '', b = '', a = ''] = ids;
    expect(await store.prune(project, 2, [b])).toEqual([c, a]);
    expect((await store.list(project)).map(({ id }) => id)).toEqual([e, d, b]);
    expect(readdirSync(releasesFolder(root, project)).sort()).toEqual([b, d, e].sort());
    expect(await store.prune(project, 2, [b])).toEqual([]);
  });

  it('removes what a killed add left an hour ago, and nothing that may be under way', async () => {
    const root = scratchFolder();
    const { store } = await fiveReleases(root);
    const [old, fresh] = ['000000000000', '111111111111'].map((id) => releaseFolder(root, project, id));
    for (const folder of [old ?? '', fresh ?? '']) mkdirSync(join(folder, 'files'), { recursive: true });
    const longAgo = Date.now() / 1000 - 3700;
    utimesSync(old ?? '', longAgo, longAgo);
    expect(await store.prune(project, 5, [])).toEqual([]);
    expect([existsSync(old ?? ''), existsSync(fresh ?? '')]).toEqual([false, true]);
    expect(await store.list(project)).toHaveLength(5);
  });
});
