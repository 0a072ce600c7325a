const saved = { ...process.env };
const names = ['AUTHOR', 'COMMITTER'].flatMap((who) => [`GIT_${who}_NAME`, `GIT_${who}_EMAIL`]);

/** Git's identity as a person's environment states it; machines that test have none of their own. */
export function asAda(): void {
  for (const name of names) process.env[name] = name.endsWith('NAME') ? 'Ada Löve' : 'ada@example.org';
}

/** As on a machine where nobody has told git who they are. */
export function asNobody(): void {
  const kept = Object.entries(process.env).filter(([name]) => ![...names, 'EMAIL'].includes(name));
  process.env = { ...Object.fromEntries(kept), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
}

export function asBefore(): void {
  process.env = { ...saved };
}
