import { rm } from 'node:fs/promises';

export default async function removeTemplate(): Promise<void> {
  const folder = process.env['SLUICE_E2E'];
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
