export { lowerBound } from '../model/success.ts';
