import { aConfigInput } from '../testing';
import { parse, problemsOf, refusalOf } from './testing/refusals';

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
      'production.steps: ends at 50; the last step is 100',
      'configurations.b: canary.traffic: expected a number, found "x"',
    ]);
    expect(problemsOf({ ...written, canary: {} })).toEqual([
      'production.steps: ends at 50; the last step is 100',
      'configurations.b: canary.traffic: expected a number, found "x"',
      'configurations.b: canary.trafic: is not a known key; did you mean "traffic"?',
    ]);
  });

  it('does not repeat what the file around it does not have at all', () => {
    const { environments } = aConfigInput();
    const next = { runtime: { env: { NAME: 'next' } } };
    expect(problemsOf({ environments, configurations: { next, other: next } })).toEqual([
      'runtime: expected an object, found nothing',
    ]);
  });

  it.each(['../x', 'a:b', 'a/b', '..', ''])('can not be named "%s"', (name) => {
    expect(problemsOf({ ...aConfigInput(), configurations: { [name]: {} } })).toEqual([
      `configurations.${name}: expected a name of letters, digits, ".", "_" and "-", found "${name}"`,
    ]);
  });

  it.each([
    [5, ['configurations: expected an object, found 5']],
    [{ next: 5 }, ['configurations.next: expected an object, found 5']],
    [{ next: { unknown: {} } }, ['configurations.next: unknown: is not a known key']],
  ])('must be settings: %j', (configurations, problems) => {
    expect(problemsOf({ ...aConfigInput(), configurations })).toEqual(problems);
  });
});
