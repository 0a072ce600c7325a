import { environmentNames, z } from '@sluice/core';
import { Command, Option } from 'commander';
import { actTitles } from '../inference/acts';
import { actOptions } from '../options';
import { addActivation } from './activation/activation-verbs';
import { addConsent } from './consent';
import type { Desk } from './desk';
import { exitCodes, type Exit } from './exit-codes';
import { addWorktreeMerge } from './worktree-merge-program';
import { addWorktree } from './worktree-program';

const optionalName = z.string().min(1).optional();
const name = z.string().min(1);
const json = z.object({ json: z.boolean().optional() });
const configuration = z.object({ configuration: z.string().min(1).optional() });
const exitCode = z.object({ exitCode: z.boolean().optional() });
const confirmed = z.object({ print: z.boolean().optional(), yes: z.boolean().optional() });

/** Verbs and options. What a verb does is loaded when it is asked for, so that none waits for the others. */
export function createProgram(desk: Desk, end: (exit: Exit) => void): Command {
  const program = new Command('sluice')
    .description('Look at what runs, go back, and look after the host, without starting nx.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => desk.say(text.trimEnd()), writeErr: (text) => desk.warn(text.trimEnd()) })
    .addHelpText('after', `\nDeploying is for nx: nx run PROJECT:deploy-prod\n\nEnds with:\n${exitLines()}`);

  const at = (without: string) =>
    new Option('--environment <name>', `staging or production; ${without}`).choices([...environmentNames]);
  const asJson = ['--json', 'print JSON'] as const;

  program
    .command('status')
    .argument('[project]', 'every project without it')
    .description(actTitles.status)
    .option(...asJson)
    .option('--watch', 'go on until the rollout ends, and print every event')
    .option('--exit-code', 'end as the environment stands')
    .addOption(at('both without it, and production for --exit-code'))
    .action(async (project: unknown, options: unknown) => {
      const { status, watch } = await import('./project-verbs');
      const named = optionalName.parse(project);
      const given = actOptions.status.extend(exitCode.shape).parse(options);
      if (named === undefined && (given.watch || given.exitCode)) program.error('error: name the project');
      end(await (named !== undefined && given.watch ? watch(desk, named, given) : status(desk, named, given)));
    });

  program
    .command('plan')
    .argument('<project>')
    .description(actTitles.plan)
    .option('-c, --configuration <name>', 'a variant of sluice.json')
    .option(...asJson)
    .action(async (project: unknown, options: unknown) => {
      const { plan } = await import('./project-verbs');
      const shape = actOptions.plan.extend(configuration.shape);
      end(await plan(desk, name.parse(project), shape.parse(options)));
    });

  program
    .command('history')
    .argument('[project]', 'every project without it')
    .description(actTitles.history)
    .option(...asJson)
    .option('--verify', 'follow the whole log, and hold it to what is remembered of it')
    .option('--limit <number>', 'only so many entries, the newest', Number)
    .addOption(at('both without it'))
    .action(async (project: unknown, options: unknown) => {
      const { history } = await import('./project-verbs');
      end(await history(desk, optionalName.parse(project), actOptions.history.parse(options)));
    });

  program
    .command('rollback')
    .argument('<project>')
    .description(actTitles.rollback)
    .option('--to <release>', 'the release to go to; the last good one without it')
    .option('--reason <text>', 'for the audit log and the report')
    .option(...asJson)
    .addOption(at('production without it'))
    .action(async (project: unknown, options: unknown) => {
      const { rollBack } = await import('./project-verbs');
      end(await rollBack(desk, name.parse(project), actOptions.rollback.parse(options)));
    });

  program
    .command('promote')
    .argument('<project>')
    .description(actTitles.promote)
    .requiredOption('--reason <text>', 'why it may go on, for the audit log and the report')
    .option(...asJson)
    .addOption(at('production without it'))
    .action(async (project: unknown, options: unknown) => {
      const { promote } = await import('./project-verbs');
      end(await promote(desk, name.parse(project), actOptions.promote.parse(options)));
    });

  addConsent(program, desk, end);

  program
    .command('retry')
    .argument('<project>')
    .description(actTitles.retry)
    .requiredOption('--reason <text>', 'why it is wanted again, for the audit log')
    .option('--release <release>', 'which; needed where several are refused')
    .option(...asJson)
    .addOption(at('production without it'))
    .action(async (project: unknown, options: unknown) => {
      const { retry } = await import('./project-verbs');
      end(await retry(desk, name.parse(project), actOptions.retry.parse(options)));
    });

  program
    .command('down')
    .argument('<project>')
    .description(actTitles.down)
    .option(...asJson)
    .addOption(at('both without it'))
    .option('--volumes', 'remove the volumes of the Compose file as well, with what is in them')
    .action(async (project: unknown, options: unknown) => {
      const { down } = await import('./project-verbs');
      end(await down(desk, name.parse(project), actOptions.down.parse(options)));
    });

  program
    .command('pin')
    .argument('<project>')
    .description('Print the header that sends requests to one slot')
    .requiredOption('--slot <name>', 'stable, canary or baseline')
    .option('--for <duration>', 'how long it is good for; 1h without it')
    .option(...asJson)
    .addOption(at('production without it'))
    .action(async (project: unknown, options: unknown) => {
      const { pin, pinOptions } = await import('./pin');
      end(await pin(desk, name.parse(project), pinOptions.parse(options)));
    });

  program
    .command('judge')
    .argument('<file>', 'recorded intervals, as CSV or JSON')
    .description('Judge recorded figures as a canary would have been')
    .option('--project <name>', 'as this one is configured; by the defaults without it')
    .option('-c, --configuration <name>', 'a variant of sluice.json')
    .addOption(
      new Option('--method <name>', 'instead of the configured one').choices([
        'threshold',
        'sequential',
        'mann-whitney',
      ]),
    )
    .option(...asJson)
    .action(async (file: unknown, options: unknown) => {
      const { judge, judgeOptions } = await import('./judge');
      end(await judge(desk, name.parse(file), judgeOptions.parse(options)));
    });

  addWorktree(program, desk, end);
  addWorktreeMerge(program, desk, end);

  const host = program.command('host').description('The two processes that serve and drive everything');
  host
    .command('status')
    .description('Whether it runs, and in which version')
    .option(...asJson)
    .action(async (options: unknown) => {
      const { hostStatus } = await import('./host-verbs');
      end(await hostStatus(desk, json.parse(options)));
    });
  host
    .command('restart')
    .description('Replace both processes by those of the installed version, without a failed request')
    .action(async () => end(await (await import('./host-verbs')).hostRestart(desk)));
  host
    .command('stop')
    .description('End it; refused while a release is live')
    .action(async () => end(await (await import('./host-verbs')).hostStop(desk)));

  const service = program.command('service').description('The start of the host at boot, by systemd');
  service
    .command('show')
    .description('Print the unit of systemd')
    .action(async () => end(await (await import('./service/service-verbs')).serviceShow(desk)));
  service
    .command('install')
    .description('Show the unit, ask, write it and start it')
    .option('--print', 'only show it')
    .option('--yes', 'do not ask')
    .action(async (options: unknown) => {
      const { serviceInstall } = await import('./service/service-verbs');
      end(await serviceInstall(desk, confirmed.parse(options)));
    });
  service
    .command('status')
    .description('Whether it is installed and active')
    .option(...asJson)
    .action(async (options: unknown) => {
      const { serviceStatus } = await import('./service/service-verbs');
      end(await serviceStatus(desk, json.parse(options)));
    });
  service
    .command('uninstall')
    .description('Remove the unit; what runs goes on')
    .action(async () => end(await (await import('./service/service-verbs')).serviceUninstall(desk)));

  addActivation(program, desk, end);

  return program;
}

const exitLines = (): string =>
  Object.values(exitCodes)
    .map(({ code, means }) => `  ${code}  ${means}`)
    .join('\n');
