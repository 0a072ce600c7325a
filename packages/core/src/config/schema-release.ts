import * as z from '../zod';
import {
  atMost,
  command,
  duration,
  env,
  hostAddress,
  instances,
  machineFile,
  optionalSize,
  path,
  port,
  positiveDuration,
  secrets,
} from './schema-values';

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
    startTimeout: atMost('10m', positiveDuration('60s')).describe(
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

const hook = z.strictObject({
  command: command.describe('The program and its arguments; no shell. It must be right to run it again.'),
  timeout: atMost('10m', positiveDuration('5m')).describe('It is ended after so long, and has failed: at most 10m.'),
});

const runtime = z
  .strictObject({
    command: command.describe(
      'The program and its arguments; no shell. It runs in the folder of the release and listens on PORT.',
    ),
    cwd: z.string().min(1).optional().describe('Folder inside the release that it runs in: default its root.'),
    user: z
      .string()
      .regex(/^(?:[a-z_][a-z0-9_-]*\$?|\d+)(?::\d+)?$/i, { error: 'a name, or numbers such as "1001" or "1001:1001"' })
      .optional()
      .describe('User that it runs as, by name or UID[:GID]: another than that of the host only when that is root.'),
    env: env.default({}).describe('Environment variables of every instance. Part of the release: no secrets.'),
    envFile: z
      .string()
      .min(1)
      .optional()
      .describe('File of lines NAME=VALUE in the project, part of the release like env, which wins over it.'),
    instances: instances.default(1).describe('Instances in each environment.'),
    health,
    metrics: metrics.optional().describe('Metrics of the service itself, for deploy-status.'),
    memory: optionalSize.describe('Resident memory above which an instance is restarted, such as "512MB".'),
    beforeStart: hook
      .optional()
      .describe('Run once a release in each environment before its first instance starts, such as migrations.'),
    afterStop: hook.optional().describe('Run once when the instances of a release were stopped for good.'),
    drain: atMost('5m', duration('10s')).describe(
      'For requests in flight, then once more between SIGTERM and SIGKILL: at most 5m.',
    ),
  })
  .describe('How a release runs.');

const environment = z.strictObject({
  port: port.describe('Port that the router listens on.'),
  host: hostAddress.default('127.0.0.1').describe('Address that the router listens on.'),
  env: env.default({}).describe('Environment variables of this environment alone; they win over runtime.env.'),
  envFile: machineFile
    .optional()
    .describe('File of lines NAME=VALUE outside of the repository, read at every start; it wins over env.'),
  secrets: secrets
    .optional()
    .describe(
      'Variables by name, each with the file outside of the repository that holds its value; they win over all.',
    ),
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
    .regex(/^(https?:\/\/[^\s/]\S*|tcp:\/\/[^\s/]+:\d{1,5}\/?|(postgres(ql)?|redis):\/\/[^\s/]+(\/\S*)?)$/, {
      error: 'a URL such as tcp://127.0.0.1:5432 or http://127.0.0.1:9090/-/healthy',
      abort: true,
    })
    .refine((text) => URL.canParse(text), { error: 'a URL with a host and a port of at most 65535' })
    .describe(
      'tcp:// must accept a connection, http(s):// answer a GET with 2xx or 3xx, postgres:// a start, redis:// a PING.',
    ),
  from: z
    .literal('compose')
    .optional()
    .describe('"compose": HOST is a service of the Compose file, looked at inside its network by deploy-infra alone.'),
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
  services: z.array(service).prefault([]).describe('Services that the release needs. Sluice looks at them only.'),
  smoke: command.optional().describe('Run in the project folder of the worktree with BASE_URL set; must exit 0.'),
};

export type Service = z.infer<typeof service>;
