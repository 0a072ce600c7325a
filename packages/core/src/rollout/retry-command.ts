/** Allows this release once more and no other: several may be refused. `target` is how `deploy-retry` is run. */
export const retryCommand = (target: string, release: string): string =>
  `${target} --release=${release} --reason="..."`;
