// How the screen keeps up: the time from one drawn frame to the next, and how long the page was busy
// with one thing.

import type { Page } from 'playwright-core';

export interface Frames {
  readonly frames: number;
  // Milliseconds from frame to frame.
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly worst: number;
  // Tasks of more than 50 ms: how many, and how long they held the page in all.
  readonly longTasks: number;
  readonly longTaskMs: number;
}

export async function beginFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = { times: [] as number[], tasks: [] as number[], going: true };
    Reflect.set(globalThis, 'framesSeen', seen);
    const drawn = (at: number) => {
      seen.times.push(at);
      if (seen.going) requestAnimationFrame(drawn);
    };
    requestAnimationFrame(drawn);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
}

export async function endFrames(page: Page): Promise<Frames> {
  const seen: { times: number[]; tasks: number[] } = await page.evaluate(() => {
    const found = Reflect.get(globalThis, 'framesSeen');
    found.going = false;
    return { times: found.times, tasks: found.tasks };
  });
  const gaps = seen.times.slice(1).map((time, i) => time - (seen.times[i] ?? time));
  gaps.sort((a, b) => a - b);
  const at = (part: number) => Math.round((gaps[Math.floor(gaps.length * part)] ?? 0) * 10) / 10;
  return {
    frames: seen.times.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    worst: Math.round(gaps.at(-1) ?? 0),
    longTasks: seen.tasks.length,
    longTaskMs: Math.round(seen.tasks.reduce((sum, ms) => sum + ms, 0)),
  };
}
