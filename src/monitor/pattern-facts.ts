import { catalogue } from '../diagnosis/catalogue/catalogue.ts';

/** What is known of a recurring failure beyond its name. */
export interface PatternFacts {
  /** Its family in the catalogue, e.g. `memory`. */
  readonly category: string;
  /** Why it happens in a sandbox. */
  readonly cause: string;
  /** Titles of its fixes, best first. May hold `{names}` of parameters that are known only where the error is. */
  readonly fixes: readonly string[];
}

/** @returns what is known of a pattern by its slug, or null for one that this version does not know. */
export type PatternBook = (slug: string) => PatternFacts | null;

const facts = new Map<string, PatternFacts>();

/** The catalogue of error patterns, for those who only have the slug that was remembered. */
export const patternFacts: PatternBook = (slug) => {
  if (facts.size === 0) {
    for (const { slug: name, category, cause, fixes } of catalogue) {
      facts.set(name, { category, cause, fixes: fixes.map((fix) => fix.title) });
    }
  }
  return facts.get(slug) ?? null;
};
