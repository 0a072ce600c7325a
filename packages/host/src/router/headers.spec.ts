import { addressOf, readTarget, requestHeaders, responseHeaders } from './headers';

const nowhere = { client: null, host: undefined, cookie: 'sluice-0000' };
const request = (raw: string[], origin = {}) => requestHeaders(raw, { ...nowhere, ...origin });

describe('request headers', () => {
  it.each([
    ['Connection', 'close'],
    ['Keep-Alive', 'timeout=5'],
    ['Proxy-Connection', 'keep-alive'],
    ['TE', 'trailers'],
    ['Transfer-Encoding', 'chunked'],
    ['Upgrade', 'h2c'],
    ['Expect', '100-continue'],
    ['Trailer', 'X-Sum'],
    ['X-Sluice-Synthetic', 'token'],
  ])('leave out %s', (name, value) => {
    expect(request([name, value, 'Accept', '*/*']).slice(0, 2)).toEqual(['Accept', '*/*']);
  });

  it('leave out what Connection names, except what the message needs', () => {
    const raw = ['Connection', 'close, X-One', 'X-ONE', '1', 'connection', ' x-two,Content-Length,HOST', 'X-Two', '2'];
    expect(request([...raw, 'Content-Length', '3', 'Host', 'a'])).toEqual([
      ...['host', 'a', 'Content-Length', '3'],
      ...['x-forwarded-for', '', 'x-forwarded-proto', 'http', 'x-forwarded-host', 'a'],
    ]);
  });

  it('append the address of the client to those of proxies before', () => {
    const raw = ['X-Forwarded-For', '1.1.1.1', 'x-forwarded-for', '2.2.2.2, 3.3.3.3'];
    const headers = request(raw, { client: addressOf('::ffff:127.0.0.1') });
    expect(headers.slice(0, 2)).toEqual(['x-forwarded-for', '1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1']);
  });

  it('keep the protocol and host that a proxy in front has seen', () => {
    const headers = request(['Host', 'inner', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'outer']);
    expect(headers).toEqual(expect.arrayContaining(['host', 'inner', 'https', 'outer']));
  });

  it('take the host of a target in absolute form', () => {
    expect(request(['Host', 'lie'], { host: 'truth' })).not.toContain('lie');
  });

  it('keep the order and number of all others', () => {
    const raw = ['Cookie', 'a=1', 'X-B', '1', 'Cookie', 'b=2', 'X-B', '2'];
    expect(request(raw).slice(0, 8)).toEqual(raw);
  });
});

describe('response headers', () => {
  it('keep duplicates and leave out those of the connection', () => {
    const raw = ['Set-Cookie', 'a=1', 'Connection', 'X-One', 'X-One', '1', 'Set-Cookie', 'b=2', 'Via', '1.1 cache'];
    expect(responseHeaders(raw)).toEqual(['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Via', '1.1 cache']);
  });
});

describe('the target of a request', () => {
  it.each([
    ['/a/../b?c=1#d', { path: '/a/../b?c=1#d', host: undefined }],
    ['//double', { path: '//double', host: undefined }],
    ['http://a.example:81/b?c', { path: '/b?c', host: 'a.example:81' }],
    ['HTTPS://a.example', { path: '/', host: 'a.example' }],
    ['*', undefined],
    ['a.example:443', undefined],
    ['http://', undefined],
    ['ftp://a.example/', undefined],
    ['', undefined],
  ])('%p is %p', (target, expected) => {
    expect(readTarget(target)).toEqual(expected);
  });
});
