/** Everything that a test of Sluice needs to make a world: fakes, builders, and one contract suite per port. */
export { goodBehaviour, type Behaviour, type Behaviours } from './behaviour';
export {
  aCheckResult,
  aConfig,
  aConfigInput,
  aManifest,
  anInterval,
  aThreshold,
  aPlan,
  aRelease,
  aState,
  latencyOf,
  someFigures,
  someHealth,
} from './builders';
export { describeCheckContract, type CheckHarness } from './check-contract';
export { describeClockContract, type ClockHarness } from './clock-contract';
export { eventually, type Disposable, type Make } from './contract';
export { describeEventSinkContract, type EventSinkHarness } from './event-sink-contract';
export { deathAt, withFaults, type Fault, type PortCall } from './faults';
export {
  describeMetricSourceContract,
  toldByContract,
  type Load,
  type MetricSourceHarness,
} from './metric-source-contract';
export { describeRouterContract, type RouterHarness } from './router-contract';
export { describeRuntimeContract, type RuntimeHarness } from './runtime-contract';
export { describeStateStoreContract, type StateStoreHarness } from './state-store-contract';
export { memoryInbox, type MemoryInbox } from './memory-inbox';
export { memoryPublisher, type MemoryPublisher } from './memory-publisher';
export { memorySink, type MemorySink } from './memory-sink';
export { memoryStore, type MemoryStore } from './memory-store';
export { seededRandom, type Random } from './random';
export { simulatedClock, simulatedStart, type SimulatedClock } from './simulated-clock';
export { simulatedMetrics, type SimulatedMetrics } from './simulated-metrics';
export { simulatedRouter, type RouteInForce, type SimulatedRouter } from './simulated-router';
export { simulatedRuntime, type SimulatedRuntime } from './simulated-runtime';
export { simulatedServices, type SimulatedServices } from './simulated-services';
export { simulatedSynthetic, type SimulatedSynthetic } from './simulated-synthetic';
export { simulatedVerifier, type SimulatedVerifier } from './simulated-verifier';
export { aStateIn, phases } from './phases';
export { aWorld, deploy, resume, type DriveOptions, type Ending, type World, type WorldOptions } from './world';
export { createCoverage } from './sim/coverage';
export { addTallies, explain, simulate, type Tally } from './sim/simulate';
export { moments } from './sim/moments/moments';
export { harmful, healthy, hiccup, promotion, type Scenario as TrialScenario } from './trial/scenarios';
export { sequentialRule, trialRules, type Rule } from './trial/rules';
export { variantRules } from './trial/variants';
export { tryOnce, type Ended } from './trial/trial';
