import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { judgeDockerfile, judgeFindings, type Allowlist, type Check, type Finding, type Found } from '@sluice/core';
import { counted, fail, skip } from './outcome';
import type { SecretsSubject } from './secrets';

export interface DockerfileSettings {
  /** From the top of the workspace: its Dockerfiles count, else those at the top. */
  projectRoot: string;
  /** From this severity on a finding blocks. */
  severity: Finding['severity'];
  allow: Allowlist;
}

/** How the image of a project would be made, by the text of its Dockerfiles. */
export const dockerfileCheck = ({ projectRoot, severity, allow }: DockerfileSettings): Check<SecretsSubject> => ({
  name: 'dockerfile',
  tool: 'sluice',
  version: '1', // of these rules
  timeLimit: 10_000,
  async run({ root, files }) {
    const own = dockerfilesIn(projectRoot || '.', files);
    const chosen = own.length ? own : dockerfilesIn('.', files);
    if (chosen.length === 0) return skip('there is no Dockerfile');
    const found: Found[] = [];
    for (const file of chosen) {
      const judged = judgeDockerfile(await readFile(join(root, file), 'utf8'), file);
      if (!judged) return fail(`${file} is no Dockerfile that is understood`);
      found.push(...judged);
    }
    return judgeFindings(found, { severity, allow, nothing: `nothing found in ${counted(chosen.length, 'file')}` });
  },
});

const dockerfilesIn = (folder: string, files: readonly string[]): string[] =>
  files.filter((file) => posix.dirname(file) === posix.normalize(folder) && isDockerfile.test(posix.basename(file)));

const isDockerfile = /^(?:(?:Docker|Container)file(?:\.(?!dockerignore$).+)?|.+\.(?:Docker|Container)file)$/i;
