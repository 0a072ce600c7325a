import type { Place, Slot } from './route';
import { isSigned, sign } from './signature';

/** Sends a request to one slot; never forwarded. */
export const pinHeader = 'x-sluice-slot';

export interface Pin extends Place {
  slot: Slot['slot'];
  /** Seconds since the epoch. */
  expires: number;
}

const partsOf = ({ project, environment, slot, expires }: Pin) => ['pin', project, environment, slot, expires];

/** The value of the header for those who know the workspace's secret. */
export const signPin = (secret: string, pin: Pin): string => `${pin.slot}.${pin.expires}.${sign(secret, partsOf(pin))}`;

/** The slot that the header names; `undefined` where it is forged, broken or expired. */
export function readPin(
  header: string,
  secret: string,
  { project, environment }: Place,
  now: number,
): Slot['slot'] | undefined {
  const [slot, expires = '', signature = '', ...rest] = header.split('.');
  if (slot !== 'stable' && slot !== 'canary' && slot !== 'baseline') return undefined;
  if (rest.length > 0 || !/^\d{1,12}$/.test(expires) || now >= Number(expires)) return undefined;
  const pin: Pin = { project, environment, slot, expires: Number(expires) };
  return isSigned(signature, secret, partsOf(pin)) ? slot : undefined;
}
