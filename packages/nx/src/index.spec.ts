describe('the plugin', () => {
  beforeEach(() => {
    jest.resetModules();
    for (const heavy of ['@sluice/core', '@nx/devkit', 'zod']) {
      jest.doMock(heavy, () => {
        throw new Error(`${heavy} was loaded`);
      });
    }
  });

  it('loads nothing heavy in a workspace that deploys nothing', async () => {
    const plugin = await import('./index');
    const [pattern, infer] = plugin.createNodes;
    const context = { workspaceRoot: '/nowhere', nxJsonConfiguration: {} };
    const argv = ['node', 'nx', 'run-many', '-t', 'build', 'test'];

    expect(pattern).toBe('**/sluice.json');
    expect(await infer([], undefined, context)).toEqual([]);
    await plugin.preTasksExecution(undefined, { ...context, id: '1', argv });
  });

  it('gives Nx the same function under both of its names', async () => {
    const plugin = await import('./index');

    expect(plugin.createNodesV2).toBe(plugin.createNodes);
    expect(plugin.name).toBe('@sluice/nx');
  });
});
