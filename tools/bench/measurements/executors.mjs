import { pipeline, stageOf } from '@sluice/core/pipeline';
import { makeWorkspace, trivialOf } from '../nx/workspace.mjs';
import { interleaved, median, ms, ratio } from '../support/numbers.mjs';

const last = 'deploy-prod';
const single = 'deploy-status';
const chain = pipeline.map(({ target }) => target);
const needs = (target) =>
  pipeline
    .filter((stage) => stage.target === target)
    .flatMap((stage) => stage.needs.map((need) => stageOf(need).target));

/** What Sluice's executors cost beside executors that do nothing, forked by the same nx in the same workspace. */
export async function measureExecutors({ quick }) {
  const rounds = quick ? 1 : 5;
  const workspace = await makeWorkspace({ chain, alone: single, needs });
  try {
    await workspace.run(last); // the first deployment; from now on there is nothing to do
    const compare = async (target) => {
      const samples = await interleaved([target, trivialOf(target)], rounds, workspace.run);
      const of = (key) => samples.map((runs) => median(runs.map((run) => run[key])));
      return { took: of('took'), processor: of('processor') };
    };
    const one = await compare(single);
    const over = ([ours, trivial]) => ours - trivial;
    const second = await compare(last);
    const times = ([ours, trivial]) => ours / trivial;
    return [
      {
        figure: `what an executor (\`${single}\`) takes over one that does nothing, medians of ${rounds}`,
        goal: '150 ms',
        measured: `${ms(over(one.took))} (${one.took.map(ms).join(' and ')}, nx itself included); of processor time ${ms(over(one.processor))}`,
        met: over(one.took) <= 150,
        short: `executor +${ms(over(one.took))}`,
      },
      {
        figure: `a second \`${last}\`, with nothing to do, beside as many tasks that do nothing, medians of ${rounds}`,
        goal: '1.5 times',
        measured: `${ratio(times(second.took))} times (${second.took.map(ms).join(' and ')} for ${chain.length} tasks); of processor time ${ratio(times(second.processor))} times`,
        met: times(second.took) <= 1.5,
        short: `no-op deploy-prod ${ratio(times(second.took))}x`,
      },
    ];
  } finally {
    await workspace.dispose();
  }
}
