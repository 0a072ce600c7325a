import { readPin, signPin } from './pin';
import { sign } from './signature';

const secret = 'a secret of some length';
const place = { project: 'app', environment: 'production' };
const pin = { ...place, slot: 'canary' as const, expires: 2_000 };
const signed = signPin(secret, pin);
const read = (header: string, now = 1_000) => readPin(header, secret, place, now);

describe('a pin', () => {
  it('names its slot until it expires', () => {
    expect(read(signed)).toBe('canary');
    expect(read(signed, 1_999.9)).toBe('canary');
    expect(read(signed, 2_000)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['a bare slot', 'canary'],
    ['another slot', signed.replace('canary', 'stable')],
    ['an unknown slot', signed.replace('canary', 'blue')],
    ['a later expiry', signed.replace('2000', '3000')],
    ['no expiry', signed.replace('2000', '')],
    ['a cut signature', signed.slice(0, -1)],
    ['two pins', `${signed}, ${signed}`],
    ['the signature of something else', `canary.2000.${sign(secret, ['client', 'app', 'production', 'canary'])}`],
  ])('of %s names none', (_, header) => {
    expect(read(header)).toBeUndefined();
  });

  it.each([
    ['project', { ...place, project: 'other' }],
    ['environment', { ...place, environment: 'staging' }],
  ])('is worth nothing for another %s', (_, elsewhere) => {
    expect(readPin(signed, secret, elsewhere, 1_000)).toBeUndefined();
  });

  it('is worth nothing where the secret is another', () => {
    expect(readPin(signed, 'another secret', place, 1_000)).toBeUndefined();
  });
});
