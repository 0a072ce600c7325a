import { stageOf } from '@sluice/core';
import { outputsOf } from './outputs';

describe('the outputs of a pure stage', () => {
  it.each(['app', 'my-app_2.x', '@acme/web'])('are where the executors of %s write', async (project) => {
    const { buildFolder, commandLogFile, loadRunFile, receiptFile } = await import('@sluice/adapters/files');

    expect(outputsOf(stageOf('build'), project)).toEqual([
      buildFolder('{workspaceRoot}', project),
      receiptFile('{workspaceRoot}', project, 'build'),
    ]);
    expect(outputsOf(stageOf('security'), project)).toEqual([
      receiptFile('{workspaceRoot}', project, 'security'),
      commandLogFile('{workspaceRoot}', project, 'security'),
    ]);
    expect(outputsOf(stageOf('load'), project)).toEqual([
      receiptFile('{workspaceRoot}', project, 'load'),
      commandLogFile('{workspaceRoot}', project, 'load'),
      loadRunFile('{workspaceRoot}', project),
    ]);
  });
});
