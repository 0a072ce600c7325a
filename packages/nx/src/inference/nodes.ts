import type { CreateNodes, CreateNodesResult } from '@nx/devkit';
import { isOurs, readService } from './service';

/** Deploy targets for every `sluice.json` that has a `project.json` or `package.json` beside it. */
export const createNodes: CreateNodes = [
  '**/sluice.json',
  async (files, _options, { workspaceRoot }) => {
    const wanted = [...files].filter(isOurs).sort();
    if (!wanted.length) return [];
    const { deployTargets } = await import('./targets'); // loads the core: only for workspaces that deploy something
    const nodes = wanted.map(async (file): Promise<readonly [string, CreateNodesResult][]> => {
      const service = await readService(workspaceRoot, file);
      if (!service) return [];
      const targets = deployTargets(service);
      const metadata = { targetGroups: { deploy: Object.keys(targets) } };
      return [[file, { projects: { [service.root]: { targets, metadata } } }]];
    });
    return (await Promise.all(nodes)).flat();
  },
];
