import { describe, expect, it } from 'vitest';
import { ownerSummary, postMortemMarkdown } from '../../../../src/app/post-mortem/markdown.ts';
import { issueSentence } from '../../../../src/app/post-mortem/markdown-parts.ts';
import { disposeHistories, memoryHistory } from '../../../helpers/memory-history.ts';
import {
  aCommand,
  aFix,
  anError,
  anIncident,
  aSandbox,
  aWarning,
  dayMs,
  startMs,
} from '../../../integration/history/makers.ts';
import { bareIncident, course, told } from './scene.ts';

disposeHistories();

const wholeStory = async () => {
  const history = memoryHistory();
  history.recordSandbox(aSandbox(), startMs - 600_000);
  history.recordIncident(anIncident('e-1', { sandboxId: 'sb-2', atMs: startMs - dayMs, workspace: 'api-tests' }));
  history.recordIncident(anIncident('e-2', { sandboxId: 'sb-3', atMs: startMs - 2 * dayMs, workspace: 'web' }));
  history.recordFix(aFix({ sandboxId: 'sb-2' }), null, 'api-tests');
  history.recordFix(aFix({ sandboxId: 'sb-3', result: 'did-not-work' }), null, 'web');
  history.recordCommand(aCommand('c-1', { startedAtMs: startMs - 60_000, endedAtMs: startMs, exitCode: 137 }));
  history.recordError('sb-1', anError('f-1', { lastSeenAtMs: startMs - 1000, commandKey: 'npm test' }));
  history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs, text: 'State:\n```\nOOMKilled: true' });
  const incident = anIncident('i-1', {
    warning: aWarning('w-1', { startedAtMs: startMs - 95_000, warnedAtMs: startMs - 90_000, outcome: 'broke' }),
    fixes: [aFix({ startedAtMs: startMs - 50_000, endedAtMs: startMs - 40_000 })],
    samples: course(300, (before) => 500 - before),
  });
  history.recordIncident(incident);
  return told(history, incident);
};

describe('the post-mortem as Markdown', () => {
  it('has a part for everything, on one axis that ends with the break', async () => {
    const text = postMortemMarkdown(await wholeStory());
    expect(text.match(/^#+ .+$/gm)).toEqual([
      '# Post-mortem of name of sb-1: out of memory',
      '## What would have helped',
      '## This happened before',
      '## The last minutes of every signal',
      '## What happened',
      '## Lifecycle',
      '## Errors',
      '## Commands',
      '## Fixes tried',
      '## Diagnostics of the server',
    ]);
    expect(text).toContain('| When | 2026-01-05 12:00:00 UTC |');
    expect(text).toContain('| Warning | 90 s before |');
    expect(text).toMatch(/\| memory \| [▁▂▃▄▅▆▇█]{30} \| 200 MiB \| 499 MiB \| 499 MiB \(97 %\) \| 512 MiB \|/);
    expect(text).toContain('| 2026-01-05 12:00:00 | 0 s | break | probably out of memory |');
    expect(text).toContain('| 2026-01-05 11:58:30 | −90 s | warning | Warning about memory at 78 % |');
    expect(text).toContain('| out of memory | 2 times in this workspace (api-tests), 3 in all, in 3 sandboxes |');
    expect(text).toContain('| per day: 0 1 1 | per day: 1 1 1 | End the process: worked 1 of 2 times');
    expect(text).toContain('| Workspace | api-tests |');
    expect(text).toContain('| The port is taken | npm test | 1 time |');
    expect(text).toContain('| error | npm test: The port is taken |');
    expect(text).toContain('| npm ci | 2026-01-05 11:59:00 | exit code 137 after 60 s | 1 | 300 MiB |');
    expect(text).toContain('| End the process | worked | Memory fell from 500 to 120 MiB. |');
  });

  it('keeps a fence around diagnostics that hold one', async () => {
    const text = postMortemMarkdown(await wholeStory());
    expect(text).toContain('````text\nState:\n```\nOOMKilled: true\n````\n');
  });

  it('shows text of others as text: no link, no mention, no table cell more', async () => {
    const name = 'a | b [x](http://evil.example) www.evil.example @octocat #12 <img src=x>\n# no heading \u202egpj.exe';
    const text = postMortemMarkdown(await told(memoryHistory(), bareIncident({ sandboxName: name, text: name })));
    expect(text).not.toMatch(/(?<!\\)\]/);
    expect(text).not.toContain('@octocat');
    expect(text).not.toContain('#12');
    expect(text).not.toMatch(/(?<!\\)</);
    expect(text).not.toContain('http://');
    expect(text).not.toContain('www.');
    expect(text).not.toContain('\u202e');
    expect(text.match(/^# /gm)).toHaveLength(1);
    const row = text.split('\n').find((line) => line.startsWith('| Sandbox |'));
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(3);
  });

  it('stays a story when nothing is remembered, and with times that are none', async () => {
    const text = postMortemMarkdown(await told(memoryHistory(), bareIncident({ atMs: 9e15 })));
    expect(text).toContain('| When | unknown UTC |');
    expect(text).not.toContain('undefined');
  });

  it('stays below 60 KB whatever is remembered, and says what is left out', async () => {
    const history = memoryHistory();
    const long = '*文'.repeat(2_000);
    for (let no = 0; no < 300; no += 1) {
      history.recordCommand(aCommand(`c-${no}`, { commandKey: `${long} ${no}`, startedAtMs: startMs - 1000 * no }));
      history.recordError('sb-1', anError(`f-${no}`, { title: `${long} ${no}`, lastSeenAtMs: startMs - no }));
    }
    history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs, text: `${long}\n`.repeat(20) });
    const timeline = Array.from({ length: 100 }, (_, no) => ({
      atMs: startMs - no * 61_000,
      phase: 'unknown' as const,
      rawState: `${long} ${no}`,
      reason: long,
    }));
    const fixes = Array.from({ length: 50 }, () => aFix({ text: long }));
    const incident = bareIncident({
      sandboxName: long,
      sandboxId: 'sb-1',
      provider: long,
      text: long,
      timeline,
      fixes,
    });
    const story = await told(history, incident);
    const text = postMortemMarkdown(story);
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(text).toMatch(/\d+ more are left out\./);
    expect(ownerSummary(story).length).toBeLessThan(1_000);
  });
});

