import { withOverrides } from './overrides';

describe('the overrides of the workspace', () => {
  it('hold for the project alone as they did for the whole', () => {
    expect(
      withOverrides(
        { name: 'app', dependencies: { a: '^1.0.0', b: '^1.0.0' }, overrides: { own: '1.0.0' } },
        {
          dependencies: { react: '19.0.0' },
          devDependencies: { tool: '2.0.0' },
          overrides: { a: '1.2.3', b: { '.': '1.5.0', c: '$react' }, d: '$tool' },
        },
      ),
    ).toEqual({
      name: 'app',
      dependencies: { a: '1.2.3', b: '1.5.0' },
      overrides: { own: '1.0.0', a: '1.2.3', b: { '.': '1.5.0', c: '19.0.0' }, d: '2.0.0' },
    });
  });

  it('change nothing where there are none', () => {
    const manifest = { name: 'app', dependencies: { a: '^1.0.0' } };
    expect(withOverrides(manifest, { name: 'workspace' })).toBe(manifest);
  });
});
