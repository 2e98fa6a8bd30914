import { config } from 'zod/mini';

// The page's policy forbids to make code of text, which schemas would try for speed. It has to be said before the first schema is made.
config({ jitless: true });
