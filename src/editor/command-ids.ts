/** Every command of the extension, without its prefix. A test keeps manifest, code and README in step. */
export const commandIds = [
  'connect',
  'tryDemo',
  'setApiKey',
  'selectSandbox',
  'refresh',
  'filter',
  'extend',
  'pause',
  'resume',
  'snapshot',
  'endProcess',
  'recreateLarger',
  'delete',
  'rename',
  'manageSnapshots',
  'openTerminal',
  'showDetails',
  'whatCanIDo',
  'allowWatching',
  'showLog',
  'forgetSandbox',
  'forgetEverything',
  'exportHistory',
  'exportMetrics',
] as const;

export type CommandId = (typeof commandIds)[number];
