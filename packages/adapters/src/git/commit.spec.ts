import { errorOf, removeScratch } from '../files/testing/scratch-folder';
import { commitInfo, resolveCommit } from './commit';
import { repository, sh, twoCommits } from './testing/scratch-repository';

afterAll(removeScratch);

const containing = (text: string): unknown => expect.stringContaining(text);

describe('commitInfo', () => {
  it('tells id, subject, author and time', async () => {
    const { root, second } = twoCommits();
    const at = Number(sh(root, 'show', '--no-patch', '--format=%ct')) * 1000;
    expect(await commitInfo(root, 'main')).toEqual({ commit: second, subject: 'Second', author: 'Ada Löve', at });
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
  });

  it('takes any name of a commit', async () => {
    const { root, first, second } = twoCommits();
    sh(root, 'tag', '--annotate', 'v1', '--message', 'A tag');
    for (const name of ['v1', 'HEAD', second.slice(0, 8)]) expect((await commitInfo(root, name)).commit).toBe(second);
    expect(await resolveCommit(root, 'HEAD~1')).toBe(first);
  });

  it('keeps a subject with quotes and other alphabets', async () => {
    const root = repository();
    const subject = 'Größe: "日本" -> \'x\'';
    sh(root, 'commit', '--quiet', '--allow-empty', '--message', subject);
    expect((await commitInfo(root, 'HEAD')).subject).toBe(subject);
  });

  it('refuses what is no commit', async () => {
    const error = await errorOf(commitInfo(repository(), 'nowhere'));
    expect(error).toMatchObject({ code: 'COMMIT_UNKNOWN', message: containing('"nowhere"') });
  });
});
