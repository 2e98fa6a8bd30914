import { hostname } from 'node:os';
import { remoteEnvironment, remoteHostname } from '../model/other-computer.ts';
import type { FileReader, Here, PlaceHints } from '../model/ports.ts';

/** The computer the editor works on, as far as it tells which sandbox that is. */
export type Computer = Pick<PlaceHints, 'environment' | 'hostname' | 'isRemote'>;

/** The computer this extension runs on. */
export const thisComputer = (): Computer => ({ environment: process.env, hostname: hostname() });

const userNames = ['USER', 'LOGNAME', 'USERNAME'] as const;

/**
 * The other computer of a remote window. The person is the one of this computer; where they are, only that one knows.
 * @param files its files, or null where they cannot be read: then nothing is known of it
 */
const otherComputer = async (files: FileReader | null): Promise<Computer> => {
  const user = Object.fromEntries(userNames.map((name) => [name, process.env[name]]));
  if (files === null) return { environment: user, hostname: '', isRemote: true };
  const [environment, host] = await Promise.all([remoteEnvironment(files), remoteHostname(files)]);
  return { environment: { ...user, ...environment }, hostname: host ?? '', isRemote: true };
};

/** @returns whether a file or folder is on the other computer of a remote window. */
export const existsThere = async (files: FileReader | null, path: string): Promise<boolean> =>
  files !== null && ((await files.names(path)) !== null || (await files.bytes(path, 1)) !== null);

/** Tells which computer the editor works on; of two answers that are on their way, the one asked for last. */
export class ComputerTeller {
  private readonly here: () => Pick<Here, 'remote' | 'files'>;
  private readonly told: (computer: Computer) => void;
  private turn = 0;
  private over = false;

  constructor(here: () => Pick<Here, 'remote' | 'files'>, told: (computer: Computer) => void) {
    this.here = here;
    this.told = told;
  }

  /**
   * On this computer it is told before this returns; another one is asked first, which may take seconds.
   * @param then what needs to be known after it
   */
  async tell(then?: () => void): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    const { remote, files } = this.here();
    const computer = remote ? await otherComputer(files) : thisComputer();
    if (this.over) return;
    if (turn === this.turn) this.told(computer);
    then?.();
  }

  dispose(): void {
    this.over = true;
  }
}
