import { createApp, type App } from './app';
import type { Settings } from './settings';
import { realWorld, type World } from './world';

export interface RunningApp extends App {
  get: (path: string, init?: RequestInit) => Promise<Response>;
  /** What the app would have said on stderr. */
  log: string[];
  port: number;
}

const running: App[] = [];

/** Starts the real app on a free port, with the database connected. `stopApps` ends it. */
export async function startApp(options: Partial<Settings & World> = {}): Promise<RunningApp> {
  const app = await listenOnly(options);
  await app.connect();
  return app;
}

/** As `startApp`, but does not wait for the database. */
export async function listenOnly(options: Partial<Settings & World> = {}): Promise<RunningApp> {
  const log: string[] = [];
  const app = createApp(
    { port: 0, release: 'test', ...options },
    { ...realWorld, log: (line) => log.push(line), ...options },
  );
  const port = await app.listen();
  running.push(app);
  return { ...app, port, log, get: (path, init) => fetch(`http://localhost:${port}${path}`, init) };
}

export async function stopApps(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.stop({ idle: 0 })));
}

/** A promise, and the function that resolves it. */
export function latch(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
