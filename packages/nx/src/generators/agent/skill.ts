/** By this line a skill of an earlier version is known as ours. */
const mark = '<!-- written by nx g @sluice/nx:agent; without this line it is left alone -->';

/** The skill, unless somebody has made the one that is there their own. */
export const skillText = (before: string | null): { isSkillOfOurs: boolean; skill: string } => ({
  isSkillOfOurs: before === null || (before.includes(mark) && before !== skill),
  skill,
});

const skill = `---
name: deployment-orchestrator
description: Deploys a service of this repository to production and back with Sluice. Use it when [ACTIVATE:DEPLOYMENT_ORCHESTRATOR_V1] appears, or when somebody asks to deploy, to look at a deployment, or to roll one back.
activation_code: DEPLOYMENT_ORCHESTRATOR_V1
phase: 6
---

${mark}

# Deploying with Sluice

\`PROJECT\` stands for the name of the Nx project, which the line after the code word says.

## Before

1. \`npx sluice activate PROJECT\` ends with 0 when phase 5 has handed over. Otherwise it says why not: stop there and tell it.
2. Commit everything. What is deployed is the commit, in a worktree of its own: changed files are refused.
3. \`npx nx run PROJECT:deploy-plan\` shows what a run would do and how long it takes. It changes nothing.

## Deploy

\`\`\`sh
npx nx run PROJECT:deploy-prod
\`\`\`

This one command runs every stage in order: worktree, build, security, load, performance, infrastructure, readiness, staging,
canary, production, verification. Do not run the stages one by one, and do not skip any. It can take hours: it may be
interrupted, for a rollout goes on by itself, and the same command attaches to it again.

Gates decide by measurements whether traffic moves on, and take it back by themselves. Never talk a gate round: do not change
thresholds, tests or settings in \`sluice.json\` so that a failed deployment passes.

## While it runs

| to                       | run                                                   |
| ------------------------ | ----------------------------------------------------- |
| see what runs where      | \`npx sluice status PROJECT --json\`                    |
| follow a rollout         | \`npx sluice status PROJECT --watch\`                   |
| go back at once          | \`npx nx run PROJECT:deploy-rollback --reason="..."\`   |
| know what happened       | \`npx sluice history PROJECT\`                          |

\`outcome\` in the JSON is \`done\`, \`running\`, \`waiting\`, \`held\`, \`rolled-back\` or \`failed\`. With \`held\` a person has to decide:
report it, and do not promote it yourself.

## After

- \`.taskmaster/.signals/phase6-complete.json\`: it is live and verified.
- \`.taskmaster/.signals/phase6-error.json\`: it is not. \`error.message\` says why, \`error.requires_human\` whether a person has to
  decide. Otherwise mend the cause, commit, and run the same command again.
- \`.taskmaster/.signals/rollback.json\`: traffic went back.
- \`.taskmaster/deployments/PROJECT/\` holds the same of that project alone, with its report and logs.

Tell the outcome with the numbers of \`DEPLOYMENT_REPORT.md\`. A release that was rolled back by itself is refused until somebody
says why it is wanted again: that is a person's decision (\`deploy-retry\`).
`;
