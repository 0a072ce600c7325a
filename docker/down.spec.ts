import { findRemovals } from '@sluice/adapters/compose';
import { containersOf, docker, networksOf, takeDown, volumesOf } from './support/engine';
import { bringUp, composeProject, fileOf, removeProjects, service, type Place } from './support/project';

jest.setTimeout(120_000); // containers start slowly where the machine is busy

let place: Place;
beforeEach(() => {
  place = composeProject(
    { db: service('db', { volumes: ['./srv:/srv:ro', 'data:/data'] }) },
    { volumes: { data: {} } },
  );
});
afterEach(async () => {
  for (const project of ['app', 'other']) await takeDown(place, { project, volumes: true });
});
afterAll(removeProjects);

describe('taking down what was brought up', () => {
  it('removes containers and networks, and leaves volumes', async () => {
    await bringUp(place);
    const { name } = await fileOf(place);
    expect(await takeDown(place)).toEqual([]);
    expect(await containersOf(name)).toEqual([]);
    expect(await networksOf(name)).toEqual([]);
    expect(await volumesOf(name)).toEqual(['data']);
    expect(await findRemovals(place.root, 'app', new AbortController().signal)).toEqual([]);
    await bringUp(place);
  });

  it('removes volumes where that is asked for', async () => {
    await bringUp(place);
    expect(await takeDown(place, { volumes: true })).toEqual([]);
    expect(await volumesOf((await fileOf(place)).name)).toEqual([]);
  });

  it('leaves what another project brought up too, until that is taken down as well', async () => {
    await bringUp(place, { project: 'app' });
    expect((await bringUp(place, { project: 'other' })).outcome.figures).toMatchObject({ changed: 0 });
    const { name } = await fileOf(place);
    await takeDown(place, { project: 'app', volumes: true });
    expect(await containersOf(name)).toHaveLength(1);
    await takeDown(place, { project: 'other' });
    expect(await containersOf(name)).toEqual([]);
  });

  it('leaves a network that others are in, and names it', async () => {
    await bringUp(place);
    const { name } = await fileOf(place);
    const stranger = await docker.createContainer({
      Image: 'sluice-node:test',
      Cmd: ['-e', 'setInterval(() => undefined, 1000)'],
      HostConfig: { NetworkMode: `${name}_default` },
    });
    await stranger.start();
    try {
      expect(await takeDown(place)).toEqual([`${name}_default`]);
      expect((await stranger.inspect()).State.Running).toBe(true);
    } finally {
      await stranger.remove({ force: true });
      for (const network of await networksOf(name)) await docker.getNetwork(`${name}_${network}`).remove();
    }
  });
});
