import type { Problem } from '@sluice/core';

/** A request to a control socket that is not carried out: a `Problem` with an HTTP status. */
export class Refusal extends Error implements Problem {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}
