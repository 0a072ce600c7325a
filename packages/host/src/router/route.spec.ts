import { fence, routeSchema, type RouteInput } from './route';

const instance = { id: 'a', host: '127.0.0.1', port: 3_000 };
const stable = { slot: 'stable' as const, release: 'r1', weight: 100, instances: [instance] };
const canary = { ...stable, slot: 'canary' as const, weight: 0 };
const input = (changes: object = {}): RouteInput => ({
  ...{ project: '@scope/app', environment: 'production', port: 80, generation: 3, sequence: 7, slots: [stable] },
  ...changes,
});

describe('a route', () => {
  it('listens on this machine alone unless told', () => {
    expect(routeSchema.parse(input()).host).toBe('127.0.0.1');
  });

  it.each([
    ['nothing to serve', { slots: [] }],
    ['weights of 0', { slots: [{ ...stable, weight: 0, instances: [] }] }],
    ['a slot that waits for its share', { slots: [stable, canary] }],
    ['a share whose instances are all gone', { slots: [{ ...stable, instances: [] }] }],
  ])('may have %s', (_, changes) => {
    expect(routeSchema.safeParse(input(changes)).success).toBe(true);
  });

  it.each([
    ['weights that add up to 90', { slots: [{ ...stable, weight: 90 }] }, 'slots: weights add up to 90'],
    ['weights that add up to 110', { slots: [stable, { ...canary, weight: 10 }] }, 'slots: weights add up to 110'],
    ['a slot twice', { slots: [stable, { ...stable, weight: 0 }] }, 'slots.1.slot: "stable" is given twice'],
    ['an instance twice', { slots: [{ ...stable, instances: [instance, instance] }] }, 'slots.0.instances: instance'],
    [
      'half a per cent',
      {
        slots: [
          { ...stable, weight: 99.5 },
          { ...canary, weight: 0.5 },
        ],
      },
      'slots.0.weight: ',
    ],
    ['port 0', { port: 0 }, 'port: '],
    ['an unknown slot', { slots: [{ ...stable, slot: 'blue' }] }, 'slots.0.slot: '],
    ['an unknown key', { colour: 'blue' }, ': Unrecognized key: "colour"'],
  ])('may not have %s', (_, changes, problem) => {
    const issues = routeSchema.safeParse(input(changes)).error?.issues ?? [];
    expect(issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(
      expect.arrayContaining([expect.stringContaining(problem)]),
    );
  });
});

describe('the fence', () => {
  const applied = routeSchema.parse(input());
  it.each([
    ['newer', { sequence: 8 }],
    ['newer', { generation: 4, sequence: 0 }],
    ['newer', { revision: 1 }],
    ['newer', { sequence: 8, revision: 0 }],
    ['same', {}],
    ['conflict', { slots: [] }],
    ['stale', { sequence: 6 }],
    ['stale', { generation: 2, sequence: 99 }],
  ])('finds %s a route with %p', (expected, changes) => {
    expect(fence(applied, routeSchema.parse(input(changes)))).toBe(expected);
  });

  it('lets the first route through', () => {
    expect(fence(undefined, applied)).toBe('newer');
  });
});
