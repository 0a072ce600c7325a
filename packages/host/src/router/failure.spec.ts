import { errors } from 'undici';
import { classify, type Evidence } from './failure';

const system = (code: string) => Object.assign(new Error(code), { code });
const socketError = new errors.SocketError('other side closed');
const sent = { sent: true, heard: false, answered: false, reused: false };

describe('a failed attempt', () => {
  it.each<[string, string, Error, Partial<Evidence>]>([
    ['unreached', 'the connection was refused', system('ECONNREFUSED'), { sent: false }],
    ['unreached', 'the connection was reset before the request', system('ECONNRESET'), { sent: false }],
    ['unreached', 'its instance was removed meanwhile', new errors.ClientClosedError(), { sent: false }],
    ['invalid', 'the request can not be written', new errors.InvalidArgumentError(), { sent: false }],
    ['silent', 'no headers came in time', new errors.HeadersTimeoutError(), {}],
    ['silent', 'no headers came in time on a reused connection', new errors.HeadersTimeoutError(), { reused: true }],
    ['stale', 'a reused connection was closed', socketError, { reused: true }],
    ['stale', 'a reused connection was reset', system('ECONNRESET'), { reused: true }],
    ['stale', 'a reused connection could not be written', system('EPIPE'), { reused: true }],
    ['failed', 'a new connection was closed', socketError, {}],
    ['failed', 'a reused connection was closed in mid-headers', socketError, { reused: true, heard: true }],
    ['failed', 'the response was no HTTP', new errors.HTTPParserError('bad'), { reused: true }],
    ['broken', 'the connection broke in the body', socketError, { heard: true, answered: true, reused: true }],
  ])('is %s when %s', (kind, _, error, evidence) => {
    expect(classify({ ...sent, error, ...evidence }).kind).toBe(kind);
  });

  it('tells a connection that was refused from one that was not answered', () => {
    const end = (error: Error) => classify({ ...sent, sent: false, error });
    expect(end(new errors.ConnectTimeoutError())).toEqual({ kind: 'unreached', timedOut: true });
    expect(end(system('ECONNREFUSED'))).toEqual({ kind: 'unreached', timedOut: false });
  });
});
