/** Without what an npm that started nx says of the workspace it was started in. */
export const withoutWorkspace = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !ofWorkspace.test(name)));

const ofWorkspace = /^npm_config_(global|prefix|local_prefix|workspaces?|include_workspace_root|dry_run)$/i;
