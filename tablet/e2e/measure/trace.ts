// What Chromium itself records while something moves: each frame that it drew, and how long the page was
// busy with one thing.

import type { CDPSession, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  // Microseconds.
  readonly ts: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

export interface Traced {
  readonly frames: number;
  // Milliseconds from one drawn frame to the next.
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly worst: number;
  // Frames that came more than 50 ms after the one before.
  readonly over50: number;
  // Tasks of the page's main thread of more than 50 ms, and the longest of all.
  readonly longTasks: number;
  readonly longestTaskMs: number;
}

export async function traced(
  page: Page,
  move: (session: CDPSession) => Promise<void>,
): Promise<Traced> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as never[])));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: [
        'benchmark',
        'cc',
        'disabled-by-default-devtools.timeline',
        'disabled-by-default-devtools.timeline.frame',
        '__metadata',
      ],
    },
  });
  await move(session);
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const main = events.find(
    (one) => one.name === 'thread_name' && one.args?.name === 'CrRendererMain',
  );
  const tasks = events
    .filter(({ name, pid, tid }) => name === 'RunTask' && pid === main?.pid && tid === main.tid)
    .map(({ dur = 0 }) => dur / 1000);
  // One frame may carry several events of the same moment.
  const moments = events
    .filter(({ name, ph }) => name === 'StartDrawToSwapStart' && ph === 'b')
    .map(({ ts }) => ts / 1000);
  const drawn = [...new Set(moments)].sort((a, b) => a - b);
  const gaps = drawn.slice(1).map((ms, i) => ms - (drawn[i] ?? ms));
  gaps.sort((a, b) => a - b);
  const at = (part: number) => Math.round((gaps[Math.floor(gaps.length * part)] ?? 0) * 10) / 10;
  return {
    frames: drawn.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    worst: Math.round(gaps.at(-1) ?? 0),
    over50: gaps.filter((ms) => ms > 50).length,
    longTasks: tasks.filter((ms) => ms > 50).length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
  };
}
