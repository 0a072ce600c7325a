/** The other process of the host: each of the two starts the other again when it is gone. */
export interface Peer {
  /** The pid of the process that answers; rejects when none does. */
  identify(signal: AbortSignal): Promise<number>;
  start(): void;
  /** Another process answers than before, or the first one. Tried again, later, when it rejects. */
  onUp(): Promise<void>;
}

const every = 500;
/** A process that was just started gets so long to open its socket before it is started again. */
const startTime = 5_000;
const answerTime = 2_000;

/** Looks at the peer again and again and starts it when it does not answer. Returns what ends that. */
export function keepPeer(peer: Peer): () => void {
  let startedAt = -Infinity;
  let greeted: number | null = null;
  let greetAgainAt = -Infinity;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const isStopped = () => stopped;

  async function greet(pid: number): Promise<void> {
    try {
      await peer.onUp();
      greeted = pid;
    } catch {
      greetAgainAt = performance.now() + startTime;
    }
  }

  async function look(): Promise<void> {
    const pid = await peer.identify(AbortSignal.timeout(answerTime)).catch(() => null);
    if (isStopped()) return;
    if (pid === null && performance.now() - startedAt > startTime) {
      startedAt = performance.now();
      peer.start();
    }
    if (pid !== null && pid !== greeted && performance.now() > greetAgainAt) await greet(pid);
    if (isStopped()) return;
    timer = setTimeout(() => void look(), pid === null ? every / 10 : every);
  }

  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
