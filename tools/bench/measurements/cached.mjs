import { pipeline, stageOf } from '@sluice/core/pipeline';
import { makeWorkspace, trivialOf } from '../nx/workspace.mjs';
import { interleaved, median, ms, ratio } from '../support/numbers.mjs';

const pure = pipeline.filter(({ kind }) => kind === 'pure').map(({ target }) => target);
const chain = ['deploy-worktree', ...pure];
const judged = pure.filter((target) => target !== 'deploy-build');
const needs = (target) =>
  pipeline
    .filter((stage) => stage.target === target)
    .flatMap((stage) => stage.needs.map((need) => stageOf(need).target));

/** What unchanged content costs: a validation stage from nx's cache, beside a task from there that does nothing. */
export async function measureCached({ quick }) {
  const rounds = quick ? 1 : 5;
  const workspace = await makeWorkspace({ chain, alone: 'deploy-status', needs, cached: pure });
  try {
    const rows = [];
    for (const target of judged) {
      for (const name of [target, trivialOf(target)]) await workspace.run(name); // into the cache
      const samples = await interleaved([target, trivialOf(target)], rounds, workspace.run);
      if (samples.flat().some(({ text }) => !/\[(?:local cache|existing outputs match the cache.*)\]/.test(text))) {
        throw new Error(`${target} did not come from the cache:\n${samples[0][0].text}`);
      }
      const [ours, trivial] = samples.map((runs) => median(runs.map(({ took }) => took)));
      rows.push({
        figure: `\`${target}\` of unchanged content, beside a cached task that does nothing, medians of ${rounds}`,
        goal: '1.5 times',
        measured: `${ratio(ours / trivial)} times (${ms(ours)} and ${ms(trivial)}, nx and the worktree included)`,
        met: ours / trivial <= 1.5,
        short: `cached ${target} ${ratio(ours / trivial)}x`,
      });
    }
    return rows;
  } finally {
    await workspace.dispose();
  }
}
