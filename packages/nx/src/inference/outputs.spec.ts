import { stageOf } from '@sluice/core';
import { outputsOf } from './outputs';

describe('the outputs of a pure stage', () => {
  it.each(['app', 'my-app_2.x', '@acme/web'])('are where the executors of %s write', async (project) => {
    const { buildFolder, commandLogFile, loadRunFile, receiptFile, stageReportFile } =
      await import('@sluice/adapters/files');

    expect(outputsOf(stageOf('build'), project)).toEqual([
      buildFolder('{workspaceRoot}', project),
      receiptFile('{workspaceRoot}', project, 'build'),
      stageReportFile('{workspaceRoot}', project, 'build'),
    ]);
    const besides = { security: [], load: [loadRunFile('{workspaceRoot}', project)] };
    for (const stage of ['security', 'load'] as const) {
      expect(outputsOf(stageOf(stage), project)).toEqual([
        receiptFile('{workspaceRoot}', project, stage),
        stageReportFile('{workspaceRoot}', project, stage),
        commandLogFile('{workspaceRoot}', project, stage),
        ...besides[stage],
      ]);
    }
  });
});
