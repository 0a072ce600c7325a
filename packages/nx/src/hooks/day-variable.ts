/** Where the hook tells the day of a run, such as `2026-12-31` (UTC). */
export const dayVariable = 'SLUICE_DAY';
