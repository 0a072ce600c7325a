import { sluiceError, type SluiceError } from './errors';
import type { Digest } from './digest';
import { stageOf, stagesBefore, type StageName } from './pipeline';
import { isUnedited, type Receipt } from './receipt';
import type { ReleaseId } from './release';

/** What is being deployed now: the receipts must be of this. */
export interface Expected {
  release: ReleaseId;
  /** What each pure stage is to have judged. */
  content: Partial<Record<StageName, Digest>>;
}

type Receipts = Partial<Record<StageName, Receipt>>;

/**
 * Whether all stages before `stage` have left receipts that fit each other and what is being deployed. The first that does
 * not is the error, which names the command that mends it; `null` when all is well.
 */
export function checkChain(
  stage: StageName,
  receipts: Receipts,
  expected: Expected,
  commandFor: (stage: StageName) => string,
): SluiceError | null {
  for (const { name, kind } of stagesBefore(stage)) {
    const receipt = receipts[name];
    const command = commandFor(name);
    if (!receipt) return sluiceError('RECEIPT_MISSING', { stage: name, command });
    const invalid = (problem: string) =>
      sluiceError('RECEIPT_INVALID', { stage: name, file: `receipts/${name}.json`, problem, command });
    if (!isUnedited(receipt)) return invalid('it was changed after it was made');
    if (receipt.verdict === 'fail')
      return sluiceError('RECEIPT_FAILED', { stage: name, reasons: receipt.reasons, command });
    const { subject } = receipt;
    const wanted = expected.content[name];
    if ('content' in subject) {
      if (kind !== 'pure' && stageOf(name).needs.length > 0) return invalid('it names no release');
      if (wanted !== undefined && subject.content !== wanted)
        return foreign(name, `content ${subject.content}`, `content ${wanted}`, `${command} --skip-nx-cache`);
      continue;
    }
    if (kind === 'pure') return invalid('it names no content');
    if (subject.release !== expected.release)
      return foreign(name, `release ${subject.release}`, `release ${expected.release}`, command);
    for (const need of stageOf(name).needs) {
      if (subject.builtOn[need] !== receipts[need]?.digest)
        return invalid(`it was not built on the receipt of "${need}" that is there now`);
    }
  }
  return null;
}

const foreign = (stage: string, found: string, expected: string, command: string): SluiceError =>
  sluiceError('RECEIPT_FOREIGN', { stage, found: short(found), expected: short(expected), command });

const short = (text: string): string => text.replace(/([0-9a-f]{12})[0-9a-f]+/g, '$1');

/** The digests of the receipts that a stage builds on. */
export const builtOn = (stage: StageName, receipts: Receipts): Record<string, Digest> =>
  Object.fromEntries(stageOf(stage).needs.flatMap((need) => (receipts[need] ? [[need, receipts[need].digest]] : [])));
