/**
 * Nx's own options of `run`, `run-many` and `affected`, in camel case, by whether they take a value; every other option
 * goes to the executors. A test compares them with the definitions of the installed Nx. (22.7 to 24.0: `explain` is new
 * in 24.)
 */
export const flags: ReadonlySet<string> = new Set([
  'agents',
  'all',
  'batch',
  'cloud',
  'disableNxCache',
  'disableRemoteCache',
  'dte',
  'excludeTaskDependencies',
  'help',
  'nxBail',
  'nxIgnoreCycles',
  'prod',
  'skipNxCache',
  'skipRemoteCache',
  'skipSync',
  'stdin',
  'tui',
  'uncommitted',
  'untracked',
  'useAgents',
  'verbose',
  'version',
]);

export const valued: ReadonlySet<string> = new Set([
  'base',
  'c',
  'configuration',
  'exclude',
  'explain',
  'files',
  'graph',
  'head',
  'maxParallel',
  'outputStyle',
  'p',
  'parallel',
  'project',
  'projects',
  'runner',
  't',
  'target',
  'targets',
  'tuiAutoExit',
]);

/** Those of `run-many` and `affected` whose value may be a list of words. */
export const listed: ReadonlySet<string> = new Set(['exclude', 'files', 'p', 'projects', 't', 'target', 'targets']);
