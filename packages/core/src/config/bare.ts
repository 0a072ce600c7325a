import { configSchema } from './schema';

/** Every default, for a service of which nothing is known: its command and ports mean nothing. */
export const bareConfig = configSchema.parse({
  runtime: { command: ['unknown'] },
  environments: { staging: { port: 1 }, production: { port: 2 } },
});
