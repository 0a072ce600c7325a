import { stageOf } from '@sluice/core';
import { outputsOf } from './outputs';

describe('the outputs of a pure stage', () => {
  it.each(['app', 'my-app_2.x', '@acme/web'])('are where the executors of %s write', async (project) => {
    const { buildFolder, receiptFile, stageReportFile } = await import('@sluice/adapters/files');

    expect(outputsOf(stageOf('build'), project)).toEqual([
      buildFolder('{workspaceRoot}', project),
      receiptFile('{workspaceRoot}', project, 'build'),
      stageReportFile('{workspaceRoot}', project, 'build'),
    ]);
    for (const stage of ['security', 'load'] as const) {
      expect(outputsOf(stageOf(stage), project)).toEqual([
        receiptFile('{workspaceRoot}', project, stage),
        stageReportFile('{workspaceRoot}', project, stage),
      ]);
    }
  });
});