describe('a piece of advice in an issue', () => {
  it('shows what is to be copied as code, and changes nothing in it', () => {
    expect(issueSentence('Cap it with NODE_OPTIONS=--max-old-space-size=192: it then fails.')).toBe(
      'Cap it with `NODE_OPTIONS=--max-old-space-size=192`: it then fails.',
    );
    expect(issueSentence('For example with `sleep infinity` or GOMEMLIMIT=96MiB.')).toBe(
      'For example with `sleep infinity` or `GOMEMLIMIT=96MiB`.',
    );
    expect(issueSentence('1. * and _ and a_b')).toBe('1\\. \\* and \\_ and a\\_b');
  });

  it('gives no meaning to names that end in the middle of code', () => {
    expect(issueSentence('End a`b [x](y)')).toBe('End a\\`b \\[x\\](y)');
    expect(issueSentence('End ``[x](y)` now')).toBe('End \\`\\`\\[x\\](y)\\` now');
    expect(issueSentence('A=<img>')).toBe('A=\\<img\\>');
  });

  it('has its settings as code in the whole story', async () => {
    const samples = course(60, (before) => 510 - before).map((sample, no) => ({
      ...sample,
      processes: [
        { pid: 412, parentPid: 1, name: 'node', rssBytes: (100 + no * 5) * 2 ** 20, ageMs: null, heapLimit: null },
      ],
    }));
    const story = await told(memoryHistory(), bareIncident({ samples }));
    expect(postMortemMarkdown(story)).toContain(' with `NODE_OPTIONS=--max-old-space-size=384`: ');
  });
});

describe('what the owner is told', () => {
  it('is cause, warning, remedy and how often', async () => {
    expect(ownerSummary(await wholeStory())).toBe(
      [
        'name of sb-1 (openSandbox), 2026-01-05 12:00:00 UTC: The main process was probably killed for memory. This is the most probable reading; the facts allow another one.',
        'The warning about memory came 90 s before; it expected the limit in 2 min or later, and it took 90 s.',
        'What helps: Give it at least 640 MiB of memory (its limit was 512 MiB, the highest use seen 499 MiB, and 20 % on top); what it really needs is not known, because it was cut off.',
        'Run npm ci with less at a time (fewer jobs or workers, smaller pieces): it took 300 MiB on top of what was in use and was running when it broke.',
        'It happened (out of memory) 2 times in this workspace (api-tests), 3 in all, in 3 sandboxes. In all, per day: 1 1 1.',
        'What was tried: End the process: worked 1 of 2 times (1 of 1 in this workspace).',
      ].join('\n'),
    );
  });
});
