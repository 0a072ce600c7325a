import type { StateStore } from '../ports';
import { transition } from '../rollout/transition';
import { aPlan, aState } from './builders';
import { codeOf, contractOf, type Disposable } from './contract';

export interface StateStoreHarness extends Disposable {
  store: StateStore;
  /** What another process, started now, would read with. */
  reopen: () => StateStore | Promise<StateStore>;
  /**
   * Makes the next save of the store fail in the middle, as a full disk or a kill would; left out where a save can't
   * fail half way.
   */
  breakNextSave?: () => void | Promise<void>;
}

/** `make` gives an empty store. */
export const describeStateStoreContract = contractOf<StateStoreHarness>('a state store', 10_000, (test) => {
  const inProgress = transition(aState(), { type: 'begin', at: 1_000, plan: aPlan() });
  const later = transition(inProgress, { type: 'proved', at: 2_000, ok: true, reason: 'all is there' });

  test('knows nothing of what was never saved', async ({ store }) => {
    expect(await store.load('app', 'production')).toBeNull();
  });

  test('gives back what was saved, to this process and to the next', async ({ store, reopen }) => {
    await store.save(inProgress);
    expect(await store.load('app', 'production')).toEqual(inProgress);
    expect(await (await reopen()).load('app', 'production')).toEqual(inProgress);
  });

  test('keeps the last of several saves', async ({ store, reopen }) => {
    await store.save(inProgress);
    await store.save(later);
    expect(await (await reopen()).load('app', 'production')).toEqual(later);
  });

  test('keeps the order of saves that nobody waited for', async ({ store, reopen }) => {
    await Promise.all([store.save(aState()), store.save(inProgress), store.save(later)]);
    expect(await (await reopen()).load('app', 'production')).toEqual(later);
  });

  test('may be told the same twice', async ({ store }) => {
    await store.save(later);
    await store.save(later);
    expect(await store.load('app', 'production')).toEqual(later);
  });

  test('keeps projects and environments apart', async ({ store }) => {
    const others = [
      aState({ project: 'app', environment: 'staging', sequence: 7 }),
      aState({ project: '@shop/app', sequence: 8 }),
      aState({ project: 'app-production', environment: 'production', sequence: 9 }),
    ];
    await store.save(inProgress);
    for (const other of others) await store.save(other);
    expect(await store.load('app', 'production')).toEqual(inProgress);
    for (const other of others) expect(await store.load(other.project, other.environment)).toEqual(other);
  });

  test('refuses what an older driver saves, and what is older than what it has', async ({ store, reopen }) => {
    await store.save(later);
    const taken = { ...later, generation: later.generation + 1, sequence: 0, owner: 'the next one' };
    await (await reopen()).save(taken, later);
    const late = transition(later, { type: 'started', at: 3_000, ok: true, reason: 'healthy' });
    expect(await codeOf(store.save(late))).toBe('STATE_STALE');
    expect(await store.load('app', 'production')).toEqual(taken);
  });

  test('lets one of two drivers take over, and not the other', async ({ store, reopen }) => {
    await store.save(later);
    const claim = (owner: string) => ({ ...later, generation: later.generation + 1, sequence: 0, owner });
    await (await reopen()).save(claim('a'), later);
    expect(await codeOf(store.save(claim('b'), later))).toBe('STATE_STALE');
    expect(await codeOf(store.save(claim('b'), null))).toBe('STATE_STALE');
    expect((await store.load('app', 'production'))?.owner).toBe('a');
  });

  test('lets nobody change what is stored, by a copy or by freezing it', async ({ store }) => {
    const mine = structuredClone(inProgress);
    const saved = store.save(mine);
    if (!Object.isFrozen(mine.refused)) mine.refused.push({ release: 'changed later', reason: 'meanwhile', at: 1 });
    await saved;
    expect((await store.load('app', 'production'))?.refused).toEqual([]);
    (await store.load('app', 'production'))?.refused.push({ release: 'changed later', reason: 'meanwhile', at: 1 });
    expect((await store.load('app', 'production'))?.refused).toEqual([]);
  });

  test('keeps what it had when a save fails, and saves again after it', async ({ store, reopen, breakNextSave }) => {
    if (!breakNextSave) return;
    await store.save(inProgress);
    await breakNextSave();
    await expect(store.save(later)).rejects.toThrow();
    expect(await (await reopen()).load('app', 'production')).toEqual(inProgress);
    await store.save(later);
    expect(await (await reopen()).load('app', 'production')).toEqual(later);
  });
});
