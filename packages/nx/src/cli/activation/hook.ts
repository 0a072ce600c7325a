import { readHookCall, activationCode } from '@sluice/core';
import { findServices } from '../find-services';
import type { Finding } from './find-active';
import { readMemory, writeMemory } from './hook-memory';
import { digestOfInputs } from './hook-inputs';

/**
 * What the hook of a coding agent adds to what the agent reads; `null` where there is nothing to say. What was found is
 * remembered as long as nothing has changed that decides it. Rejects like `findServices`.
 */
export async function hookAnswer(input: string, checkout: string): Promise<string | null> {
  const call = readHookCall(input);
  const { repository, services } = await findServices(checkout, checkout);
  const { root } = repository;
  const [inputs, memory] = await Promise.all([digestOfInputs(repository, services), readMemory(root)]);
  const find = async (): Promise<Finding> => (await import('./find-active')).findActive(repository, services);
  const { active, lasts } = memory?.inputs === inputs ? { active: memory.active, lasts: true } : await find();
  const told = `${call.session ?? ''} ${active.map(({ signal }) => signal).join(' ')}`;
  const isNews = active.length > 0 && memory?.told !== told;
  // after every tool it would be said again
  const isSaid = active.length > 0 && (isNews || call.event !== 'tool');
  await writeMemory(root, memory, { told: isNews ? told : (memory?.told ?? ''), inputs: lasts ? inputs : '', active });
  return isSaid ? call.answer([activationCode, ...active.map(({ line }) => line)].join('\n')) : null;
}
