import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Check, CheckOutcome, Config } from '@sluice/core';
import { fail, skip } from '../outcome';
import { readShipped, uniqueShipped } from '../shipped';
import { gitleaks } from './gitleaks';
import { grype } from './grype';
import { billOfMaterials, cycloneDx } from './packages';
import { scannerCheck, type ScannerSettings, type ScanSubject } from './scanner';
import { semgrep } from './semgrep';
import { trivy } from './trivy';

type Tools = Config['security']['tools'];
type Settings = Omit<ScannerSettings, 'path'>;

/** Scanners of files: Gitleaks and Semgrep, or why they do not run. `files`: those that they look at. */
export const fileScanChecks = (tools: Tools, settings: Settings, files: readonly string[]): Check<ScanSubject>[] => [
  tools.gitleaks === false
    ? turnedOff('gitleaks', 'gitleaks')
    : scannerCheck(gitleaks, { ...settings, path: tools.gitleaks.path, severity: 'low' }),
  semgrepCheck(tools.semgrep, settings, files),
];

function semgrepCheck(tool: Tools['semgrep'], settings: Settings, files: readonly string[]): Check<ScanSubject> {
  if (tool === false) return turnedOff('semgrep', 'semgrep');
  const { path, config } = tool;
  if (config === undefined) {
    const why = 'there are no rules: name a file of them in security.tools.semgrep.config';
    return without('semgrep', 'semgrep', skip(why));
  }
  if (files.includes(config)) return scannerCheck(semgrep(config), { ...settings, path });
  const why = `security.tools.semgrep.config: ${config} is none of the files that the stage is cached by: put it into the project, or beside the workspace's package.json`;
  return without('semgrep', 'semgrep', fail(why));
}

/** Trivy, else Grype: the one that is named by a path, else the one that is there. Looks at what an artifact ships. */
export function containerCheck(tools: Tools, settings: Settings): Check<ScanSubject> {
  const offered = [trivy, grype].flatMap((scanner) => {
    const tool = tools[scanner.program === 'trivy' ? 'trivy' : 'grype'];
    return tool === false ? [] : [{ scanner, path: tool.path }];
  });
  const chosen =
    offered.find(({ path }) => path !== undefined) ??
    offered.find(({ scanner }) => isOnPath(scanner.program)) ??
    offered[0];
  if (!chosen) return turnedOff('container', 'trivy');
  const check = scannerCheck(chosen.scanner, { ...settings, path: chosen.path });
  return {
    ...check,
    get version() {
      return check.version;
    },
    run: ({ folder }, signal) => scanShipped(check, folder, signal),
  };
}

async function scanShipped(check: Check<ScanSubject>, artifact: string, signal: AbortSignal): Promise<CheckOutcome> {
  const ships = uniqueShipped(await readShipped(artifact));
  if (ships.length === 0) return skip('ships no npm dependency');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bom-'));
  try {
    await writeFile(join(folder, billOfMaterials), cycloneDx(ships));
    return await check.run({ folder, packages: ships.length }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

const turnedOff = (name: string, tool: string): Check<ScanSubject> =>
  without(name, tool, skip(`security.tools.${tool} is false`));

const without = (name: string, tool: string, outcome: CheckOutcome): Check<ScanSubject> => ({
  name,
  tool,
  version: 'not run',
  timeLimit: 10_000,
  run: async () => outcome,
});
