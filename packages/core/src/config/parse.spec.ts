import { SluiceError } from '../errors';
import { aConfigInput } from '../testing';
import { parseConfig } from './parse';

const parse = (written: unknown, configuration: string | null = null) =>
  parseConfig(typeof written === 'string' ? written : JSON.stringify(written), 'apps/shop/sluice.json', configuration);

function refusalOf(written: unknown, configuration: string | null = null): SluiceError {
  try {
    parse(written, configuration);
  } catch (thrown) {
    if (thrown instanceof SluiceError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

const problemsOf = (written: unknown, configuration: string | null = null): string[] =>
  refusalOf(written, configuration)
    .message.split('\n')
    .flatMap((line) => (line.startsWith('  - ') ? [line.slice(4)] : []));

describe('a sluice.json', () => {
  it('of the smallest kind gets every default', () => {
    expect(parse(aConfigInput())).toMatchObject({
      runtime: { instances: 1, env: {}, drain: 10_000, health: { path: '/healthz' } },
      environments: { staging: { port: 4001, host: '127.0.0.1' }, production: { port: 4000 } },
      staging: { soak: 30 * 60_000 },
      canary: { traffic: 5, duration: 24 * 3_600_000, method: 'threshold', minRequests: 200, failures: 3 },
      production: { steps: [10, 50, 100], stepDuration: 2 * 3_600_000 },
      rollback: { window: 10 * 60_000, keep: 5 },
    });
  });

  it('may name its schema', () => {
    expect(parse({ $schema: './sluice.schema.json', ...aConfigInput() }).$schema).toBe('./sluice.schema.json');
  });

  it.each(['', '{', '{"runtime": }', 'runtime: x'])('that is no JSON is refused: %j', (text) => {
    expect(refusalOf(text)).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(problemsOf(text)[0]).toMatch(/^is not JSON: /);
  });

  it.each([['[]'], ['null'], ['"text"'], ['5']])('that is no object is refused: %s', (text) => {
    expect(problemsOf(text)).toEqual([`the file: expected object, found ${text}`]);
  });

  it('without what it needs is told all that is missing', () => {
    expect(problemsOf({})).toEqual([
      'runtime: expected object, found nothing',
      'environments: expected object, found nothing',
    ]);
  });

  it('names the file, and says where to look', () => {
    const refusal = refusalOf({});
    expect(refusal.message).toMatch(/^apps\/shop\/sluice\.json has 2 problems:/);
    expect(refusal.remedy).toContain('docs/configuration.md');
  });
});

describe('bad settings', () => {
  it('are told all at once, each with its path and the nearest key', () => {
    const written = {
      ...aConfigInput({ runtime: { command: ['node', 'main.js'], drain: '5s' } }),
      environments: { staging: { port: 4001 }, production: { prot: 80, port: 70_000 }, prod: {} },
      canary: { trafic: 5, interval: 10, rollback: { errors: { rato: 2 } } },
      enviroments: {},
    };
    expect(problemsOf(written)).toEqual([
      'environments.production.port: Too big: expected number to be <=65535, found 70000',
      'environments.production.prot: is not a known key; did you mean "port"?',
      'environments.prod: is not a known key',
      'canary.interval: expected a duration such as "30s", "10m", "24h" or "1h30m", found 10',
      'canary.rollback.errors.rato: is not a known key; did you mean "ratio"?',
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
    [{ canary: { traffic: 0 } }, 'canary.traffic: Too small: expected number to be >=1, found 0'],
    [{ canary: { traffic: 2.5 } }, 'canary.traffic: expected int, found 2.5'],
    [{ canary: { traffic: '5' } }, 'canary.traffic: expected number, found "5"'],
    [{ canary: { method: 'guess' } }, 'canary.method: Invalid input: expected "threshold", found "guess"'],
    [{ canary: { synthetic: { rate: 0 } } }, 'canary.synthetic.rate: Too small: expected number to be >0, found 0'],
    [{ production: { steps: [] } }, 'production.steps: Too small: expected array to have >=1 items, found []'],
    [{ production: { steps: [10, '50', 100] } }, 'production.steps[1]: expected number, found "50"'],
    [{ runtime: { command: 'node main.js' } }, 'runtime.command: expected array, found "node main.js"'],
    [{ runtime: { command: [] } }, 'runtime.command: Too small: expected array to have >=1 items, found []'],
    [
      { runtime: { command: ['x'], env: { 'A-B': '1' } } },
      'runtime.env.A-B: expected a name of letters, digits and "_", found "A-B"',
    ],
    [{ runtime: { command: ['x'], env: { A: 1 } } }, 'runtime.env.A: expected string, found 1'],
    [
      { runtime: { command: ['x'], health: { path: 'healthz' } } },
      'runtime.health.path: expected a path that starts with "/", found "healthz"',
    ],
    [
      { services: [{ name: 'db', url: 'postgres' }] },
      'services[0].url: expected a URL such as tcp://127.0.0.1:5432 or http://127.0.0.1:9090/-/healthy, found "postgres"',
    ],
    [
      { load: { scenarios: [{ path: '/', metod: 'GET' }] } },
      'load.scenarios[0].metod: is not a known key; did you mean "method"?',
    ],
    [
      { security: { severity: 'bad' } },
      'security.severity: Invalid option: expected one of "low"|"moderate"|"high"|"critical", found "bad"',
    ],
    [{ staging: null }, 'staging: expected object, found null'],
  ])('%j are told as one plain line', (section, problem) => {
    expect(problemsOf({ ...aConfigInput(), ...section })).toEqual([problem]);
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
    [{ production: { stepDuration: '5s' } }, ['production.stepDuration: is shorter than canary.interval']],
    [
      { canary: { promote: { errors: { ratio: 3 }, latency: { ratio: 4 } } } },
      [
        'canary.promote.errors.ratio: 3 is above canary.rollback.errors.ratio, 1.5',
        'canary.promote.latency.ratio: 4 is above canary.rollback.latency.ratio, 2',
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

  it.each([
    [{ production: { steps: [100] } }],
    [{ production: { steps: [100], stepDuration: '0s' } }],
    [{ production: { steps: [5, 100] } }],
    [environments({ port: 4000, host: '127.0.0.2' }, {})],
    [{ canary: { duration: '1h', maxDuration: '1h' } }],
    [{ build: { output: 'out/..dist' } }],
  ])('are not: %j', (section) => {
    expect(() => parse({ ...aConfigInput(), ...section })).not.toThrow();
  });
});

describe('a configuration', () => {
  const withNext = {
    ...aConfigInput({ runtime: { command: ['node', 'main.js'], env: { NAME: 'first', MODE: 'safe' } } }),
    services: [{ name: 'db', url: 'tcp://127.0.0.1:5432' }],
    configurations: {
      next: {
        runtime: { env: { NAME: 'next' } },
        environments: { production: { env: { FAULT: 'errors' } } },
        services: [],
      },
    },
  };

  it('is merged over the rest: objects member by member, everything else replaced', () => {
    const config = parse(withNext, 'next');
    expect(config.runtime).toMatchObject({ command: ['node', 'main.js'], env: { NAME: 'next', MODE: 'safe' } });
    expect(config.environments.production).toMatchObject({ port: 4000, env: { FAULT: 'errors' } });
    expect(config.environments.staging.env).toEqual({});
    expect(config.services).toEqual([]);
  });

  it('changes nothing for those who do not ask for it', () => {
    expect(parse(withNext).runtime.env).toEqual({ NAME: 'first', MODE: 'safe' });
    expect(parse(withNext)).not.toHaveProperty('configurations');
  });

  it('"immediate" is there without writing it down, and may be written differently', () => {
    expect(parse(withNext, 'immediate').production.steps).toEqual([100]);
    const own = { ...withNext, configurations: { immediate: { production: { steps: [50, 100] } } } };
    expect(parse(own, 'immediate').production.steps).toEqual([50, 100]);
  });

  it.each(['nexxt', '', 'constructor', 'toString', '__proto__'])(
    '"%s" is unknown, and the known ones are told',
    (name) => {
      const refusal = refusalOf(withNext, name);
      expect(refusal.code).toBe('CONFIGURATION_UNKNOWN');
      expect(refusal.remedy).toBe('Use one of: immediate, next.');
    },
  );

  it('with problems of its own is refused whether it is asked for or not', () => {
    const written = {
      ...aConfigInput(),
      configurations: {
        slow: { canary: { duration: 'long', intervall: '5s' } },
        down: { production: { steps: [50, 20, 100] } },
      },
    };
    const problems = [
      'configurations.slow: canary.duration: expected a duration such as "30s", "10m", "24h" or "1h30m", found "long"',
      'configurations.slow: canary.intervall: is not a known key; did you mean "interval"?',
      'configurations.down: production.steps[1]: 20 does not rise above 50; steps go up',
    ];
    expect(problemsOf(written)).toEqual(problems);
    expect(problemsOf(written, 'slow')).toEqual(problems);
    expect(problemsOf(written, 'immediate')).toEqual(problems);
  });

  it('does not repeat the problems of the file around it', () => {
    const written = {
      ...aConfigInput(),
      canary: { trafic: 5 },
      production: { steps: [10, 50] },
      configurations: { a: { runtime: { env: { A: 'a' } } }, b: { canary: { trafic: 7, traffic: 'x' } } },
    };
    expect(problemsOf(written)).toEqual([
      'canary.trafic: is not a known key; did you mean "traffic"?',
      'configurations.b: canary.traffic: expected number, found "x"',
    ]);
    expect(problemsOf({ ...written, canary: {} })).toEqual([
      'production.steps: ends at 50; the last step is 100',
      'configurations.b: canary.traffic: expected number, found "x"',
      'configurations.b: canary.trafic: is not a known key; did you mean "traffic"?',
    ]);
  });

  it.each([
    [5, ['configurations: expected record, found 5']],
    [{ next: 5 }, ['configurations.next: expected record, found 5']],
    [{ next: { unknown: {} } }, ['configurations.next: unknown: is not a known key']],
  ])('must be settings: %j', (configurations, problems) => {
    expect(problemsOf({ ...aConfigInput(), configurations })).toEqual(problems);
  });
});
