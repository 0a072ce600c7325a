import { plant, removeScratch } from '../files/testing/scratch-folder';
import { findNamed } from './find-named';
import { repository } from './testing/scratch-repository';

afterAll(removeScratch);

describe('findNamed', () => {
  it('finds files by their name anywhere, committed or not, from any folder of the checkout', async () => {
    const root = repository({
      'sluice.json': '{}',
      'services/größe/sluice.json': '{}',
      'services/app/other.json': '{}',
    });
    plant(root, { 'services/app/sluice.json': '{}' });
    const found = ['services/app/sluice.json', 'services/größe/sluice.json', 'sluice.json'];
    expect(await findNamed(root, 'sluice.json')).toEqual(found);
    expect(await findNamed(`${root}/services/app`, 'sluice.json')).toEqual(found);
  });

  it('leaves out what git ignores', async () => {
    const root = repository({ '.gitignore': 'node_modules\n', 'app/sluice.json': '{}' });
    plant(root, { 'node_modules/@sluice/nx/sluice.json': '{}' });
    expect(await findNamed(root, 'sluice.json')).toEqual(['app/sluice.json']);
  });

  it('takes a longer name for another one', async () => {
    const root = repository({ 'my-sluice.json': '{}', 'sluice.json.bak': '{}' });
    expect(await findNamed(root, 'sluice.json')).toEqual([]);
  });
});
