import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import { activationCode, acts, pipeline } from '@sluice/core';
import agent from './generator';

const settings = '.claude/settings.json';
const skill = '.claude/skills/deployment-orchestrator/SKILL.md';

let tree: Tree;
beforeEach(() => (tree = createTreeWithEmptyWorkspace()));

const read = (path: string): string => tree.read(path, 'utf-8') ?? '';
const entry = {
  hooks: [{ type: 'command', command: '"$CLAUDE_PROJECT_DIR"/node_modules/.bin/sluice hook', timeout: 10 }],
};

describe('nx g @sluice/nx:agent', () => {
  it('writes the hooks and the skill', async () => {
    await agent(tree);
    expect(JSON.parse(read(settings))).toEqual({ hooks: { UserPromptSubmit: [entry], PostToolUse: [entry] } });
    expect(read(skill)).toMatch(/^---\nname: deployment-orchestrator\ndescription: .+\n/);
    expect(read(skill)).toContain(activationCode);
  });

  it('names targets that there are, in the skill', async () => {
    await agent(tree);
    const named = [...read(skill).matchAll(/deploy-\w+/g)].map(([name]) => name);
    const known = [...pipeline.map(({ target }) => target), ...acts.map((act) => `deploy-${act}`)];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    expect(named).toContain('deploy-prod');
  });

  it('changes nothing when it is run again', async () => {
    await agent(tree);
    const before = [read(settings), read(skill)];
    await agent(tree);
    expect([read(settings), read(skill)]).toEqual(before);
  });

  it('keeps what is there', async () => {
    const mine = { hooks: [{ type: 'command', command: 'lint.sh' }] };
    tree.write(settings, JSON.stringify({ model: 'x', hooks: { PostToolUse: [mine], Stop: [mine] } }));
    await agent(tree);
    expect(JSON.parse(read(settings))).toEqual({
      model: 'x',
      hooks: { PostToolUse: [mine, entry], Stop: [mine], UserPromptSubmit: [entry] },
    });
  });

  it('adds no second hook where somebody calls it in another way, and does not lay the file out anew', async () => {
    const mine = [{ hooks: [{ type: 'command', command: 'npx sluice hook' }] }];
    const text = JSON.stringify({ hooks: { UserPromptSubmit: mine, PostToolUse: mine } });
    tree.write(settings, text);
    await agent(tree);
    expect(read(settings)).toBe(text);
  });

  it.each(['{', '// mine\n{}', '[]', '{"hooks":[]}', '{"hooks":{"PostToolUse":{}}}'])(
    'refuses settings like %j, and leaves everything as it is',
    async (text) => {
      tree.write(settings, text);
      await expect(agent(tree)).rejects.toMatchObject({ code: 'FILE_UNMERGEABLE' });
      expect(read(settings)).toBe(text);
      expect(tree.exists(skill)).toBe(false);
    },
  );

  it.each(['', '  \n'])('takes settings of %j for none', async (text) => {
    tree.write(settings, text);
    await agent(tree);
    expect(JSON.parse(read(settings))).toHaveProperty('hooks.PostToolUse');
  });

  it('brings an older skill of its own up to date, and leaves one alone that somebody made theirs', async () => {
    await agent(tree);
    const whole = read(skill);
    tree.write(skill, whole.replace('## After', '## Before'));
    await agent(tree);
    expect(read(skill)).toBe(whole);
    const mine = whole.replace(/<!--.*-->/, '').replace('## After', '## Then');
    tree.write(skill, mine);
    await agent(tree);
    expect(read(skill)).toBe(mine);
  });
});
