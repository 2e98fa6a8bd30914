import { describe } from 'vitest';
import { historyConformance } from './conformance.ts';

describe('history in memory', () => historyConformance('memory'));
