export type Undici = typeof import('undici');

let loaded: Promise<Undici> | undefined;

/**
 * undici, loaded at the first network call and not at activation: reading it costs tens of milliseconds.
 * This is the only place that imports it as a value.
 */
export const loadUndici = (): Promise<Undici> => {
  loaded ??= import('undici');
  return loaded;
};
