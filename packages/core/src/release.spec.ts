import { runtimeOf } from './config/schema';
import { nameOf, refOf, releaseId } from './release';
import { aConfig, aManifest, aRelease } from './testing';

describe('the identity of a release', () => {
  const artifact = 'a'.repeat(64);
  const runtime = runtimeOf(aConfig());

  it('is twelve hex digits that follow from artifact and runtime settings', () => {
    expect(releaseId(artifact, runtime)).toMatch(/^[0-9a-f]{12}$/);
    expect(releaseId(artifact, runtimeOf(aConfig()))).toBe(releaseId(artifact, runtime));
  });

  it('changes with the artifact, and with a setting of any environment', () => {
    const broken = aConfig({
      environments: { staging: { port: 4001 }, production: { port: 4000, env: { FAULT: '1' } } },
    });
    const ids = [
      releaseId(artifact, runtime),
      releaseId('b'.repeat(64), runtime),
      releaseId(artifact, runtimeOf(broken)),
    ];
    expect(new Set(ids).size).toBe(3);
  });
});

describe('a release', () => {
  it('is named for people by its configuration, where it has one', () => {
    expect(nameOf(aRelease('next'))).toBe(`next (${aRelease('next').id})`);
    expect(nameOf(aRelease('next', { configuration: null }))).toBe(aRelease('next').id);
  });

  it('is referred to by what state and report need of its manifest', () => {
    expect(refOf(aManifest('next'))).toEqual(aRelease('next'));
  });
});
