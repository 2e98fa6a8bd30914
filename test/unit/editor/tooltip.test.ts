import { describe, expect, it } from 'vitest';
import { tooltipMarkdown } from '../../../src/editor/text/tooltip.ts';
import type { ServerView } from '../../../src/model/view.ts';
import { appView, nowMs, server } from '../../helpers/views.ts';

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
    expect(textWith(server())).toMatch(/\n\[Choose sandbox\]/);
    const again = '[Try again](command:sandboxForesight.refresh)';
    expect(textWith(server({ state: 'down', problem: 'unreachable' }))).toContain(`\n${again} · [Choose sandbox]`);
    expect(textWith(server({ state: 'down', problem: 'unauthorized' }))).toContain(
      `\n[Set API key](command:sandboxForesight.setApiKey) · ${again} · [Choose sandbox]`,
    );
  });
});
