/**
 * Work that has to be done once. Whoever asks waits for the try that is under way; after one that failed, which rejects for
 * all who waited, the next to ask makes another.
 */
export function untilDone(work: () => Promise<void>): () => Promise<void> {
  let attempt: Promise<void> | null = null;
  return () => {
    attempt ??= work().catch((thrown: unknown) => {
      attempt = null;
      throw thrown;
    });
    return attempt;
  };
}
