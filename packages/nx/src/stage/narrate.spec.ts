import type { AuditEntry, EnvironmentState } from '@sluice/core';
import { auditFile, createAuditLog } from '@sluice/adapters/files';
import { aStateIn, phases } from '@sluice/core/testing';
import { removeWorkspaces, scratchWorkspace } from '../testing/workspace';
import { narrator } from './narrate';

afterEach(() => jest.restoreAllMocks());
afterAll(removeWorkspaces);

const entry = (generation: number, sequence: number, what: string): AuditEntry => ({
  ...{ id: `app/staging/${generation}.${sequence}.0`, at: sequence, project: 'app', environment: 'staging' },
  ...{ release: 'a', by: 'sluice', what, detail: `${what} ${generation}` },
});
const deploy = entry(2, 0, 'deploy');
const traffic = entry(2, 1, 'traffic');
const done = entry(3, 2, 'done'); // by the driver that took over

const stateWith = (outbox: AuditEntry[], count: number): EnvironmentState =>
  aStateIn(phases.proving, { environment: 'staging', generation: 3, outbox, audit: { head: null, count } });

/** The second column but one of what is said of a rollout whose first entries were recorded before anyone was attached. */
async function told(states: EnvironmentState[], recorded: AuditEntry[], fromBeginning = true): Promise<string[]> {
  const root = scratchWorkspace({});
  await createAuditLog(auditFile(root)).record([entry(1, 0, 'deploy'), ...recorded]);
  let text = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  const story = narrator('app', 'staging', fromBeginning ? root : null);
  for (const state of states) story.tell(state);
  await story.end();
  return text.split('\n').flatMap((line) => /UTC {2}staging +(\S+)/.exec(line)?.[1] ?? []);
}

describe('the story of a rollout', () => {
  it('begins at its beginning, and tells each line once', async () => {
    const states = [stateWith([], 2), stateWith([traffic], 2), stateWith([done], 3)];
    expect(await told(states, [deploy, traffic])).toEqual(['deploy', 'traffic', 'done']);
  });

  it('misses no line that nobody saw in the outbox', async () => {
    expect(await told([stateWith([deploy], 1), stateWith([], 4)], [deploy, traffic, done])).toEqual([
      'deploy',
      'traffic',
      'done',
    ]);
  });

  it('begins now where only what comes is wanted', async () => {
    expect(await told([stateWith([done], 2)], [deploy, traffic], false)).toEqual(['done']);
  });
});
