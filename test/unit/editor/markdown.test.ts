import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailsMarkdown } from '../../../src/editor/text/details-markdown.ts';
import { codeSpan, commandLink, escapeMarkdown, withoutLinks } from '../../../src/editor/text/markdown.ts';
import { tooltipMarkdown } from '../../../src/editor/text/tooltip.ts';
import { appView, nowMs, sandbox, sandboxView } from '../../helpers/views.ts';

const hostile = '[click](command:workbench.action.quit) <img src=x> `code` | cell\n# head';

describe('text from outside is shown and never interpreted', () => {
  it('escapes links, tags, tables and headings', () => {
    const escaped = escapeMarkdown(hostile);
    expect(escaped).not.toMatch(/(?<!\\)[[\]()<>`|#]/);
    expect(escaped).not.toContain('\n');
  });

  it('leaves no unescaped special character in any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeMarkdown(text)).not.toMatch(/(?<!\\)(?:\\\\)*[[\]()<>`|#]/);
      }),
    );
  });

  it('closes code spans over any run of backticks', () => {
    expect(codeSpan('a``b')).toBe('```a``b```');
    expect(codeSpan('`x`')).toBe('`` `x` ``');
  });

  it('keeps hostile names out of tooltip and details', () => {
    const view = sandboxView({ sandbox: sandbox({ name: hostile, rawState: hostile, message: hostile }) });
    for (const markdown of [tooltipMarkdown(appView([view]), nowMs), detailsMarkdown(view, nowMs, null)]) {
      expect(markdown).not.toContain('](command:workbench');
      expect(markdown).not.toMatch(/(?<!\\)<img/);
    }
  });

  it('keeps diagnostics inside their fence', () => {
    const markdown = detailsMarkdown(sandboxView(), nowMs, 'before\n```\n[x](command:y)');
    expect(markdown).toContain('\n````\nbefore\n```\n[x](command:y)\n````\n');
  });
});

describe('messages', () => {
  it('have no links', () => {
    expect(withoutLinks(hostile)).not.toMatch(/\[[^\]]*\]\(/);
    expect(withoutLinks('[a](b)[c](d)')).toBe('[a]\u200b(b)[c]\u200b(d)');
  });

  it('are shown in one place only, where links are taken out', () => {
    const folder = path.resolve(import.meta.dirname, '../../../src/editor');
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'messages.ts');
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      expect(readFileSync(path.join(folder, file), 'utf8'), file).not.toMatch(
        /window\.(show(Information|Warning|Error)Message|withProgress)/,
      );
    }
  });
});

describe('tooltipMarkdown', () => {
  it('shows a sparkline, the source and age of the data, and links that carry the sandbox id', () => {
    const markdown = tooltipMarkdown(appView([sandboxView()]), nowMs);
    expect(markdown).toContain('▅');
    expect(markdown).toContain("the sandbox's own cgroup, fresh");
    expect(markdown).toContain(commandLink('What can I do?', 'sandboxForesight.whatCanIDo', sandbox().id));
  });
});
