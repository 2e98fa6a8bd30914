import { describeConformance } from './conformance.ts';
import { makeOpenSandboxBed } from './opensandbox-bed.ts';

describeConformance('OpenSandbox', () => makeOpenSandboxBed());
