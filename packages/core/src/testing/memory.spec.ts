import { describeEventSinkContract } from './event-sink-contract';
import { memorySink } from './memory-sink';
import { memoryStore } from './memory-store';
import { describeStateStoreContract } from './state-store-contract';

describeStateStoreContract('the store in memory', () => {
  const store = memoryStore();
  return { store, reopen: () => store };
});

describeEventSinkContract('the sink in memory', () => {
  const sink = memorySink();
  return { sink, reopen: () => sink, entries: async () => sink.entries() };
});
