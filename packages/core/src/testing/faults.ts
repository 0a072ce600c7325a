import type { Clock, RolloutPorts } from '../ports';

/** One call of a port's asynchronous method. Numbers start at 1: `number` counts all calls, `nth` those of the method. */
export interface PortCall {
  port: keyof RolloutPorts;
  method: string;
  number: number;
  nth: number;
}

/** What goes wrong with a call. `reject`: nothing was done. `lose`: it was done, but the answer is lost. */
export type Fault =
  | { type: 'reject'; error: Error }
  | { type: 'lose'; error: Error }
  | { type: 'delay'; ms: number }
  /** It was sent again, since its first answer came too late. */
  | { type: 'twice' }
  /** No answer, until it is aborted. */
  | { type: 'hang' };

/** The same ports, where every call first asks what is to go wrong with it; `null` lets it be. */
export function withFaults(ports: RolloutPorts, faultOf: (call: PortCall) => Fault | null): RolloutPorts {
  let number = 0;

  const around = (port: keyof RolloutPorts, method: string) => {
    let nth = 0;
    return <T>(signal: AbortSignal | null, work: () => Promise<T>): Promise<T> => {
      number += 1;
      nth += 1;
      const fault = faultOf({ port, method, number, nth });
      return fault ? withFault(fault, ports.clock, signal, work) : work();
    };
  };

  const { clock, runtime, router, metrics, store, sink, services, verifier, publisher, synthetic, inbox } = ports;
  const on = {
    sleepUntil: around('clock', 'sleepUntil'),
    prove: around('runtime', 'prove'),
    start: around('runtime', 'start'),
    health: around('runtime', 'health'),
    stop: around('runtime', 'stop'),
    apply: around('router', 'apply'),
    read: around('router', 'read'),
    measure: around('metrics', 'measure'),
    history: around('metrics', 'history'),
    load: around('store', 'load'),
    save: around('store', 'save'),
    record: around('sink', 'record'),
    probe: around('services', 'probe'),
    verify: around('verifier', 'verify'),
    publish: around('publisher', 'publish'),
    arrived: around('inbox', 'arrived'),
  };
  return {
    clock: {
      now: () => clock.now(),
      sleepUntil: (until, signal) => on.sleepUntil(signal, () => clock.sleepUntil(until, signal)),
    },
    runtime: {
      prove: (workload, signal) => on.prove(signal, () => runtime.prove(workload, signal)),
      start: (workload, signal, atMost) => on.start(signal, () => runtime.start(workload, signal, atMost)),
      health: (workload, signal) => on.health(signal, () => runtime.health(workload, signal)),
      stop: (workload, signal) => on.stop(signal, () => runtime.stop(workload, signal)),
    },
    router: {
      apply: (route, signal) => on.apply(signal, () => router.apply(route, signal)),
      read: (project, environment, signal) => on.read(signal, () => router.read(project, environment, signal)),
    },
    metrics: {
      measure: (query, signal) => on.measure(signal, () => metrics.measure(query, signal)),
      history: (query, signal) => on.history(signal, () => metrics.history(query, signal)),
    },
    store: {
      load: (project, environment) => on.load(null, () => store.load(project, environment)),
      save: (state, after) => on.save(null, () => store.save(state, after)),
    },
    sink: {
      record: (entries) => on.record(null, () => sink.record(entries)),
      progress: (state, event) => sink.progress(state, event),
    },
    services: { probe: (service, signal) => on.probe(signal, () => services.probe(service, signal)) },
    verifier: {
      verify: (subject, checks, signal) => on.verify(signal, () => verifier.verify(subject, checks, signal)),
    },
    publisher: {
      publish: (state, outcome, signal) => on.publish(signal, () => publisher.publish(state, outcome, signal)),
    },
    synthetic,
    inbox: { arrived: (signal) => on.arrived(signal, () => inbox.arrived(signal)), take: () => inbox.take() },
  };
}

async function withFault<T>(
  fault: Fault,
  clock: Clock,
  signal: AbortSignal | null,
  work: () => Promise<T>,
): Promise<T> {
  switch (fault.type) {
    case 'reject':
      throw fault.error;
    case 'lose':
      await work();
      throw fault.error;
    case 'delay':
      await clock.sleepUntil(clock.now() + fault.ms, signal ?? new AbortController().signal);
      return work();
    case 'twice':
      await work();
      return work();
    case 'hang':
      return untilAborted(signal);
  }
}

async function untilAborted(signal: AbortSignal | null): Promise<never> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  signal?.throwIfAborted();
  throw new Error('aborted');
}

/** Faults of a process that dies at its `number`-th call, before or after the call takes effect: nothing works any more. */
export function deathAt(number: number, when: 'before' | 'after'): (call: PortCall) => Fault | null {
  const error = new Error(`the driver died at call ${number}`);
  return (call) => {
    if (call.number < number) return null;
    return { type: call.number === number && when === 'after' ? 'lose' : 'reject', error };
  };
}
