import { junitXml } from './junit';
import type { Reported } from './reported';
import { sarifLog } from './sarif';

/** What CI systems read of a stage; `null` where there were no checks. `place`: the file of findings that are in none. */
export function stageReport(told: Reported, place: string): string | null {
  if (told.checks.length === 0) return null;
  return told.stage === 'security' ? sarifLog(told, place) : junitXml(told);
}
