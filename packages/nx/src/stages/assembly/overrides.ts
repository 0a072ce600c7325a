import { withSpecs, type Manifest } from './manifest';

/**
 * A manifest under the `overrides` of its workspace, which npm reads at the top alone: names like `$react` are looked up
 * there, and what is overridden and stated is stated as overridden, since npm refuses to hear two versions of it.
 */
export function withOverrides(manifest: Manifest, workspace: Manifest): Manifest {
  if (!workspace.overrides) return manifest;
  const overrides = { ...lookUp(workspace.overrides, workspace), ...manifest.overrides };
  const direct = Object.entries(overrides).flatMap(([name, rule]) => {
    const spec = isRules(rule) ? rule['.'] : rule;
    return typeof spec === 'string' ? [[name, spec] as const] : [];
  });
  return { ...withSpecs(manifest, Object.fromEntries(direct)), overrides };
}

function lookUp(rules: Record<string, unknown>, workspace: Manifest): Record<string, unknown> {
  const stated: Record<string, unknown> = { ...asRules(workspace['devDependencies']), ...workspace.dependencies };
  const found = (rule: unknown): unknown => {
    if (isRules(rule)) return lookUp(rule, workspace);
    return typeof rule === 'string' && rule.startsWith('$') ? (stated[rule.slice(1)] ?? rule) : rule;
  };
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, found(rule)]));
}

const isRules = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const asRules = (value: unknown): Record<string, unknown> => (isRules(value) ? value : {});
