// Debian's Chromium, driven by Playwright, with a time-out round every step: page.evaluate has none
// of its own, and one hang would hold up everything behind it.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

// Longer than the app itself waits for an answer (30 s), so that what it says of it is seen.
export const stepMs = 45_000;

// Where pictures are kept; git ignores it.
export const pictures = fileURLToPath(new URL('../.pictures/', import.meta.url));
mkdirSync(pictures, { recursive: true });

export const sizes = {
  wide: { width: 1180, height: 820 },
  tall: { width: 820, height: 1180 },
} as const;

export const flags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.HALFTERM_CHROMIUM ?? '/usr/bin/chromium',
    args: [...flags],
    timeout: 60_000,
  });
}

export function withTimeouts(page: Page): Page {
  page.setDefaultTimeout(stepMs);
  page.setDefaultNavigationTimeout(stepMs);
  return page;
}

// Fails by name when a step takes longer than it may.
export async function within<T>(what: string, step: Promise<T>, ms = stepMs): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: more than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([step, late]);
  } finally {
    clearTimeout(timer);
  }
}
