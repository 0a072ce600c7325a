import type { Tree } from '@nx/devkit';
import { withHooks } from './settings';
import { skillText } from './skill';

const settingsFile = '.claude/settings.json';
const skillFile = '.claude/skills/deployment-orchestrator/SKILL.md';

/**
 * Lets coding agents know when a deployment is due, and how to do it: a hook that asks Sluice, and a skill. What is in the
 * settings already stays; run again, nothing changes. Throws where the settings can't be understood, and writes nothing then.
 */
export default async function agent(tree: Tree): Promise<void> {
  const before = tree.read(settingsFile, 'utf-8');
  const after = withHooks(before, settingsFile);
  if (after !== before) tree.write(settingsFile, after);
  const { isSkillOfOurs, skill } = skillText(tree.read(skillFile, 'utf-8'));
  if (isSkillOfOurs) tree.write(skillFile, skill);
}
