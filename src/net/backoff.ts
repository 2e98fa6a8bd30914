export { Backoff } from '../model/backoff.ts';
