/**
 * The parts of the workbench that tests look at, as a person sees them. The DOM behind them is internal to VS Code:
 * checked with the newest and the oldest supported version, both pinned. Tree and lists draw only the rows in sight.
 */

export { screenshot, until } from './page.ts';
export { notifications, type Toast, toast, toasts } from './workbench-notifications.ts';
export { commandTitles, inputBox, modal, quickPick, run } from './workbench-questions.ts';
export { type StatusBarItem, statusBarItem } from './workbench-status.ts';
export { terminalNames, terminalText, typeInTerminal } from './workbench-terminal.ts';
export { openView, type TreeRow, type TreeView } from './workbench-tree.ts';
