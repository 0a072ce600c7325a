import { z } from 'zod';
import { atMostTenMinutes, command, duration, env, instances, path, port, positiveDuration } from './schema-values';

/** What is run and where: `build`, `runtime`, `environments`, `services`, `smoke`. */
const build = z
  .strictObject({
    target: z.string().min(1).default('build').describe('Nx target that builds the project.'),
    output: z.string().min(1).default('dist').describe('Folder of the build output, from the project root.'),
  })
  .prefault({})
  .describe('How the project is built.');

const health = z
  .strictObject({
    path: path.default('/healthz').describe('Path that every instance is asked for; a 2xx answer is healthy.'),
    interval: positiveDuration('1s').describe('Time between two health checks of an instance.'),
    timeout: positiveDuration('2s').describe('How long one health check waits for its answer.'),
    startTimeout: atMostTenMinutes(positiveDuration('60s')).describe(
      'How long a new instance may take to become healthy: at most 10m.',
    ),
  })
  .prefault({})
  .describe('The health check of instances.');

const metrics = z
  .strictObject({
    path: path.default('/metrics').describe('Path of the metrics, in the text format of Prometheus.'),
    dbConnections: z.string().min(1).optional().describe('The gauge that counts open database connections.'),
  })
  .describe('Metrics of the service itself, for deploy-status.');

const runtime = z
  .strictObject({
    command: command.describe(
      'The program and its arguments; no shell. It runs in the folder of the release and listens on PORT.',
    ),
    env: env.default({}).describe('Environment variables of every instance. Part of the release: no secrets.'),
    instances: instances.default(1).describe('Instances in each environment.'),
    health,
    metrics: metrics.optional().describe('Metrics of the service itself, for deploy-status.'),
    drain: atMostTenMinutes(duration('10s')).describe(
      'Between SIGTERM and SIGKILL, and for requests in flight: at most 10m.',
    ),
  })
  .describe('How a release runs.');

const environment = z.strictObject({
  port: port.describe('Port that the router listens on.'),
  host: z.string().min(1).default('127.0.0.1').describe('Address that the router listens on.'),
  env: env.default({}).describe('Environment variables of this environment alone; they win over runtime.env.'),
  instances: instances.optional().describe('Instances in this environment: default runtime.instances.'),
});

const environments = z
  .strictObject({
    staging: environment.describe('Where a release is tried before it gets traffic of users.'),
    production: environment.describe('Where the users are.'),
  })
  .describe('Where a release runs.');

const service = z.strictObject({
  name: z.string().min(1).describe('Name for messages and report.'),
  url: z
    .string()
    .regex(/^(tcp|https?):\/\/\S+$/, {
      error: 'a URL such as tcp://127.0.0.1:5432 or http://127.0.0.1:9090/-/healthy',
    })
    .describe('tcp://HOST:PORT must accept a connection; http(s):// must answer a GET with 2xx or 3xx.'),
  critical: z
    .boolean()
    .default(true)
    .describe('Whether it blocks a stage, and takes a release back that is being rolled out while it is down.'),
  timeout: positiveDuration('2s').describe('How long one look at it waits.'),
});

export const releaseSettings = {
  build,
  runtime,
  environments,
  services: z.array(service).default([]).describe('Services that the release needs. Sluice looks at them only.'),
  smoke: command.optional().describe('Run in the project folder of the worktree with BASE_URL set; must exit 0.'),
};

export type Service = z.infer<typeof service>;
