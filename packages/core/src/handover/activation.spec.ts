import { activationOf, type ActivationInput } from './activation';
import { readPhase5, type SignalFile } from './phase5';

const signal = (content: object): SignalFile[] => [
  { path: '.taskmaster/.signals/phase5-complete.json', place: 'main checkout', text: JSON.stringify(content) },
];
const go = readPhase5(signal({ status: 'success', production_score: 95 }), 90);
const task = { id: '26', title: 'Deploy', status: 'pending', isActive: true, path: [], list: [] };
const handled = { signal: go.digest ?? '', startedAt: 0, commit: 'c', release: '1a2b', failure: null };
const ready: ActivationInput = { phase5: go, task: { task }, handled: null, underWay: null };

describe('phase 6', () => {
  it.each<[string, Partial<ActivationInput>]>([
    ['phase 5 is complete with GO and its task is active', {}],
    ['there is no list of tasks', { task: null }],
    ['nothing went to production for this signal', { handled: { ...handled, release: null } }],
    ['an earlier signal was deployed', { handled: { ...handled, signal: 'an earlier one' } }],
    [
      'an earlier run for the signal failed before production',
      { handled: { ...handled, release: null, failure: { stage: 'load', reason: 'slow' } } },
    ],
  ])('starts when %s', (_, changes) => {
    expect(activationOf({ ...ready, ...changes })).toEqual({
      ...{ active: true, reason: 'phase 5 is complete with GO, score 95' },
    });
  });

  it.each<[string, Partial<ActivationInput>, string]>([
    ['there is no signal', { phase5: readPhase5([], 90) }, 'phase 5 has left no signal'],
    ['it is a NO-GO', { phase5: readPhase5(signal({ status: 'failed' }), 90) }, 'its status is "failed"'],
    [
      'nothing speaks for it',
      { phase5: readPhase5(signal({ status: 'success' }), 90) },
      'neither a decision nor a score',
    ],
    [
      'phase 5 says not to go on',
      { phase5: readPhase5(signal({ status: 'success', decision: 'GO', trigger_next: false }), 90) },
      'trigger_next',
    ],
    [
      'the task is blocked',
      { task: { task: { ...task, status: 'blocked', isActive: false } } },
      "the deployment's task 26 is blocked",
    ],
    ['the tasks can not be read', { task: { problem: 'tasks.json is broken' } }, 'tasks.json is broken'],
    ['one is under way', { underWay: 'a deployment of app is under way' }, 'a deployment of app is under way'],
    [
      'it was deployed for this signal',
      { handled },
      'release 1a2b was deployed for this signal by the run of 1970-01-01 00:00:00 UTC',
    ],
  ])('does not start when %s', (_, changes, reason) => {
    const found = activationOf({ ...ready, ...changes });
    expect(found.active).toBe(false);
    expect(found.reason).toContain(reason);
  });
});
