import type { Found } from '../allowlist';
import type { Finding } from '../check';
import { parseDockerfile, type Instruction } from './parse';

/** A part of a Dockerfile that begins with FROM. */
interface Stage {
  from: Instruction;
  /** What it is made from, with the values of arguments filled in; the name of an image or of a stage before. */
  base: string;
  alias: string | undefined;
  instructions: Instruction[];
}

/**
 * What is wrong with an image that is built by this file: secrets in arguments or the environment, which stay readable in
 * its history; a user that is root; a base that is another one tomorrow; no health check. `null` for a text that is no
 * Dockerfile. `file`: its path, for the findings.
 */
export function judgeDockerfile(text: string, file: string): Found[] | null {
  const instructions = parseDockerfile(text).map(unwrapped);
  const stages = stagesOf(instructions);
  const last = stages.at(-1);
  if (!last || !instructions.every(({ name }) => known.has(name))) return null;
  const find = (rule: string, severity: Finding['severity'], line: number, message: string): Found => ({
    ...{ rule: `dockerfile-${rule}`, severity, file, line, message },
  });
  const chain = chainOf(last, stages);
  const settings = chain.flatMap((stage) => [...stage.instructions].reverse());
  const user = settings.find(({ name }) => name === 'USER');
  const health = settings.find(({ name }) => name === 'HEALTHCHECK');
  const isNonroot = /[:-]nonroot\b/.test(chain.at(-1)?.base ?? '');
  return [
    ...instructions.flatMap(({ name, text: rest, line }) =>
      (name === 'ARG' || name === 'ENV' ? variablesOf(name, rest) : [])
        .filter(([variable]) => isSecret(variable))
        .map(([variable]) =>
          find(
            'secret',
            'critical',
            line,
            `${name} ${variable} stays readable in the image: use RUN --mount=type=secret`,
          ),
        ),
    ),
    ...((user ? isRoot(user.text) : !isNonroot)
      ? [
          find(
            'root-user',
            'high',
            user?.line ?? last.from.line,
            'the image runs as root: end it with USER and a user of its own',
          ),
        ]
      : []),
    ...stages.flatMap((stage) => {
      const problem = unpinned(stage, stages);
      return problem === null ? [] : [find('unpinned-base', 'moderate', stage.from.line, problem)];
    }),
    ...(!health || /^NONE$/i.test(health.text)
      ? [find('no-healthcheck', 'low', health?.line ?? last.from.line, 'there is no HEALTHCHECK')]
      : []),
  ];
}

const known = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/** What ONBUILD puts off is in the image of whoever builds on it. */
function unwrapped({ name, text, line }: Instruction): Instruction {
  const [, inner = '', rest = ''] = (name === 'ONBUILD' && /^(\S+)\s*(.*)$/.exec(text)) || [];
  return inner ? { name: inner.toUpperCase(), text: rest, line } : { name, text, line };
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const stages: Stage[] = [];
  const defaults = new Map<string, string>();
  for (const instruction of instructions) {
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const words = instruction.text.split(/\s+/).filter((word) => !word.startsWith('--'));
      const alias = words[1]?.toUpperCase() === 'AS' ? words[2]?.toLowerCase() : undefined;
      stages.push({ from: instruction, base: filled(words[0] ?? '', defaults), alias, instructions: [] });
    } else if (stage) stage.instructions.push(instruction);
    else for (const [name, value] of variablesOf('ARG', instruction.text)) defaults.set(name, value);
  }
  return stages;
}

/** `${BASE:-node:22}` and `$BASE`; what has no value stays as it is. */
const filled = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g, (whole, braced: string | undefined, fallback, plain) => {
    const value = values.get(braced ?? String(plain));
    return value || (typeof fallback === 'string' ? fallback : whole);
  });

/** The stages that the last one is made from, itself first. */
function chainOf(last: Stage, stages: readonly Stage[]): Stage[] {
  const chain = [last];
  for (let at = stages.length - 1, stage = last; ;) {
    const before = stages
      .slice(0, at)
      .map(({ alias }) => alias)
      .lastIndexOf(stage.base.toLowerCase());
    const next = stages[before];
    if (!next) return chain;
    chain.push(next);
    [at, stage] = [before, next];
  }
}

function unpinned({ base }: Stage, stages: readonly Stage[]): string | null {
  if (base === 'scratch' || stages.some(({ alias }) => alias === base.toLowerCase())) return null;
  if (/@sha256:[0-9a-f]{64}$/.test(base)) return null;
  if (base.includes('$')) return `what ${base} is can't be told: give its ARG a default`;
  const tag = /:([^:/]+)$/.exec(base)?.[1];
  if (tag === undefined || tag === 'latest')
    return `the base ${base} is another one tomorrow: name a version or a digest`;
  return null;
}

/** `NAME`, `NAME=value`, several of them, and `ENV NAME value` as of old. */
function variablesOf(name: string, text: string): [string, string][] {
  const old = /^(\w+)\s+(?!\S*=)(.*)$/.exec(text);
  if (name === 'ENV' && old) return [[old[1] ?? '', old[2] ?? '']];
  return [...text.matchAll(/([\w.-]+)(?:=("(?:\\.|[^"\\])*"|'[^']*'|(?:\\.|[^\s\\])*))?/g)].map(
    ([, variable = '', value = '']) => [variable, value.replace(/^(["'])(.*)\1$/, '$2')],
  );
}

/** By its name, since an argument gets its value when the image is built. `*_FILE` and the like only lead to one. */
function isSecret(variable: string): boolean {
  const name = variable.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  return (
    /(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIALS?|API_?KEY|KEY)S?$/.test(name) &&
    !/PUBLIC_?KEYS?$/.test(name)
  );
}

const isRoot = (user: string): boolean =>
  /^(root|0+)(:|$)/i.test(user.trim()) || user.trim() === '' || user.includes('$');
