import { describe } from 'vitest';
import { historyConformance } from './conformance.ts';

describe('history in JSON Lines', () => historyConformance('json-lines'));
