import { configSchema, type Config } from './schema';

let parsed: Config | null = null;

/** Every default, for a service of which nothing is known: its command and ports mean nothing. Parsed when it is first asked for. */
export const bareConfig = (): Config =>
  (parsed ??= configSchema.parse({
    runtime: { command: ['unknown'] },
    environments: { staging: { port: 1 }, production: { port: 2 } },
  }));
