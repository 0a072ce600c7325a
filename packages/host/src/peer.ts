/** The other process of the host: each of the two starts the other again when it is gone. */
export interface Peer {
  /** The pid of the process that answers; rejects when none does. */
  identify(signal: AbortSignal): Promise<number>;
  start(): void;
  /** It answers: for the first time, again, or as another process. Tried once more, later, when it rejects. */
  onUp(): Promise<void>;
}

export interface Keeping {
  /** Calls `onUp` once more. */
  greetAgain(): void;
  stop(): void;
}

const every = 250;
/** While it does not answer. */
const soon = 50;
/** A process that was just started gets so long to open its socket before it is started again. */
const startTime = 5_000;
const answerTime = 2_000;
/** Between two tries to greet the same process. */
const greetEvery = 5_000;

/** Looks at the peer again and again and starts it when it does not answer. */
export function keepPeer(peer: Peer, report: (thrown: unknown) => void): Keeping {
  let startedAt = -Infinity;
  let greeted: number | null = null;
  let failed = { pid: -1, until: -Infinity };
  let timer: NodeJS.Timeout | undefined;
  const stopped = new AbortController();
  const isStopped = () => stopped.signal.aborted;

  function start(): void {
    if (performance.now() - startedAt < startTime) return;
    startedAt = performance.now();
    peer.start();
  }

  async function greet(pid: number): Promise<void> {
    if (pid === greeted || (pid === failed.pid && performance.now() < failed.until)) return;
    greeted = pid;
    try {
      await peer.onUp();
    } catch (thrown) {
      greeted = null;
      failed = { pid, until: performance.now() + greetEvery };
      report(thrown);
    }
  }

  async function look(): Promise<void> {
    const pid = await peer.identify(AbortSignal.timeout(answerTime)).catch(() => null);
    if (isStopped()) return;
    if (pid === null) {
      greeted = null;
      start();
    } else {
      startedAt = -Infinity; // it came up, so when it is gone again nothing is to be waited for
      await greet(pid);
    }
    if (!isStopped()) timer = setTimeout(goOn, pid === null ? soon : every);
  }

  /** A peer that can't be started now, for want of memory or descriptors, may be later. */
  function goOn(): void {
    look().catch((thrown: unknown) => {
      report(thrown);
      if (!isStopped()) timer = setTimeout(goOn, every);
    });
  }

  goOn();
  return {
    greetAgain: () => {
      greeted = null;
    },
    stop: () => {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}
