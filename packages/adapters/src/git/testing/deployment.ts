import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MergeOutcome } from '@sluice/core';
import { plant } from '../../files/testing/scratch-folder';
import { mergeDeployment } from '../merge/merge-deployment';
import type { MergeRequest } from '../merge/request';
import { ensure, headOf } from './deployment-worktree';
import { sh } from './scratch-repository';

export const release = '1a2b3c4d5e6f';
export const report = '.taskmaster/DEPLOYMENT_REPORT.md';
export const signal = '.taskmaster/.signals/phase6-complete.json';

/** What a deployment has written when it is done: in its worktree, and the signal in the main checkout too. */
export function writeFiles(root: string, worktree: string, project = 'app', of = release): void {
  const text = JSON.stringify({ phase: 6, status: 'success', release: of });
  const folder = `.taskmaster/deployments/${project}`;
  plant(worktree, {
    [report]: `# ${of}\n`,
    [signal]: text,
    [`${folder}/DEPLOYMENT_REPORT.md`]: `# ${of}\n`,
    [`${folder}/phase6-complete.json`]: text,
    'logs/deployment-canary.log': 'line\n',
  });
  plant(root, { [signal]: text });
}

/** A deployment of HEAD that is done, and its request; `main` is checked out in the main checkout. */
export async function deployed(root: string, over: Partial<MergeRequest> = {}): Promise<MergeRequest> {
  const { path } = await ensure(root);
  writeFiles(root, path, over.project, over.release);
  return {
    ...{ root, worktree: path, project: 'app', release, id: 'app/production/7', since: Date.now(), by: 'dana' },
    ...{ how: 'local', base: 'main', commit: headOf(path), files: [], again: 'npx sluice worktree merge app' },
    validate: async () => ({ ok: false, reason: 'nobody asked for it' }),
    signal: new AbortController().signal,
    ...over,
  };
}

export const merge = (request: MergeRequest): Promise<MergeOutcome> => mergeDeployment(request);

/** Subjects of the commits that a branch has beside those of another, newest first, the first parents' line alone. */
export const subjectsOf = (root: string, range: string): string[] => {
  const output = sh(root, 'log', '--first-parent', '--format=%s', range);
  return output === '' ? [] : output.split('\n');
};

export const parentsOf = (root: string, commit: string): string[] =>
  sh(root, 'log', '-1', '--format=%P', commit).split(' ');

export const branchesOf = (root: string): string[] =>
  sh(root, 'for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads').split('\n');

export const textOf = (root: string, path: string): string => readFileSync(join(root, path), 'utf8');
