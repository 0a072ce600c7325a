/** The other process of the host: each of the two starts the other again when it is gone. */
export interface Peer {
  isUp(signal: AbortSignal): Promise<boolean>;
  start(): void;
  /** It answers again, or for the first time. */
  onUp(): void;
}

const every = 500;
/** A process that was just started gets so long to open its socket before it is started again. */
const startTime = 5_000;
const answerTime = 2_000;

/** Looks at the peer again and again and starts it when it does not answer. Returns what ends that. */
export function keepPeer(peer: Peer): () => void {
  let startedAt = -Infinity;
  let wasUp = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const isUp = await peer.isUp(AbortSignal.timeout(answerTime)).catch(() => false);
    if (stopped) return;
    if (isUp && !wasUp) peer.onUp();
    wasUp = isUp;
    if (!isUp && performance.now() - startedAt > startTime) {
      startedAt = performance.now();
      peer.start();
    }
    timer = setTimeout(() => void look(), isUp ? every : every / 10);
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
