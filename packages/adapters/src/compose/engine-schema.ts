import { z } from '@sluice/core';
import type { Container } from './standing';

/** What is read of the engine's answers; it says much more. */
export const timeSchema = z.object({ SystemTime: z.iso.datetime({ offset: true }) });

const binding = z.object({ HostIp: z.string(), HostPort: z.string() });
export const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number(),
    StartedAt: z.string(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  HostConfig: z.object({
    RestartPolicy: z.object({ Name: z.string() }).nullish(),
    PortBindings: z.record(z.string(), z.unknown()).nullish(),
  }),
  Config: z.object({ Image: z.string(), Labels: z.record(z.string(), z.string()) }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(binding).nullable()).nullish(),
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })).nullish(),
  }),
});

export function toContainer(found: z.infer<typeof containerSchema>): Container {
  const { Labels } = found.Config;
  const policy = found.HostConfig.RestartPolicy?.Name ?? '';
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ''),
    service: Labels['com.docker.compose.service'] ?? '',
    hash: Labels['com.docker.compose.config-hash'] ?? '',
    image: found.Image,
    imageName: found.Config.Image,
    state: found.State.Status,
    exitCode: found.State.ExitCode,
    startedAt: Date.parse(found.State.StartedAt),
    health: healthOf(found.State.Health?.Status ?? 'none'),
    isKept: ['always', 'unless-stopped'].includes(policy),
    isRetried: policy === 'on-failure',
    publishes: Object.keys(found.HostConfig.PortBindings ?? {}).length > 0,
    ports: Object.entries(found.NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) =>
      key.endsWith('/tcp')
        ? (bindings ?? []).map(({ HostIp, HostPort }) => ({
            ...{ host: HostIp, port: Number(HostPort), inside: Number.parseInt(key, 10) },
          }))
        : [],
    ),
    addresses: Object.values(found.NetworkSettings.Networks ?? {})
      .map(({ IPAddress }) => IPAddress)
      .filter((address) => address !== ''),
  };
}

/** A state of health that is not known is none that one may go on with. */
const healthOf = (status: string): Container['health'] =>
  status === 'none' ? null : status === 'healthy' || status === 'starting' ? status : 'unhealthy';
