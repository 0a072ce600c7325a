import { pinHeader, signPin, type Pin } from './router/pin';
import { hostFolderOf } from './sockets';

/** The header field that sends a request to one slot, for those who may read the workspace's secret. */
export async function createPin(root: string, pin: Pin): Promise<{ name: string; value: string }> {
  const { readSecret } = await import('./secret'); // needed by nothing else that a client does
  return { name: pinHeader, value: signPin(await readSecret(hostFolderOf(root)), pin) };
}
