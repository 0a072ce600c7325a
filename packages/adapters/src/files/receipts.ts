import { rm } from 'node:fs/promises';
import { isUnedited, receiptSchema, sluiceError, type Receipt } from '@sluice/core';
import { replaceFile } from '../durable/durable-file';
import { usable } from '../durable/usable';
import { explainIssues, readJson } from './json-file';
import { receiptFile } from './paths';

export interface ReceiptStore {
  /** Removes the receipts of these stages: what they say is of an earlier run. */
  forget(project: string, stages: readonly string[]): Promise<void>;
  /** Whole or not at all, and durable when it resolves. */
  write(receipt: Receipt): Promise<void>;
  /** The receipt of a stage, or `null` where it left none. Rejects with `RECEIPT_INVALID` for one that cannot be trusted. */
  read(project: string, stage: string): Promise<Receipt | null>;
}

/** The receipts of one checkout. `commandFor` names the command that makes a stage's receipt, for the errors. */
export function createReceiptStore(checkout: string, commandFor: (stage: string) => string): ReceiptStore {
  return {
    async forget(project, stages) {
      for (const stage of stages) {
        const file = receiptFile(checkout, project, stage);
        await usable(file, () => rm(file, { force: true }));
      }
    },

    write: (receipt) =>
      replaceFile(receiptFile(checkout, receipt.project, receipt.stage), `${JSON.stringify(receipt, null, 2)}\n`),

    async read(project, stage) {
      const file = receiptFile(checkout, project, stage);
      const refuse = (problem: string) =>
        sluiceError('RECEIPT_INVALID', { stage, file, problem, command: commandFor(stage) });
      const read = await readJson(file);
      if (!read.found) return null;
      if ('problem' in read) throw refuse(read.problem);
      const parsed = receiptSchema.safeParse(read.value);
      if (!parsed.success) throw refuse(explainIssues(parsed.error));
      const receipt = parsed.data;
      if (receipt.project !== project || receipt.stage !== stage) {
        throw refuse(`it is the receipt of "${receipt.stage}" of ${receipt.project}`);
      }
      if (!isUnedited(receipt)) throw refuse('it was changed after it was made');
      return receipt;
    },
  };
}
