import { aConfigInput } from '../testing';
import { parse, problemsOf, refusalOf } from './testing/refusals';

describe('a sluice.json', () => {
  it('of the smallest kind gets every default', () => {
    expect(parse(aConfigInput())).toMatchObject({
      runtime: { instances: 1, env: {}, drain: 10_000, health: { path: '/healthz' } },
      environments: { staging: { port: 4001, host: '127.0.0.1' }, production: { port: 4000 } },
      staging: { soak: 30 * 60_000 },
      canary: {
        traffic: 5,
        method: 'sequential',
        threshold: { minRequests: 200, failureLimit: 2, inconclusiveLimit: 2, consecutiveErrorLimit: 4 },
      },
      production: { steps: [10, 50, 100], stepDuration: 2 * 3_600_000 },
      rollback: { window: 10 * 60_000, keep: 5 },
    });
  });

  it('may name its schema', () => {
    expect(parse({ $schema: './sluice.schema.json', ...aConfigInput() }).$schema).toBe('./sluice.schema.json');
  });

  it.each([
    ['', 'it ends too early at line 1, column 1'],
    ['{', 'it ends too early at line 1, column 2'],
    ['{"runtime": }', 'unexpected "}" at line 1, column 13'],
    ['{\n  "runtime": {},\n}', 'unexpected "}" at line 3, column 1'],
    ['runtime: x', 'unexpected "r" at line 1, column 1'],
  ])('that is no JSON is refused, with the place: %j', (text, problem) => {
    expect(refusalOf(text)).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(problemsOf(text)).toEqual([`is not JSON: ${problem}`]);
  });

  it.each([['[]'], ['null'], ['"text"'], ['5']])('that is no object is refused: %s', (text) => {
    expect(problemsOf(text)).toEqual([`the file: expected an object, found ${text}`]);
  });

  it('without what it needs is told all that is missing', () => {
    expect(problemsOf({})).toEqual([
      'runtime: expected an object, found nothing',
      'environments: expected an object, found nothing',
    ]);
  });

  it('names the file, and says where to look', () => {
    const refusal = refusalOf({});
    expect(refusal.message).toMatch(/^apps\/shop\/sluice\.json has 2 problems:/);
    expect(refusal.remedy).toContain('node_modules/@sluice/nx/sluice.schema.json');
  });
});

describe('bad settings', () => {
  it('are told all at once, each with its path and the nearest key', () => {
    const written = {
      ...aConfigInput({ runtime: { command: ['node', 'main.js'], drain: '5s' } }),
      environments: { staging: { port: 4001 }, production: { prot: 80, port: 70_000 }, prod: {} },
      canary: { trafic: 5, interval: 10, threshold: { rollback: { errors: { rato: 2 } } } },
      enviroments: {},
    };
    expect(problemsOf(written)).toEqual([
      'environments.production.port: expected a number of at most 65535, found 70000',
      'environments.production.prot: is not a known key; did you mean "port"?',
      'environments.prod: is not a known key',
      'canary.interval: expected a duration such as "30s", "10m", "24h" or "1h30m", found 10',
      'canary.threshold.rollback.errors.rato: is not a known key; did you mean "ratio"?',
      'canary.trafic: is not a known key; did you mean "traffic"?',
      'enviroments: is not a known key; did you mean "environments"?',
    ]);
  });

  it.each([
    [
      { canary: { duration: '1 day' } },
      'canary.duration: expected a duration such as "30s", "10m", "24h" or "1h30m", found "1 day"',
    ],
    [{ canary: { interval: '0s' } }, 'canary.interval: expected a duration longer than "0s", found "0s"'],
    [{ runtime: { command: ['x'], drain: '6m' } }, 'runtime.drain: expected a duration of at most "5m", found "6m"'],
    [{ canary: { traffic: 0 } }, 'canary.traffic: expected a number of at least 1, found 0'],
    [{ canary: { traffic: 2.5 } }, 'canary.traffic: expected a whole number, found 2.5'],
    [{ canary: { traffic: '5' } }, 'canary.traffic: expected a number, found "5"'],
    [
      { canary: { method: 'guess' } },
      'canary.method: expected one of "sequential", "threshold", "mann-whitney", found "guess"',
    ],
    [{ canary: { synthetic: { rate: 0 } } }, 'canary.synthetic.rate: expected a number above 0, found 0'],
    [{ production: { steps: [] } }, 'production.steps: expected a list of at least 1 item, found []'],
    [{ production: { steps: [10, '50', 100] } }, 'production.steps[1]: expected a number, found "50"'],
    [{ runtime: { command: 'node main.js' } }, 'runtime.command: expected a list, found "node main.js"'],
    [{ runtime: { command: [] } }, 'runtime.command: expected a list of at least 1 item, found []'],
    [
      { runtime: { command: ['x'], env: { 'A-B': '1' } } },
      'runtime.env.A-B: expected a name of letters, digits and "_", found "A-B"',
    ],
    [{ runtime: { command: ['x'], env: { A: 1 } } }, 'runtime.env.A: expected a text, found 1'],
    [
      { runtime: { command: ['x'], health: { path: 'healthz' } } },
      'runtime.health.path: expected a path that starts with "/", found "healthz"',
    ],
    [
      { services: [{ name: 'db', url: 'postgres' }] },
      'services[0].url: expected a URL such as tcp://127.0.0.1:5432 or http://127.0.0.1:9090/-/healthy, found "postgres"',
    ],
    [
      { services: [{ name: 'db', url: 'tcp://127.0.0.1' }] },
      'services[0].url: expected a URL such as tcp://127.0.0.1:5432 or http://127.0.0.1:9090/-/healthy, found "tcp://127.0.0.1"',
    ],
    [
      { environments: { staging: { port: 4001, host: 'not a host!' }, production: { port: 4000 } } },
      'environments.staging.host: expected an IP address or a name of this machine, such as "127.0.0.1", "::" or "localhost", found "not a host!"',
    ],
    [
      { load: { scenarios: [{ path: '/', metod: 'GET' }] } },
      'load.scenarios[0].metod: is not a known key; did you mean "method"?',
    ],
    [
      { security: { severity: 'bad' } },
      'security.severity: expected one of "low", "moderate", "high", "critical", found "bad"',
    ],
    [{ staging: null }, 'staging: expected an object, found null'],
  ])('%j are told as one plain line', (section, problem) => {
    expect(problemsOf({ ...aConfigInput(), ...section })).toEqual([problem]);
  });
});

