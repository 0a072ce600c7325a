import { readSettings } from './settings';

it('reads the port, the name of the release and the fault', () => {
  expect(readSettings({ PORT: '4300', RELEASE_NAME: 'next', FAULT: 'latency' })).toEqual({
    port: 4300,
    release: 'next',
    fault: 'latency',
  });
});

it('is the first release, without a fault, unless told otherwise', () => {
  expect(readSettings({ PORT: '4300' })).toEqual({ port: 4300, release: 'first' });
  expect(readSettings({ PORT: '4300', FAULT: '' })).toEqual({ port: 4300, release: 'first' });
});

it.each([
  [{}, 'PORT must be a port number, 0 to 65535, and is not set'],
  [{ PORT: '' }, 'PORT must be a port number, 0 to 65535, and is ""'],
  [{ PORT: 'http' }, 'PORT must be a port number, 0 to 65535, and is "http"'],
  [{ PORT: '80.5' }, 'PORT must be a port number, 0 to 65535, and is "80.5"'],
  [{ PORT: '65536' }, 'PORT must be a port number, 0 to 65535, and is "65536"'],
  [{ PORT: '1', FAULT: 'fire' }, 'FAULT must be one of errors, latency, start, crash, and is "fire"'],
  [{ PORT: '1', FAULT: 'toString' }, 'FAULT must be one of errors, latency, start, crash, and is "toString"'],
  [
    { PORT: '1', RELEASE_NAME: '<b>\n' },
    String.raw`RELEASE_NAME must be 1 to 64 letters, digits, ".", "_" or "-", and is "<b>\n"`,
  ],
])('refuses %j', (env, message) => {
  expect(() => readSettings(env)).toThrow(new Error(message));
});

it('names everything that is wrong at once', () => {
  expect(() => readSettings({ FAULT: 'fire', RELEASE_NAME: '' })).toThrow(/PORT.*\nRELEASE_NAME.*\nFAULT/);
});
