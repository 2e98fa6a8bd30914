/** Next steps that say only where to look. A client that knows its own settings puts one that names them in their place. */
export const checkServer = 'Check the server address and that the server is running.';
export const checkAddress = 'Check that the address is the one of the sandbox server.';
export const checkVersion = 'Check the server address and the version of the server.';

const general: readonly (string | null)[] = [null, checkServer, checkAddress, checkVersion];

/** Whether a next step, or none, tells nothing about this failure alone. */
export const isGeneralStep = (step: string | null): boolean => general.includes(step);
