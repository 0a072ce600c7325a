import { SluiceError } from '../../errors';
import type { Fault, PortCall } from '../faults';

/** What happens to one call of a driver, or to the driver in the middle of it. `ms` is how long it lasts. */
type Make = (call: PortCall, ms: number) => Fault | 'dies' | 'dies after' | null;

const lost = new Error('the connection broke');
/** Local calls settle in the end; only what crosses a network can hang. */
const canHang = ({ port }: PortCall): boolean =>
  port !== 'store' && port !== 'sink' && port !== 'clock' && port !== 'inbox';
const canFail = ({ port }: PortCall): boolean => port !== 'clock' && port !== 'inbox';

const codes = [
  ...['RELEASE_UNKNOWN', 'RELEASE_CORRUPT', 'ARTIFACT_CORRUPT', 'COMMAND_MISSING', 'PORT_IN_USE', 'LISTEN_FAILED'],
];
/** Trying again does not help against these. */
const forGood = (ms: number): Error =>
  new SluiceError(codes[ms % codes.length] ?? 'INTERNAL', 'it can not be done', 'mend it');

const kinds = {
  'a call fails': (call) => (canFail(call) ? { type: 'reject', error: lost } : null),
  'a call fails for good': ({ port }, ms) =>
    port === 'runtime' || port === 'router' || port === 'verifier' ? { type: 'reject', error: forGood(ms) } : null,
  'an answer is lost': (call) => (canFail(call) ? { type: 'lose', error: lost } : null),
  'a call hangs': (call) => (canHang(call) ? { type: 'hang' } : null),
  'a call takes long': (call, ms) => (canFail(call) ? { type: 'delay', ms } : null),
  'a call happens twice': (call) => (canFail(call) ? { type: 'twice' } : null),
  'the driver dies': () => 'dies',
  'the driver dies after a call': () => 'dies after',
  /** It comes back to a state that is older: the disk had promised too much. */
  'the driver dies and saves are lost': () => 'dies',
  'the driver dies and its state is gone': () => 'dies',
  /** The lease of the one lapsed: it does not know, and acts on. */
  'a second driver begins': () => null,
  /** The same, and the call that it was about to make comes when the other one has long gone on. */
  'the driver sleeps and a second begins': (call, ms) => (canFail(call) ? { type: 'delay', ms } : null),
} satisfies Record<string, Make>;

export type CallTroubleName = keyof typeof kinds;

/** What goes wrong with the n-th call that drivers make, by what it is called in a story. */
export const callTroubles: Record<CallTroubleName, Make> = kinds;
