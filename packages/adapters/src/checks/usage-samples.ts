import type { UsageSample } from '@sluice/core';

/** What the loaded release uses now. */
export interface UsageReading extends UsageSample {
  /** Of its instances, since they were started first. */
  restarts: number;
}

export type ReadUsage = () => Promise<UsageReading>;

export interface Sampling {
  /** Ends it, and gives what was read, in order. */
  end(): Promise<UsageReading[]>;
}

const wanted = 40;
const [most, least] = [500, 25];

/** Reads again and again while a run of so many ms goes on; a reading that can't be taken is left out. */
export function startSampling(read: ReadUsage, duration: number): Sampling {
  const every = Math.min(most, Math.max(least, duration / wanted));
  const readings: UsageReading[] = [];
  let reading: Promise<void> | null = null;
  const timer = setInterval(() => {
    reading ??= read()
      .then(
        (found) => void readings.push(found),
        () => undefined,
      )
      .finally(() => (reading = null));
  }, every);
  return {
    async end() {
      clearInterval(timer);
      await reading;
      return readings;
    },
  };
}
