import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createLeftRollouts } from './left-rollouts';
import { leftRolloutFile } from './paths';
import { removeScratch, scratchFolder } from './testing/scratch-folder';

afterAll(removeScratch);

describe('a note of a rollout that was left to the host', () => {
  it('is of one environment of one project, until it is forgotten', async () => {
    const left = createLeftRollouts(scratchFolder());
    expect(await left.read('@acme/web', 'production')).toBeNull();
    await left.write('@acme/web', 'production', '1a2b3c');
    expect(await left.read('@acme/web', 'production')).toBe('1a2b3c');
    expect(await left.read('@acme/web', 'staging')).toBeNull();
    await left.forget('@acme/web', 'production');
    await left.forget('@acme/web', 'production');
    expect(await left.read('@acme/web', 'production')).toBeNull();
  });

  it('is none where it can not be read', async () => {
    const root = scratchFolder();
    const file = leftRolloutFile(root, 'app', 'staging');
    mkdirSync(dirname(file), { recursive: true });
    for (const text of ['', '{"release":', '[]']) {
      writeFileSync(file, text);
      expect(await createLeftRollouts(root).read('app', 'staging')).toBeNull();
    }
  });
});
