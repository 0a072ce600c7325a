import { sluiceError } from '../errors';
import { notStarted } from './blame';

describe('a release that did not start', () => {
  it('is to blame for what it does itself', () => {
    const error = sluiceError('INSTANCE_EXITED', { release: 'next', how: 'exited with code 1', lines: [] });
    expect(notStarted(error)).toEqual({ ok: false, reason: error.message });
  });

  it.each([
    sluiceError('SECRET_UNREADABLE', { setting: 'envFile', file: '/app.env', problem: 'there is no such file' }),
    sluiceError('HOOK_FAILED', { release: 'next', hook: 'beforeStart', how: 'exited with code 1', lines: ['boom'] }),
    sluiceError('USER_UNAVAILABLE', { user: 'app', problem: 'there is no such user' }),
    sluiceError('RELEASE_UNKNOWN', { release: 'next', known: [] }),
  ])('is not to blame for what its environment lacks: $code', (error) => {
    const reason = `the environment, not the release (${error.code}): ${error.message}`;
    expect(notStarted(error)).toEqual({ ok: false, reason, cause: 'world' });
  });
});
