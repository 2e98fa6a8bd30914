import type { Incident } from '../../model/incident.ts';

/**
 * A sandbox ends once, although two windows may have written it down under two ids. What one of them knew of its workspace counts.
 * @returns the ends, each once, then what ended no sandbox.
 */
export const onceEach = (incidents: readonly Incident[]): readonly Incident[] => {
  const ended = new Map<string, Incident>();
  const others: Incident[] = [];
  for (const each of incidents) {
    const known = each.endsSandbox ? ended.get(each.sandboxId) : undefined;
    if (!each.endsSandbox) others.push(each);
    else if (known === undefined) ended.set(each.sandboxId, each);
    else if (known.workspace === undefined && each.workspace !== undefined) {
      ended.set(each.sandboxId, { ...known, workspace: each.workspace });
    }
  }
  return [...ended.values(), ...others];
};
