import type { CheckOutcome, Finding } from '@sluice/core';

type Figures = CheckOutcome['figures'];

export const pass = (reason: string, figures: Figures = {}): CheckOutcome => ({
  status: 'pass',
  reason,
  findings: [],
  figures,
});
export const skip = (reason: string): CheckOutcome => ({ status: 'skip', reason, findings: [], figures: {} });
export const warn = (reason: string, findings: Finding[] = [], figures: Figures = {}): CheckOutcome => ({
  status: 'warn',
  reason,
  findings,
  figures,
});
export const fail = (reason: string, findings: Finding[] = [], figures: Figures = {}): CheckOutcome => ({
  status: 'fail',
  reason,
  findings,
  figures,
});

/** `1 file`, `3 files` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
