import { asObject, parseObject } from './json-object';

/** What tells the version of each scanner that the security stage may use, and of its database; Semgrep needs rules to run. */
const told = {
  gitleaks: ['version'],
  semgrep: ['--version --disable-version-check'],
  trivy: ['version --format json'],
  grype: ['version', 'db status --output json'],
} as const;

/** As the configuration's schema has it: no more than a shell takes for one word between quotes. */
const program = /^[\w@%+=:,./ -]+$/;

/**
 * The commands, for a shell, that print the versions of the scanners that a `sluice.json` uses, also as a variant has it. One
 * that is not there prints the same every time. A file that is not valid gives those of the defaults.
 */
export function scannerVersions(text: string): string[] {
  const whole = parseObject(text);
  const toolsOf = (settings: unknown) => asObject(asObject(asObject(settings)?.['security'])?.['tools']);
  const variants = Object.values(asObject(whole?.['configurations']) ?? {});
  const written = [whole, ...variants].map(toolsOf).filter((tools) => tools !== undefined);
  const found = (toolsOf(whole) ? written : [{}, ...written]).flatMap((tools) => {
    return Object.entries(told).flatMap(([name, wanted]) => {
      const tool = tools[name];
      if (tool === false || (name === 'semgrep' && asObject(tool)?.['config'] === undefined)) return [];
      const path = asObject(tool)?.['path'];
      const called = typeof path === 'string' && program.test(path) ? `"${path}"` : name;
      return wanted.map((words) => `${called} ${words} 2>&1 || echo none`);
    });
  });
  return [...new Set(found)].sort();
}
