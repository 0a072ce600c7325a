import { Agent } from 'node:http';
import { send } from './visitor';

export interface Load {
  /** What each request got: a status, or why there was none. */
  readonly results: (number | string)[];
  /** Resolves when the last request has its answer. */
  stop(): Promise<void>;
}

/** Visitors who ask again and again, some on a connection that they keep and some on a new one each time. */
export function startLoad(port: number, { keeping = 6, fresh = 3 } = {}): Load {
  const results: (number | string)[] = [];
  let isOver = false;
  const agent = new Agent({ keepAlive: true, maxSockets: keeping });

  async function visit(options: { agent?: Agent }): Promise<void> {
    while (!isOver) {
      results.push(
        await send(port, { path: '/some', ...options }).then(
          ({ status }) => status,
          (error: unknown) => String(error),
        ),
      );
    }
  }
  const visitors = [
    ...Array.from({ length: keeping }, () => visit({ agent })),
    ...Array.from({ length: fresh }, () => visit({})),
  ];

  return {
    results,
    async stop() {
      isOver = true;
      await Promise.all(visitors);
      agent.destroy();
    },
  };
}
