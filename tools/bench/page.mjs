import { cpus } from 'node:os';

/** docs/performance.md. */
export function pageOf(results, { command, minutes }) {
  const rows = Object.values(results).flat();
  const table = rows.map(({ figure, goal, measured, met }) => {
    const verdict = met === null ? 'not measured' : met ? 'yes' : '**no**';
    return `| ${[figure, goal, measured, verdict].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `# Performance

Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} cores, ${process.platform} ${process.arch}, ${minutes} minutes.
What each row measures is a file in \`tools/bench/measurements\`. \`npm run bench -- --quick\` sends less, leaves out the executors
and writes nothing here; \`--only=router,split\` picks measurements.

| figure | goal | measured | met |
| ------ | ---- | -------- | --- |
${table.join('\n')}

Client, router, services and whatever else the machine does share its cores. So times vary from run to run, those in
milliseconds the most; ratios are of things that were measured in turns within one run. Counts do not depend on the machine.
`;
}
