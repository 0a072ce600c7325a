import * as z from '../zod';
import { positiveDuration, script } from './schema-values';

/** What the security stage looks with, and what it lets pass: `security`. */
const aDay = { error: 'a date such as "2026-12-31"' };
const day = z.string(aDay).refine((text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDay(text), aDay);

/** `2026-02-31` is none. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

const allowance = z.strictObject({
  rule: z.string().min(1).describe('The rule of a finding, or the id or address of an advisory.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe('The file of the finding, from the top of the workspace; none for packages.'),
  reason: z.string().min(1).describe('Why it may pass.'),
  expires: day.describe('The last day on which it counts.'),
});

/** It is a part of a command that a shell reads: see the inputs of the stage. */
const aProgram = { error: 'a path or name of letters, digits, blanks and "_@%+=:,./-"' };
const program = z.string(aProgram).regex(/^[\w@%+=:,./ -]+$/, aProgram);

const tool = (what: string) =>
  z
    .union([z.literal(false), z.strictObject({ path: program.optional().describe('The program, where not on PATH.') })])
    .prefault({})
    .describe(what);

const semgrep = z
  .union([
    z.literal(false),
    z.strictObject({
      path: program.optional().describe('The program, where not on PATH.'),
      config: z.string().min(1).optional().describe('The file of rules, from the top of the workspace.'),
    }),
  ])
  .prefault({})
  .describe('Semgrep over the files of the content.');

const tools = z
  .strictObject({
    gitleaks: tool('Gitleaks over the files of the content.'),
    semgrep,
    trivy: tool('Trivy over what the artifact ships.'),
    grype: tool('Grype over what the artifact ships, where there is no Trivy.'),
  })
  .prefault({})
  .describe('Scanners of the machine; `false` turns one off.');

export const security = z
  .strictObject({
    severity: z
      .enum(['low', 'moderate', 'high', 'critical'])
      .default('high')
      .describe('A finding of this severity or worse blocks. A secret blocks always.'),
    onUnavailable: z.enum(['fail', 'warn']).default('fail').describe('When the advisory service does not answer.'),
    required: z
      .array(z.string())
      .default([])
      .describe(
        'Checks that may not be skipped: "secrets", "gitleaks", "semgrep", "dockerfile", "audit", "container".',
      ),
    allow: z.array(allowance).default([]).describe('Findings that are known and may pass for a time.'),
    tools,
    command: script.describe('A check of your own besides: it must exit 0. Run in the project folder of the worktree.'),
    timeout: positiveDuration('10m').describe('How long security.command may take.'),
  })
  .prefault({})
  .describe('The security stage.');

export type Allowance = z.infer<typeof allowance>;
