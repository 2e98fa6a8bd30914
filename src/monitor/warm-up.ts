/** What is made at the first error otherwise, while the person waits; in pieces of a few milliseconds. */
export { preparing as warmUpSteps } from '../diagnosis/match.ts';
