import { readFileSync } from 'node:fs';
import { sluiceError, SluiceError, z } from '@sluice/core';
import { protocol, type HostHealth } from './protocol';

/** The version of this package, as it is on disk now. */
export function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(require.resolve('@sluice/host/package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

/** Rejects with `HOST_VERSION` a host that is known not to understand this client. One without a number speaks the first. */
export function requireProtocol({ version, protocol: spoken = 1 }: HostHealth): void {
  if (spoken !== protocol) throw otherVersion(version);
}

/** What was thrown; that two do not understand each other is said to come from their versions, where these differ. */
export async function explained(thrown: unknown, health: () => Promise<HostHealth>): Promise<unknown> {
  if (!(thrown instanceof SluiceError) || thrown.code !== 'HOST_REFUSED') return thrown;
  const found = await health().catch(() => null);
  return found && found.version !== ownVersion() ? otherVersion(found.version) : thrown;
}

const otherVersion = (host: string): SluiceError => sluiceError('HOST_VERSION', { host, own: ownVersion() });
