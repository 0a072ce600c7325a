import { isNamed, isSamePerson } from './person';

describe('two names', () => {
  it.each([
    ['dana', 'dana', true],
    ['dana', 'erin', false],
    ['Dana <dana@example.org>', 'D. Doe <DANA@example.org>', true],
    ['Dana <dana@example.org>', 'Dana <dana@example.com>', false],
    ['dana (CI)', 'dana', true],
    ['dana (CI)', 'Dana <dana@example.org>', true],
    ['Zoë', 'Zoe\u0308', true],
    ['', 'dana', false],
  ])('"%s" and "%s" are one person: %s', (a, b, isOne) => {
    expect([isSamePerson(a, b), isSamePerson(b, a)]).toEqual([isOne, isOne]);
  });

  it.each([
    ['Dana <dana@example.org>', 'dana@example.org', true],
    ['Dana <dana@example.org>', 'Dana', true],
    ['Dana <dana@example.org>', 'Dana <dana@example.org>', true],
    ['Dana <dana@example.org>', 'Erin <dana@example.org>', true],
    ['Dana <dana@example.org>', 'Dana <dana@example.com>', false],
    ['dana-ci (CI)', 'dana-ci', true],
    ['dana', 'dan', false],
    ['dana@example.org', 'dana@example.org', true],
  ])('"%s" is meant by "%s": %s', (by, named, isMeant) => {
    expect(isNamed(by, named)).toBe(isMeant);
  });
});
