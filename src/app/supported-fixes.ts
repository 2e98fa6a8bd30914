import type { FixId } from '../model/fix.ts';
import type { SandboxProvider } from '../model/ports.ts';
import { canTidy } from './fixes/housekeeping.ts';

/** The fixes a provider can carry out, and those the editor does. @param inside the editor runs in the sandbox, and so do its terminals. */
export const supportedFixes = (provider: SandboxProvider, inside: boolean): readonly FixId[] => {
  const { actions } = provider;
  const tidies = canTidy(provider);
  const has: Record<FixId, boolean> = {
    extend: actions.renew !== undefined,
    snapshot: actions.snapshot !== undefined,
    endProcess: actions.signalProcess !== undefined || actions.exec !== undefined,
    setHeapLimit: inside,
    lowerParallelism: inside,
    clearCaches: tidies,
    shortenLogs: tidies,
    showLargestFolders: tidies,
    recreateLarger: actions.snapshot !== undefined && actions.recreate !== undefined,
    pause: actions.pause !== undefined,
    resume: actions.resume !== undefined,
    delete: actions.delete !== undefined,
    // Where the editor itself runs, its own terminals do.
    openTerminal: actions.openTerminal !== undefined || provider.isHere === true,
    showDetails: true,
  };
  return (Object.keys(has) as FixId[]).filter((id) => has[id]);
};
