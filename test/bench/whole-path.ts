import { statusText } from '../../src/editor/text/status-text.ts';
import { treeModel } from '../../src/editor/text/tree-model.ts';
import type { Capabilities } from '../../src/model/ports.ts';
import { createSandboxMonitor, type SandboxMonitor } from '../../src/monitor/sandbox-monitor.ts';
import { parseProbeText } from '../../src/providers/opensandbox/probe-line.ts';
import { createProbeReader, type ProbeReader } from '../../src/providers/opensandbox/probe-reader.ts';
import { appView, sandbox } from '../helpers/views.ts';
import { lineAt, sampleAt, sandboxId, startMs } from './course.ts';
import { type Few, type Timing, timing } from './measure.ts';
import { heldBytes } from './memory.ts';

/** What one line of the probe costs from its text to the texts that the editor shows, without the editor. */
export interface PathBench {
  /** Text of the line, sample, monitor with forecasts and alert policy, view, status bar text, rows of the tree. */
  readonly wholePath: Timing;
  /** The first step of it: JSON, schema and sample. */
  readonly parseLine: Timing;
  /** What a monitor holds after 12 minutes: the black box of ten minutes, the forecaster, the view. */
  readonly stateBytesPerSandbox: Few;
}

const capabilities: Capabilities = { vanishesAtExpiry: true, pauseKeepsMemory: true, expiresWhilePaused: true };
const keptSeconds = 720;
const dayMs = 86_400_000;

const newReader = (): ProbeReader => createProbeReader({ sandboxId, cadenceMs: 1000, caveat: null });

const newMonitor = (): SandboxMonitor =>
  createSandboxMonitor({
    sandbox: sandbox({
      id: sandboxId,
      createdAtMs: startMs,
      expiry: {
        clock: 'absolute',
        expiresAtMs: startMs + 365 * dayMs,
        action: 'delete',
        extendedBy: 'call',
        certainty: 'known',
      },
    }),
    supports: ['extend', 'snapshot', 'endProcess', 'recreateLarger', 'pause', 'showDetails'],
    capabilities,
    nowMs: startMs,
  });

/** Calls `use` with the text of one line after the other and the time at which it comes in. */
function overLines(use: (text: string, nowMs: number) => void): Timing {
  let second = 0;
  let text = lineAt(second);
  return timing(
    () => {
      second += 1;
      text = lineAt(second);
    },
    () => use(text, startMs + 1000 * second),
  );
}

function parsed(text: string): NonNullable<ReturnType<typeof parseProbeText>> {
  const line = parseProbeText(text);
  if (line === null) throw new Error('the parser does not know the line of the bench');
  return line;
}

/** @returns the cost of one line on this machine; takes about five seconds. */
export function benchPath(): PathBench {
  const monitor = newMonitor();
  const reader = newReader();
  const wholePath = overLines((text, nowMs) => {
    monitor.observe(reader.read(parsed(text), nowMs));
    monitor.drain();
    const view = appView([monitor.view(nowMs)]);
    if (statusText(view, nowMs).text === '' || treeModel(view, '', nowMs).length === 0)
      throw new Error('nothing is shown');
  });
  const parsing = newReader();
  const parseLine = overLines((text, nowMs) => void parsing.read(parsed(text), nowMs));
  const filled = (): SandboxMonitor => {
    const one = newMonitor();
    for (let second = 0; second < keptSeconds; second++) one.observe(sampleAt(second));
    one.drain();
    one.view(startMs + 1000 * keptSeconds);
    return one;
  };
  return { wholePath, parseLine, stateBytesPerSandbox: heldBytes(filled, 5) };
}
