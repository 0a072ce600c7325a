import {
  builtOn,
  checkChain,
  pipeline,
  releaseId,
  runtimeOf,
  sluiceError,
  type Digest,
  type Receipt,
  type ReleaseManifest,
  type StageName,
} from '@sluice/core';
import { createReceiptStore } from '@sluice/adapters/files';
import type { Ground, Settings } from './ground';
import { stageCommand } from './ground';

/** The receipts that a stage builds on, checked against each other and against what is being deployed. */
export interface Evidence {
  receipts: Partial<Record<StageName, Receipt>>;
  /** What is being deployed, once it is built. */
  release: ReleaseManifest;
  builtOn: Record<string, Digest>;
}

/** Rejects with `RECEIPT_MISSING`, `-INVALID`, `-FOREIGN` or `-FAILED`: a stage never trusts the task graph alone. */
export async function readEvidence(
  stage: StageName,
  ground: Ground,
  { config }: Settings,
  commit: string,
  content: Partial<Record<StageName, Digest>>,
): Promise<Evidence> {
  const store = createReceiptStore(ground.checkout, (name) => commandFor(ground, name));
  const found = await Promise.all(
    pipeline.map(async ({ name }) => [name, await store.read(ground.project, name)] as const),
  );
  const receipts: Partial<Record<StageName, Receipt>> = Object.fromEntries(
    found.filter(([, receipt]) => receipt !== null),
  );
  const release = manifestOf(ground, config, commit, receipts.build);
  const problem = checkChain(stage, receipts, { release: release.id, content }, (name) => stageCommand(ground, name));
  if (problem) throw problem;
  return { receipts, release, builtOn: builtOn(stage, receipts) };
}

/** The release that the build stage made, with the settings of this run's variant. */
function manifestOf(
  ground: Ground,
  config: Settings['config'],
  commit: string,
  build: Receipt | undefined,
): ReleaseManifest {
  const artifact = build?.produced['artifact'];
  if (!artifact) throw sluiceError('RECEIPT_MISSING', { stage: 'build', command: stageCommand(ground, 'build') });
  const runtime = runtimeOf(config);
  const { project, configuration } = ground;
  return { version: 1, project, id: releaseId(artifact, runtime), commit, configuration, artifact, runtime };
}

const commandFor = (ground: Ground, name: string): string => {
  const row = pipeline.find((stage) => stage.name === name);
  return row ? stageCommand(ground, row.name) : `nx run ${ground.project}:deploy-plan`;
};
