import { urlOf } from './address';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['localhost', 'http://localhost:80'],
  ['::1', 'http://[::1]:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://[::1]:80'],
])('what listens at %s is asked at %s', (host, url) => {
  expect(urlOf({ host, port: 80 })).toBe(url);
  expect(new URL(url).hostname).not.toBe('');
});
