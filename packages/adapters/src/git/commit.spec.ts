import { errorOf, removeScratch } from '../files/testing/scratch-folder';
import { resolveCommit } from './commit';
import { repository, sh, twoCommits } from './testing/scratch-repository';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

describe('resolveCommit', () => {
  it('takes any name of a commit', async () => {
    const { root, first, second } = twoCommits();
    sh(root, 'tag', '--annotate', 'v1', '--message', 'A tag');
    for (const name of ['main', 'v1', 'HEAD', second.slice(0, 8)]) expect(await resolveCommit(root, name)).toBe(second);
    expect(await resolveCommit(root, 'HEAD~1')).toBe(first);
  });

  it('refuses what is no commit', async () => {
    const error = await errorOf(resolveCommit(repository(), 'nowhere'));
    expect(error).toMatchObject({ code: 'COMMIT_UNKNOWN', message: containing('"nowhere"') });
  });
});
