import type { Problem, SluiceError } from '@sluice/core';

/** A request that a control socket does not carry out, with the HTTP status that says so; other errors are answered 409. */
export class Refusal extends Error implements Problem {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly remedy: string;
  constructor(
    readonly status: number,
    { code, message, remedy }: SluiceError,
  ) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}
