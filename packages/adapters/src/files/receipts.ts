import { rm } from 'node:fs/promises';
import { isUnedited, receiptSchema, sluiceError, stageReport, type Receipt } from '@sluice/core';
import { replaceFile } from '../durable/durable-file';
import { usable } from '../durable/usable';
import { explainIssues, readJson } from './json-file';
import { receiptFile, stageReportFile } from './paths';

export interface ReceiptStore {
  /** Removes the receipts and reports of these stages: what they say is of an earlier run. */
  forget(project: string, stages: readonly string[]): Promise<void>;
  /** Removes what CI systems read of a stage. */
  forgetReport(project: string, stage: string): Promise<void>;
  /**
   * Replaces what CI systems read of a stage by its checks; without any there is none. `place`: the file that is shown
   * for a finding of no file.
   */
  report(told: Parameters<typeof stageReport>[0], place: string): Promise<void>;
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
        await remove(receiptFile(checkout, project, stage));
        await remove(stageReportFile(checkout, project, stage));
      }
    },

    forgetReport: (project, stage) => remove(stageReportFile(checkout, project, stage)),

    async report(told, place) {
      const file = stageReportFile(checkout, told.project, told.stage);
      const text = stageReport(told, place);
      await (text === null ? remove(file) : replaceFile(file, text));
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

const remove = (file: string): Promise<void> => usable(file, () => rm(file, { force: true }));
