import { parseDuration } from './duration';
import type { ApprovalSettings, FreezeSettings } from './schema-approvals';

/** One rule a stage, and no more people than are named. */
export const approvalProblems = (approvals: readonly ApprovalSettings[]): string[] =>
  approvals.flatMap(({ before, by, from }, at) => [
    ...(approvals.findIndex((other) => other.before === before) < at
      ? [`approvals[${at}].before: "${before}" is there twice`]
      : []),
    ...(from !== undefined && new Set(from).size < by
      ? [`approvals[${at}].by: ${by} people are asked for, and approvals[${at}].from names ${new Set(from).size}`]
      : []),
  ]);

const longest = '366d';

/** Each begins by cron and lasts for a while, or is from one time to another. */
export const freezeProblems = (freezes: readonly FreezeSettings[]): string[] =>
  freezes.flatMap((freeze, at) => {
    const { cron, from, to } = freeze;
    const isRepeated = cron !== undefined && freeze.for !== undefined;
    const isOnce = from !== undefined && to !== undefined;
    const written = [cron, freeze.for, from, to].filter((value) => value !== undefined).length;
    if (written !== 2 || isRepeated === isOnce)
      return [`freeze[${at}]: has either "cron" and "for", or "from" and "to"`];
    const ms = freeze.for ?? 1;
    return ms > 0 && ms <= (parseDuration(longest) ?? 0)
      ? []
      : [`freeze[${at}].for: expected a duration longer than "0s" and of at most "${longest}"`];
  });
