import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commandIds } from '../../src/editor/command-ids.ts';
import { tooltipCommands } from '../../src/editor/text/tooltip.ts';
import { isEnded, phases } from '../../src/model/sandbox.ts';
import { signalNames } from '../../src/model/signal.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const contributes = manifest.contributes;
const declared = contributes.commands.map(({ command }) => command);
const settings = Object.keys(contributes.configuration[0]?.properties ?? {});
const sources = readdirSync(path.join(root, 'src', 'editor'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(root, 'src', 'editor', file), 'utf8'))
  .join('\n');

/** Names in the first column of the README's tables. */
const listed = (pattern: RegExp): string[] => [...readme.matchAll(pattern)].map((match) => match[1] ?? '');

describe('manifest, code and README say the same', () => {
  it('about commands', () => {
    const inCode = commandIds.map((id) => `sandboxForesight.${id}`);
    expect(declared).toEqual(inCode);
  });

  it('about the titles of commands, by which the palette finds them', () => {
    const titles = contributes.commands.map(({ title }) => title);
    expect(listed(/^\| \*([^*|]+)\* \|/gm).toSorted()).toEqual(titles.toSorted());
    for (const { category } of contributes.commands) expect(readme).toContain(`*${category}:*`);
  });

  it('about settings', () => {
    expect(listed(/^\| `(sandboxForesight\.[a-zA-Z]+\.[a-zA-Z]+)` \|/gm)).toEqual(settings);
    for (const name of settings) {
      expect(sources, `${name} is read nowhere`).toContain(`'${name.replace('sandboxForesight.', '')}'`);
    }
  });

  it('about defaults', () => {
    const properties: Record<string, { default: unknown }> = contributes.configuration[0]?.properties ?? {};
    for (const [name, { default: value }] of Object.entries(properties)) {
      expect(readme).toContain(`| \`${name}\` | ${value === '' ? 'empty' : `\`${String(value)}\``} |`);
    }
  });
});

describe('how good it is', () => {
  const sensitivity = contributes.configuration[0]?.properties['sandboxForesight.alerts.sensitivity'];

  it('is told in the same figures by README and setting, also of the newest exams', () => {
    const described = sensitivity?.enumDescriptions ?? [];
    expect(described).toHaveLength(3);
    for (const [index, name] of (sensitivity?.enum ?? []).entries()) {
      const [row = ''] = listed(new RegExp(`^\\| ${name} \\| (.+) \\|$`, 'gm'));
      const [all, exam, quiet, stress] = row.split(' | ');
      expect(described[index]).toMatch(
        new RegExp(
          `${all} of the foreseeable .*newest exams (of )?${exam}\\..* ${quiet} in 64 quiet hours, ${stress} per hour`,
        ),
      );
    }
  });
});

const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

describe('the walkthrough', () => {
  it('has a picture with a description for each step, in the package', () => {
    const packed = readFileSync(path.join(root, '.vscodeignore'), 'utf8').split('\n');
    expect(packed).toContain('!media/walkthrough/*');
    for (const { media } of steps) {
      expect(path.dirname(media.svg)).toBe('media/walkthrough');
      const picture = readFileSync(path.join(root, media.svg), 'utf8');
      expect(picture).toContain('<title>');
      // The editor's own page allows no styles in it, only attributes.
      expect(picture).not.toMatch(/<style|style=|class=/);
      expect(media.altText.length).toBeGreaterThan(20);
    }
    const drawn = readdirSync(path.join(root, 'media', 'walkthrough')).map((file) => `media/walkthrough/${file}`);
    expect(steps.map(({ media }) => media.svg).toSorted()).toEqual(drawn.toSorted());
  });

  it('ticks each step off by something that happens', () => {
    const views = Object.values(contributes.views).flat();
    const events = [
      ...declared.map((command) => `onCommand:${command}`),
      ...views.map(({ id }) => `onView:${id}`),
      ...settings.map((name) => `onSettingChanged:${name}`),
    ];
    for (const { completionEvents } of steps) {
      expect(completionEvents.length).toBeGreaterThan(0);
      for (const event of completionEvents) expect(events).toContain(event);
    }
  });
});

describe('menus', () => {
  const items = Object.values(contributes.menus).flat();

  it('use declared commands only', () => {
    for (const { command } of items) expect(declared).toContain(command);
    for (const command of tooltipCommands) expect(declared).toContain(command);
  });

  it('link to declared commands, to places of the editor, and to what is there', () => {
    const views = Object.values(contributes.views).flat();
    const known = [
      ...declared,
      ...views.map(({ id }) => `${id}.focus`),
      'workbench.action.openSettings',
      'workbench.action.openWalkthrough',
    ];
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...steps.map(({ description }) => description),
    ];
    const links = texts.flatMap((text) => [...text.matchAll(/\(command:([\w.]+)(?:\?([^)]+))?\)/g)]);
    expect(links.length).toBeGreaterThan(8);
    for (const [, command, words = '%5B%5D'] of links) {
      expect(known).toContain(command);
      const [place]: unknown[] = JSON.parse(decodeURIComponent(words));
      if (command === 'workbench.action.openSettings') expect(settings).toContain(place);
      if (command === 'workbench.action.openWalkthrough') {
        expect(place).toBe(`${manifest.publisher}.${manifest.name}#${contributes.walkthroughs[0]?.id}`);
      }
    }
  });

  it('let only a sandbox that lives be chosen as the own one', () => {
    const chosen = contributes.menus['view/item/context'].find(({ command }) => command.endsWith('.selectSandbox'));
    const when = chosen?.when ?? '';
    const rows = new RegExp(/ viewItem =~ \/(.+)\//.exec(when)?.[1] ?? '^$');
    for (const phase of phases) expect([phase, rows.test(`sandbox.${phase}`)]).toEqual([phase, !isEnded(phase)]);
    expect(rows.test('sandbox.here')).toBe(true);
  });

  it('show the way to a server on the row of the own place, which is all there is at first', () => {
    const inline = items.filter(({ group }) => group?.startsWith('inline'));
    const on = (row: string): readonly string[] =>
      inline
        .filter(({ when }) => new RegExp(/ viewItem =~ \/(.+)\//.exec(when)?.[1] ?? '^$').test(row))
        .map(({ command }) => command.replace('sandboxForesight.', ''));
    expect(on('place.healthy')).toEqual(['connect']);
    expect(on('server.healthy')).toEqual([]);
  });

  it('match only rows that exist', () => {
    const rows = [
      ...phases.map((phase) => `sandbox.${phase}`),
      ...signalNames.map((signal) => `signal.${signal}`),
      ...['sandbox.here', 'signal.memory.here'],
      ...['error', 'incident', 'process', 'link.needs-consent', 'link.unavailable', 'server.down', 'server.degraded'],
      ...['place.down', 'place.degraded', 'muted'],
    ];
    const whens = items.map(({ when }) => when).filter((when) => when.includes('viewItem'));
    expect(whens.length).toBeGreaterThan(10);
    for (const when of whens) {
      const [, exact] = / viewItem == ([\w.-]+)/.exec(when) ?? [];
      if (exact !== undefined) {
        expect(rows).toContain(exact);
        continue;
      }
      const [, source] = / viewItem =~ \/(.+)\//.exec(when) ?? [];
      // Every alternative must be good for something: with one phase renamed, the menu would silently lose its rows.
      const wanted =
        source
          ?.match(/[a-z]+(?:-[a-z]+)*/g)
          ?.filter((word) => !['sandbox', 'signal', 'link', 'server', 'place'].includes(word)) ?? [];
      const matched = rows.filter((row) => new RegExp(source ?? '^$').test(row));
      expect(matched, when).not.toHaveLength(0);
      for (const word of wanted)
        expect(
          matched.some((row) => row.includes(word)),
          `${word} in ${when}`,
        ).toBe(true);
    }
  });

  it('offer every action in the command palette too', () => {
    expect(Object.keys(contributes.menus)).not.toContain('commandPalette');
  });
});

describe('the pictures of the tour', () => {
  // What a theme leaves out, SVG fills with black.
  const inEveryTheme = ['editor-background', 'foreground', 'descriptionForeground'].concat(
    ['notifications', 'button'].flatMap((part) => [`${part}-background`, `${part}-foreground`]),
  );
  const folder = path.join(root, 'media', 'walkthrough');
  it.each(readdirSync(folder).filter((file) => file.endsWith('.svg')))('%s has a colour in every theme', (file) => {
    const bare = readFileSync(path.join(folder, file), 'utf8').matchAll(/var\(--vscode-([\w-]+)\)/g);
    expect([...bare].map(([, name]) => name).filter((name) => !inEveryTheme.includes(name ?? ''))).toEqual([]);
  });
});

describe('the ids people rely on', () => {
  it('has the container and the view', () => {
    expect(contributes.viewsContainers.activitybar[0]?.id).toBe('sandboxForesight');
    expect(contributes.views.sandboxForesight[0]?.id).toBe('sandboxForesight.sandboxes');
    expect(sources).toContain("'sandboxForesight.status'");
  });

  it('starts late and runs on the person’s side first', () => {
    expect(manifest.activationEvents).toEqual(['onStartupFinished']);
    expect(manifest.extensionKind).toEqual(['ui', 'workspace']);
    expect(manifest.engines.vscode).toBe('^1.105.0');
    expect(manifest.devDependencies['@types/vscode']).toBe('1.105.0');
  });

  it('keeps the address of the server out of reach of a workspace', () => {
    expect(contributes.configuration[0]?.properties['sandboxForesight.openSandbox.serverUrl'].scope).toBe(
      'application',
    );
  });
});