describe('an address to listen on', () => {
  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '::',
    '::1',
    'fe80::1%eth0',
    '::ffff:127.0.0.1',
    'localhost',
    'my-host.example.com',
  ])('may be %s', (host) => {
    const environments = { staging: { port: 4001, host }, production: { port: 4000 } };
    expect(parse({ ...aConfigInput(), environments }).environments.staging.host).toBe(host);
  });
});

describe('settings that do not fit each other', () => {
  const environments = (staging: object, production: object) => ({
    environments: { staging: { port: 4001, ...staging }, production: { port: 4000, ...production } },
  });

  it.each([
    [{ production: { steps: [10, 50] } }, ['production.steps: ends at 50; the last step is 100']],
    [{ production: { steps: [50, 10, 100] } }, ['production.steps[1]: 10 does not rise above 50; steps go up']],
    [{ production: { steps: [10, 10, 100] } }, ['production.steps[1]: 10 does not rise above 10; steps go up']],
    [
      { production: { steps: [60, 50, 40] } },
      [
        'production.steps[1]: 50 does not rise above 60; steps go up',
        'production.steps[2]: 40 does not rise above 50; steps go up',
        'production.steps: ends at 40; the last step is 100',
      ],
    ],
    [{ canary: { traffic: 20 } }, ['production.steps[0]: 10 is below canary.traffic, 20; traffic does not go down']],
    [environments({ port: 4000 }, {}), ["environments.production.port: 4000 is staging's port too"]],
    [{ canary: { duration: '2h', maxDuration: '1h' } }, ['canary.maxDuration: is shorter than canary.duration']],
    [{ canary: { duration: '5s' } }, ['canary.duration: is shorter than canary.interval']],
    [
      { canary: { baseline: 'fresh', traffic: 50 }, production: { steps: [50, 100] } },
      ['canary.baseline: "fresh" needs canary.traffic below 50, not 50: stable keeps a part'],
    ],
    [
      { canary: { method: 'sequential', duration: '10s', maxDuration: '15s' } },
      ['canary.maxDuration: is shorter than two intervals, which evidence needs'],
    ],
    [{ production: { stepDuration: '5s' } }, ['production.stepDuration: is shorter than canary.interval']],
    [
      { canary: { threshold: { promote: { errors: { ratio: 3 }, latency: { ratio: 4 } } } } },
      [
        'canary.threshold.promote.errors.ratio: 3 is above canary.threshold.rollback.errors.ratio, 1.5',
        'canary.threshold.promote.latency.ratio: 4 is above canary.threshold.rollback.latency.ratio, 2',
      ],
    ],
    [{ staging: { logErrors: '(' } }, ['staging.logErrors: "(" is not a regular expression']],
    [
      { services: ['a', 'b', 'a'].map((name) => ({ name, url: 'tcp://127.0.0.1:1' })) },
      ['services[2].name: "a" is there twice'],
    ],
    [{ build: { output: '../dist' } }, ['build.output: "../dist" is not a folder inside the project']],
    [{ build: { output: '/dist' } }, ['build.output: "/dist" is not a folder inside the project']],
  ])('are refused: %j', (section, problems) => {
    expect(problemsOf({ ...aConfigInput(), ...section })).toEqual(problems);
  });

  it('are told beside problems of other sections', () => {
    const written = { ...aConfigInput(), production: { steps: [10, 50] }, load: { rate: 0 }, canary: { trafic: 5 } };
    expect(problemsOf(written)).toEqual([
      'load.rate: expected a number of at least 1, found 0',
      'canary.trafic: is not a known key; did you mean "traffic"?',
      'production.steps: ends at 50; the last step is 100',
    ]);
  });

  it.each([
    [{ production: { steps: [100] } }],
    [{ production: { steps: [100], stepDuration: '0s' } }],
    [{ production: { steps: [5, 100] } }],
    [environments({ port: 4000, host: '127.0.0.2' }, {})],
    [{ canary: { duration: '1h', maxDuration: '1h' } }],
    [{ canary: { baseline: 'fresh', traffic: 49 }, production: { steps: [50, 100] } }],
    [{ build: { output: 'out/..dist' } }],
  ])('are not: %j', (section) => {
    expect(() => parse({ ...aConfigInput(), ...section })).not.toThrow();
  });
});
