import { describe, expect, it } from 'vitest';
import { keptDiagnostics } from '../../../src/history/kept-diagnostics.ts';

const rule = '-'.repeat(40);

describe('diagnostics that are kept', () => {
  it('leave out how the sandbox was started, whatever lines its values have', () => {
    const text = [
      rule,
      'INSPECT',
      rule,
      'Status:         exited',
      'Command:        python billing.py --customer acme',
      'Entrypoint:',
      '  - sh',
      '  - -c',
      'Exit Code:      137',
      '',
      'Environment:',
      '  CUSTOMER=acme',
      '  NOTE=first line',
      'Second: line of acme',
      '',
      'Third:',
      rule,
      'EVENTS',
      rule,
      'Event:      OOMKilled',
    ].join('\r\n');
    expect(keptDiagnostics(text).split('\n')).toEqual([
      rule,
      'INSPECT',
      rule,
      'Status:         exited',
      'Command: (not kept)',
      'Entrypoint: (not kept)',
      'Exit Code:      137',
      '',
      'Environment: (not kept)',
      rule,
      'EVENTS',
      rule,
      'Event:      OOMKilled',
    ]);
  });

  it('find the parts also where they were put together without rules', () => {
    const text = 'INSPECT\nStatus: exited\n\nEnvironment:\n  A=acme\n\nEVENTS\nCreated: today\n\nLOGS\nlast words';
    expect(keptDiagnostics(text)).toBe(
      'INSPECT\nStatus: exited\n\nEnvironment: (not kept)\nEVENTS\nCreated: today\n\nLOGS\nlast words',
    );
  });

  it('keep what programs wrote', () => {
    const output = `${rule}\nLOGS (last 50 lines)\n${rule}\nEnvironment: production\nCommand: migrate\n========\nEnvironment:\n  ready`;
    expect(keptDiagnostics(output)).toBe(output);
    expect(keptDiagnostics('Event:      Exited with code 1')).toBe('Event:      Exited with code 1');
  });
});
