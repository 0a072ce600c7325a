/** The public surface of the pure core, by what it is about. */
export { digestOf, sha256, canonicalJson, type Digest } from './digest';
export { SluiceError, sluiceError, toProblem, fromProblem, type ErrorCode, type Problem } from './errors';
export type { Crash, Health } from './health';
export { formatInstant, isoInstant } from './instant';
export {
  pipeline,
  reportNameOf,
  acts,
  stageOf,
  stagesBefore,
  type ActName,
  type Stage,
  type StageKind,
  type StageName,
} from './pipeline';
export {
  isSameWorkload,
  releaseId,
  refOf,
  nameOf,
  type ReleaseId,
  type ReleaseManifest,
  type ReleaseRef,
  type Workload,
} from './release';
export { makeReceipt, isUnedited, digestOfReceipt, receiptSchema, type Receipt, type ReceiptBody } from './receipt';

export { builtOn, checkChain, type Expected } from './receipt-chain';

export { parseConfig } from './config/parse';
export { parseDuration, formatDuration } from './config/duration';
export { formatSize } from './config/size';
export {
  configSchema,
  environmentNames,
  environmentRuntimeSchema,
  fileSchema,
  routerDefaults,
  runtimeOf,
  type ApprovalSettings,
  type Config,
  type ConfigInput,
  type EnvironmentName,
  type EnvironmentRuntime,
  type FreezeSettings,
  type Hook,
  type HardSettings,
  type MetricKind,
  type RouterSettings,
  type Scenario,
  type Service,
  type SyntheticSettings,
} from './config/schema';

export { joinMetrics, type CustomFigures } from './analysis/custom-figures';
export { countOf, mergeHistograms, quantile, type Histogram } from './analysis/histogram';
export {
  figuresOf,
  summarise,
  type Instant,
  type Interval,
  type Slot,
  type SlotFigures,
  type Summary,
} from './analysis/figures';
export type { Evidence, Judge } from './analysis/judge';
export type { InstanceCell } from './analysis/sequential/history';
export { sequentialJudge, type SequentialState } from './analysis/sequential';
export { thresholdJudge, type ThresholdState } from './analysis/threshold';

export type { Comparison, GateResult } from './gates/gate';
export { explainComparison, formatAmount } from './gates/compare';
export { everyCheck, gate1 } from './gates/gate1';
export { hardGate, observeHard, startHard, type HardState } from './gates/hard';

export type { Check, CheckOutcome, CheckResult, Finding } from './checks/check';
export {
  loadRunSchema,
  regressionCheck,
  type LoadInterval,
  type LoadRun,
  type RegressionSubject,
} from './checks/load-run';
export { leastSamples, usageFigures, type UsageSample } from './checks/load-usage';
export type { Surroundings } from './surroundings';
export { compareFigures, performanceCheck, type PerformanceSubject } from './checks/performance';
export { heldTargets, prdCheck, type PrdSubject } from './checks/prd/check';
export { readObject } from './handover/json-object';
export { readinessCheck, readinessRows } from './checks/readiness/check';
export { documentNames, documentPlaces, findDocument, type DocumentName } from './checks/readiness/documents';
export { readinessItems, type ReadinessFacts } from './checks/readiness/items';
export { rehearsalIn } from './checks/readiness/rehearsal';
export { scoreReadiness, type ReadinessItem } from './checks/readiness/score';
export { formatReadiness } from './checks/readiness/words';
export { runChecks, verdictOf, type RunnerOptions, type Verdict } from './checks/runner';
export { createAllowlist, type Allowlist, type Found } from './checks/allowlist';
export { judgeFindings, type Judgement } from './checks/judge-findings';
export { judgeDockerfile } from './checks/dockerfile/rules';
export { stageReport } from './checks/stage-report';

export { judgeSettings, type JudgeSettings } from './analysis/methods';
export { bareConfig } from './config/bare';
export { maxDurationOf, minDurationOf } from './config/canary-times';
export { readRecord } from './recorded/record';
export { replay, type Moment, type Replayed } from './recorded/replay';
export { replayTable } from './recorded/replay-table';
export type * from './rollout/model';
export { planDeploy, planRollback, slotOf, type Plan, type Request, type Step } from './rollout/plan';
export { isOver, isSettled, nextCommand, routeOf, shareOf, workloadOf } from './rollout/next';
export { awaitsMerge, isMergeable, noMerge, type MergeOutcome, type MergePlan } from './rollout/merge';
export { workloadIn } from './rollout/baseline-workloads';
export { refuse } from './rollout/acts';
export { validApprovals } from './rollout/approvals';
export { barrierOf, type Barrier } from './rollout/barrier';
export { frozenAt, noFreeze, type Freeze, type Frozen } from './rollout/freeze';
export { isEnvironmental, notStarted } from './rollout/blame';
export { retryCommand } from './rollout/retry-command';
export { initialState, recoveredState } from './rollout/initial';
export { generationOf } from './rollout/journal';
export { notBefore } from './rollout/not-before';
export { takeOver } from './rollout/take-over';
export { mayReplace, type Version } from './rollout/version';
export { transition } from './rollout/transition';
export { run } from './rollout/run';

export { earliestEnd } from './report/earliest-end';
export { historyTable } from './report/history';
export { outlookOf, type Outlook } from './report/outlook';
export { planTable } from './report/plan-table';
export { planView, type PlanView } from './report/plan-view';
export { progressLine, storyLine } from './report/progress';
export { deploymentReport } from './report/report';
export { aggregateSignals, type Member } from './report/aggregate-signals';
export {
  noSignals,
  outcomeSignals,
  stageError,
  type ErrorSignal,
  type OutcomeSignals,
  type RollbackSignal,
} from './report/outcome-signals';
export { completionSignal, type CompletionSignal } from './report/signal';
export { completionSchema, errorSignalSchema, rollbackSignalSchema } from './report/signal-schema';
export { isCleared } from './report/standing';
export { statusReport, type StatusInput, type StatusReport } from './report/status';
export { statusTable } from './report/status-table';

export { activationCode, activationOf, type Activation, type Handled } from './handover/activation';
export { readHookCall, type HookCall } from './handover/hook';
export { phase5Files, readPhase5, type Phase5, type SignalFile } from './handover/phase5';
export { phase5Check } from './handover/phase5-check';
export { findTask, withTask, type DeploymentTask, type TaskMark, type TaskSearch } from './handover/tasks';

/** For what the other packages parse: one copy of zod for all. */
export * as z from './zod';

export type * from './ports';
