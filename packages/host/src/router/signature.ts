import { createHmac, timingSafeEqual } from 'node:crypto';

/** @param parts what is signed; the first one names the purpose, so that no signature serves for another */
export const sign = (secret: string, parts: readonly (string | number)[]): string =>
  createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url');

/** Compares in a time that tells nothing of the right one. */
export function isSigned(signature: string, secret: string, parts: readonly (string | number)[]): boolean {
  const expected = Buffer.from(sign(secret, parts));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
