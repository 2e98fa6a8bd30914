import type { FixId } from '../model/fix.ts';
import type { AppView, SandboxView } from '../model/view.ts';
import type { FixDialogs } from './fixes.ts';
import { tell } from './messages.ts';

/** The actions about a place rather than about one sandbox of a server. */
export type PlaceActionId = Extract<
  FixId,
  'setHeapLimit' | 'lowerParallelism' | 'clearCaches' | 'shortenLogs' | 'showLargestFolders'
>;

export interface PlaceActionsOptions {
  readonly view: () => AppView;
  readonly fixes: FixDialogs;
  /** The place the editor works in is another computer than the one the extension runs on, whose disks it can not search. */
  readonly remote: () => boolean;
}

/** From the palette they are meant for the current sandbox, or, where that can not do it, for the place the editor works in. */
export class PlaceActions {
  private readonly options: PlaceActionsOptions;

  constructor(options: PlaceActionsOptions) {
    this.options = options;
  }

  async run(id: PlaceActionId): Promise<void> {
    const { fixes, remote } = this.options;
    const view = this.meant(id);
    if (view) await fixes.run([view], id);
    else if (remote() && id !== 'setHeapLimit' && id !== 'lowerParallelism') {
      tell(
        'This window works on another computer, whose disks this extension cannot search from here. Use a terminal there, e.g. du -xh / | sort -h | tail.',
      );
    } else {
      tell(
        'No sandbox that is watched can do this now. The place the editor works in is watched while sandboxForesight.local.enabled is on.',
      );
    }
  }

  private meant(id: PlaceActionId): SandboxView | undefined {
    const { sandboxes, currentId } = this.options.view();
    const able = sandboxes.filter(({ actions }) => actions.includes(id));
    return able.find(({ sandbox }) => sandbox.id === currentId) ?? able.find(({ isHere }) => isHere);
  }
}
