import type { Supervisor } from '../app/contracts.ts';
import type { Clock } from '../model/ports.ts';
import { isEnded } from '../model/sandbox.ts';
import type { AppView, ServerView } from '../model/view.ts';
import { sleep } from '../model/wait.ts';
import { mention, tell, withCancellableProgress } from './messages.ts';
import { isBad, sayBad, sayNotConnected } from './pick-sandbox.ts';

/** A view is at most a quarter of a second behind: what it shows of a server by then is newer than the question. */
const settledMs = 300;
/** Most servers have answered by then; only who waits longer is shown that something goes on. */
const quietMs = 1_000;
const longestMs = 15_000;

/** The servers that a person connects with; where there is none, all that is watched. */
const askedIn = ({ servers }: AppView): readonly ServerView[] => {
  const own = servers.filter(({ provider }) => provider !== 'local' && provider !== 'demo');
  return own.length > 0 ? own : servers;
};

const haveAnswered = (view: AppView): boolean => {
  const asked = askedIn(view);
  return asked.length > 0 && asked.every(({ answered }) => answered);
};

const connectedText = ({ provider, label }: ServerView, { sandboxes }: AppView): string => {
  const living = sandboxes.filter(({ sandbox }) => sandbox.provider === provider && !isEnded(sandbox.phase)).length;
  const what =
    living === 0
      ? 'it has no sandbox yet. One that is started appears by itself'
      : living === 1
        ? '1 sandbox'
        : `${living} sandboxes`;
  return `Connected to ${label}: ${what}.`;
};

/**
 * Tells who connects, sets a key or asks anew what came of it. Rows and status bar tell it too, but a row is cut, the view may be closed, and
 * the status bar speaks of the current sandbox.
 */
export class ServerAnswers {
  private readonly supervisor: Pick<Supervisor, 'view' | 'onChange' | 'refresh'>;
  private readonly clock: Clock;
  private waiting: AbortController | null = null;

  constructor(supervisor: Pick<Supervisor, 'view' | 'onChange' | 'refresh'>, clock: Clock) {
    this.supervisor = supervisor;
    this.clock = clock;
  }

  /** Asks the servers for the first time with what was just entered, and says in any case what they answer. */
  async connect(): Promise<void> {
    this.supervisor.refresh();
    await this.sayWhenAnswered(tell);
  }

  /** Asks the servers anew. All of them answering as before is worth no word. */
  async refresh(): Promise<void> {
    const wasBad = askedIn(this.supervisor.view).some(isBad);
    this.supervisor.refresh();
    await this.sayWhenAnswered(wasBad ? mention : () => undefined);
  }

  /** @param sayGood says that all is well. */
  private async sayWhenAnswered(sayGood: (text: string) => void): Promise<void> {
    // Whoever asks again wants the newer answer only.
    this.waiting?.abort();
    const waiting = new AbortController();
    this.waiting = waiting;
    const { signal } = waiting;
    await sleep(this.clock, settledMs, signal);
    let end = await this.answered(quietMs, signal);
    if (end === 'late') {
      const title = `Waiting for ${this.silent}`;
      end = await withCancellableProgress(title, (cancelled) =>
        this.answered(longestMs, AbortSignal.any([cancelled, signal])),
      );
    }
    if (end === 'cancelled') return;
    const { view } = this.supervisor;
    const asked = askedIn(view);
    const bad = asked.find(isBad);
    if (asked.length === 0) await sayNotConnected();
    else if (bad !== undefined) await sayBad(bad);
    else if (end === 'late') tell(`No answer yet from ${this.silent}. It is asked on by itself.`);
    else sayGood(asked.map((server) => connectedText(server, view)).join(' '));
  }

  /** The servers that have not answered yet, for a sentence. */
  private get silent(): string {
    const silent = askedIn(this.supervisor.view).filter(({ answered }) => !answered);
    return silent.length === 0 ? 'the server' : silent.map(({ label }) => label).join(', ');
  }

  /** Waits until all servers have answered, or `ms` have passed. */
  private answered(ms: number, signal: AbortSignal): Promise<'answered' | 'late' | 'cancelled'> {
    return new Promise((resolve) => {
      const end = (how: 'answered' | 'late' | 'cancelled'): void => {
        timer.cancel();
        unsubscribe();
        signal.removeEventListener('abort', cancel);
        resolve(how);
      };
      const cancel = (): void => end('cancelled');
      const timer = this.clock.after(ms, () => end('late'));
      const unsubscribe = this.supervisor.onChange((view) => {
        if (haveAnswered(view)) end('answered');
      });
      signal.addEventListener('abort', cancel);
      if (signal.aborted) cancel();
      else if (haveAnswered(this.supervisor.view)) end('answered');
    });
  }
}
