import { catalogue, type Row } from './error-catalogue';

export type ErrorCode = keyof typeof catalogue;
type DetailsOf = { [C in ErrorCode]: Parameters<(typeof catalogue)[C]['what']>[0] };
const rows: { [C in ErrorCode]: Row<DetailsOf[C]> } = catalogue;

/** What travels between processes and into reports: no stack, no class. */
export interface Problem {
  code: string;
  message: string;
  remedy: string;
}

export class SluiceError extends Error implements Problem {
  override readonly name = 'SluiceError';
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

export function sluiceError<C extends ErrorCode>(code: C, details: DetailsOf[C]): SluiceError {
  const found = rows[code];
  return new SluiceError(code, found.what(details), found.mend(details));
}

/** Any thrown value as a `Problem`; what is not ours is `INTERNAL`, never swallowed. */
export function toProblem(thrown: unknown): Problem {
  if (isProblem(thrown)) return { code: thrown.code, message: thrown.message, remedy: thrown.remedy };
  return toProblem(sluiceError('INTERNAL', { reason: thrown instanceof Error ? thrown.message : String(thrown) }));
}

const isProblem = (thrown: unknown): thrown is Error & Problem =>
  thrown instanceof Error &&
  'code' in thrown &&
  'remedy' in thrown &&
  typeof thrown.code === 'string' &&
  typeof thrown.remedy === 'string';

export const fromProblem = (problem: Problem): SluiceError =>
  new SluiceError(problem.code, problem.message, problem.remedy);
