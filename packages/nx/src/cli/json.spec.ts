import { planRollback, type EnvironmentState, type Outcome } from '@sluice/core';
import { aPlan, aRelease, aState, aStateIn, phases } from '@sluice/core/testing';
import { fakeHost, type FakeHost } from '../testing/fake-host';
import { scratchRepository } from '../testing/repository';
import { removeWorkspaces } from '../testing/workspace';
import { main } from './main';

let root: string;
let host: FakeHost | undefined;
beforeEach(() => (root = scratchRepository({ 'app/project.json': { name: 'app' }, 'app/sluice.json': {} })));
afterEach(async () => {
  await host?.close();
  host = undefined;
});
afterAll(removeWorkspaces);

/** Runs the bin, which has to print one JSON object and nothing else. */
async function sluice(line: string): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const desk = { cwd: root, say: (text: string) => void said.push(text), warn: () => undefined, confirm: null };
  const code = await main(line.split(' '), desk);
  return { code, said: said.join('\n') };
}

describe('sluice, asked for JSON,', () => {
  it('says in JSON how a rollback ended, and with which releases, without its story', async () => {
    const [first, next] = [aRelease('first'), aRelease('next')];
    const back = aStateIn(
      phases.over,
      { stable: first, previous: null },
      planRollback(aPlan(), { project: 'app', release: first, from: next, by: 'dana', place: null }),
    );
    const how = (result: Outcome['result'], stable = first): EnvironmentState => ({
      ...back,
      stable,
      rollout: back.rollout && { ...back.rollout, outcome: { result, reason: 'so it came', at: 0, cause: 'person' } },
    });
    let end = how('done');
    host = await fakeHost(root, {
      'GET /states/app/production': () => aState({ stable: next }),
      'POST /rollbacks': () => ({ how: 'started' }),
      'GET /events/app/production': () => end,
    });
    const place = { project: 'app', environment: 'production' };
    const done = await sluice('rollback app --json');
    expect(done.code).toBe(0);
    expect(JSON.parse(done.said)).toEqual({
      ...place,
      ...{ outcome: 'done', reason: 'so it came', releases: { stable: first, withdrawn: next, tried: first } },
    });
    end = how('failed', next);
    const failed = await sluice('rollback app --json');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.said)).toEqual({
      ...place,
      ...{ outcome: 'failed', reason: 'so it came', releases: { stable: next, withdrawn: null, tried: first } },
    });
    host.answers['POST /rollbacks'] = () => ({ how: 'live' });
    const live = await sluice('rollback app --json');
    expect(live.code).toBe(0);
    expect(JSON.parse(live.said)).toEqual({
      ...place,
      ...{ outcome: 'nothing-to-do', reason: null, releases: { stable: next, withdrawn: null, tried: null } },
    });
    host.answers['POST /rollbacks'] = () => ({ how: 'ending' });
    host.answers['GET /states/app/production'] = () => aStateIn(phases.watching);
    host.answers['GET /events/app/production'] = () => ({ ...aStateIn(phases.over), stable: first });
    expect(JSON.parse((await sluice('rollback app --json')).said)).toMatchObject({
      ...{ outcome: 'done', releases: { stable: first, withdrawn: next, tried: null } },
    });
  });

  it('says in JSON which release may be deployed once more', async () => {
    const refused = [{ release: '1a2b3c', reason: 'errors', at: 0 }];
    host = await fakeHost(root, {
      'GET /states/app/production': () => aState({ refused }),
      'POST /permits': () => ({ how: 'done' }),
    });
    const { code, said } = await sluice('retry app --reason mended --json');
    expect(code).toBe(0);
    expect(JSON.parse(said)).toEqual({
      ...{ project: 'app', environment: 'production', outcome: 'allowed', release: '1a2b3c' },
      ...{ refusedFor: 'errors', next: 'nx run app:deploy-prod' },
    });
  });

  it('says in JSON what was taken out of service', async () => {
    const nothing = await sluice('down app --json');
    expect(nothing.code).toBe(0);
    expect(JSON.parse(nothing.said)).toEqual({
      ...{ project: 'app', outcome: 'nothing-to-do', environments: [], hostEnded: false, surroundings: [] },
    });
    const live = aStateIn(phases.cooling, {
      stable: aRelease('next'),
      previous: { release: aRelease('first'), warmUntil: 9 },
    });
    const dark = aStateIn(phases.over, { stable: null });
    host = await fakeHost(root, {
      'GET /states/app/production': () => live,
      'GET /events/app/production': () => dark,
      'POST /downs': () => ({ how: 'ending' }),
      'POST /close': () => ({ closing: true }),
    });
    const { said } = await sluice('down app --environment production --json');
    expect(JSON.parse(said)).toEqual({
      ...{ project: 'app', outcome: 'done', hostEnded: true, surroundings: [] },
      environments: [{ environment: 'production', released: aRelease('next'), stateWasLost: false }],
    });
  });
});
