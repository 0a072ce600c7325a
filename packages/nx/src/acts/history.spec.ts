import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { history } from './history';

afterAll(removeWorkspaces);

describe('the history', () => {
  it.each([-3, 0])('refuses a limit of %i', async (limit) => {
    const said: string[] = [];
    const site = { project: 'app', root: scratchWorkspace({}) };
    await expect(history(site, { limit }, (line) => void said.push(line))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: `--limit: expected a number of at least 1, found ${limit}.`,
    });
    expect(said).toEqual([]);
  });
});
