import { describe, expect, it } from 'vitest';
import { tooltipMarkdown } from '../../../src/editor/text/tooltip.ts';
import type { ServerView } from '../../../src/model/view.ts';
import { appView, nowMs, sandbox, sandboxView, server } from '../../helpers/views.ts';
import { incident } from './dashboard/support.ts';

describe('the tooltip of a sandbox', () => {
  const text = (...views: Parameters<typeof appView>[0]): string => tooltipMarkdown(appView(views), nowMs);

  it('says the state once, and beside it the word of the server where that is another one', () => {
    expect(text(sandboxView())).toMatch(/^\*\*api\\-tests\*\* — running, warning\n\nFloor rises .*\.\n/);
    expect(text(sandboxView({ sandbox: sandbox({ rawState: 'Ready' }) }))).toContain('running \\(Ready\\)');
  });

  it('offers to choose another one, and leads from one that is over to what happened', () => {
    expect(text(sandboxView())).toMatch(/\[What can I do\?\].* · \[Choose sandbox\]/);
    const over = text(
      sandboxView({ sandbox: sandbox({ phase: 'failed', rawState: 'Failed' }), incidents: [incident()] }),
    );
    expect(over).toContain(`[What happened](command:sandboxForesight.showIncident?`);
    expect(over).not.toMatch(/What can I do|Choose sandbox|Data:/);
  });
});

describe('the tooltip without a sandbox', () => {
  const textWith = (...servers: readonly ServerView[]): string => tooltipMarkdown(appView([], { servers }), nowMs);

  it('says that none runs when the servers say so', () => {
    expect(textWith(server())).toContain('No sandbox is running.');
  });

  it('does not say it while a server has not answered', () => {
    expect(textWith(server({ state: 'down', text: 'It can not be reached.' }))).not.toContain('No sandbox is running.');
    expect(textWith(server(), server({ state: 'connecting' }))).not.toContain('No sandbox is running.');
    expect(textWith(server({ state: 'degraded' }))).not.toContain('No sandbox is running.');
  });

  it('leads to what helps where a server does not do its part', () => {
    const again = '[Try again](command:sandboxForesight.refresh)';
    expect(textWith(server({ state: 'down', problem: 'unreachable' }))).toContain(
      `\n${again} · [Change address](command:sandboxForesight.connect) · [Log]`,
    );
    expect(textWith(server({ state: 'down', problem: 'unauthorized' }))).toContain(
      `\n[Set API key](command:sandboxForesight.setApiKey) · ${again} · [Log]`,
    );
  });
});
