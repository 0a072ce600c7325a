const pending = new Set();

/** What must not be left behind when the benchmark is interrupted; answers how to take that back. */
export function atInterrupt(clean) {
  pending.add(clean);
  return () => pending.delete(clean);
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await Promise.allSettled([...pending].map((clean) => clean()));
    process.exit(130);
  });
}
