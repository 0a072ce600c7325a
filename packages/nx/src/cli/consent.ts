import { z } from '@sluice/core';
import { Option, type Command } from 'commander';
import { actTitles } from '../inference/acts';
import { actOptions, type ActOptions } from '../options';
import type { Site } from '../stage/ground';
import type { Desk } from './desk';
import type { Exit } from './exit-codes';
import { findSite } from './find-site';

const name = z.string().min(1);
const stages = ['canary', 'production'];

/** `sluice approve`, `sluice reject`, `sluice unfreeze`. */
export function addConsent(program: Command, desk: Desk, end: (exit: Exit) => void): void {
  const run = async (project: unknown, act: (site: Site) => Promise<boolean>): Promise<void> => {
    const site = await findSite(desk.cwd, name.parse(project));
    end((await act(site)) ? 'done' : 'failed');
  };

  program
    .command('approve')
    .argument('<project>')
    .description(actTitles.approve)
    .addOption(new Option('--stage <name>', 'which stage may begin').choices(stages).makeOptionMandatory())
    .requiredOption('--reason <text>', 'why, for the audit log and the report')
    .option('--release <release>', 'which release is meant; the one that is under way without it')
    .option('--json', 'print JSON')
    .action(async (project: unknown, options: unknown) => {
      const given: ActOptions<'approve'> = actOptions.approve.parse(options);
      await run(project, async (site) => (await import('../acts/approve')).approve(site, given, desk.say));
    });

  program
    .command('reject')
    .argument('<project>')
    .description(actTitles.reject)
    .addOption(new Option('--stage <name>', 'which stage it waits for; any without it').choices(stages))
    .requiredOption('--reason <text>', 'why, for the audit log and the report')
    .option('--release <release>', 'which release is meant; the one that is under way without it')
    .option('--json', 'print JSON')
    .action(async (project: unknown, options: unknown) => {
      const given: ActOptions<'reject'> = actOptions.reject.parse(options);
      await run(project, async (site) => (await import('../acts/reject')).reject(site, given, desk.say));
    });

  program
    .command('unfreeze')
    .argument('<project>')
    .description(actTitles.unfreeze)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .requiredOption('--for <duration>', 'how long, such as 2h; 7d at most')
    .option('--json', 'print JSON')
    .action(async (project: unknown, options: unknown) => {
      const given: ActOptions<'unfreeze'> = actOptions.unfreeze.parse(options);
      await run(project, async (site) => (await import('../acts/unfreeze')).unfreeze(site, given, desk.say));
    });
}
