// Draws screens over a scripted app and looks at each: nothing is wider than the glass, no target is
// under 44 px, axe finds nothing. The pictures are kept.
//
// Wide and light, tall and dark: each shape and each colour once. HALFTERM_EVERY_LOOK=1 draws all four.

import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../accessible';
import { openBrowser, pictures, sizes, withTimeouts } from '../browser';

// What it is called, the scene of the scripted app, and the path.
export type Screen = readonly [string, string, string];

async function show(page: Page, address: string, scene: string, path: string) {
  await page.goto('about:blank');
  await page.goto(`${address}?scene=${scene}#${path}`);
  await page.locator('h1, .locked').first().waitFor();
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 60))),
  );
}

const narrow = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
];
const every = process.env.HALFTERM_EVERY_LOOK === '1';

// The screens that print: on paper, black on white, without what can only be tapped.
async function print(page: Page, address: string, screen: string, path: string) {
  await show(page, address, 'busy', path);
  await page.emulateMedia({ media: 'print' });
  try {
    for (const gone of ['.rail', '.top .actions', '.no-print']) {
      expect(await page.locator(gone).first().isVisible(), gone).toBe(false);
    }
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(paper).toBe('rgb(255, 255, 255)');
    const pdf = await page.pdf({ path: `${pictures}${screen}.pdf`, preferCSSPageSize: true });
    // Width and height of A4 in points.
    expect(pdf.toString('latin1')).toMatch(/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);
  } finally {
    await page.emulateMedia({ media: 'screen' });
  }
}

// `name`: of the folder in which this gallery is built.
export function describeScreens(
  name: string,
  screens: readonly Screen[],
  printed: readonly Screen[] = [],
): void {
  let browser: Browser;
  let server: PreviewServer;
  let address = '';

  beforeAll(async () => {
    const configFile = fileURLToPath(new URL('./vite.config.ts', import.meta.url));
    const outDir = `../../.gallery/${name}`;
    await build({ configFile, logLevel: 'error', build: { outDir } });
    server = await preview({
      configFile,
      build: { outDir },
      preview: { port: 0, host: '127.0.0.1' },
    });
    address = server.resolvedUrls?.local[0] ?? '';
    browser = await openBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  // As a third of a tablet's glass beside another app, and upright on the smallest tablet.
  it('nothing is cut off on narrow glass', async () => {
    const page = withTimeouts(await browser.newPage());
    const cut: string[] = [];
    for (const [screen, scene, path] of screens.filter(([, of]) => of === 'busy')) {
      for (const viewport of narrow) {
        await page.setViewportSize(viewport);
        if (viewport === narrow[0]) await show(page, address, scene, path);
        const found = await page.evaluate(cutOff);
        cut.push(...found.map((what) => `${screen} at ${viewport.width}: ${what}`));
      }
    }
    await page.close();
    expect(cut).toEqual([]);
  }, 400_000);

  for (const theme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const usual = (size === 'wide') === (theme === 'light');
      describe.runIf(usual || every)(`the screens, ${size}, ${theme}`, () => {
        let page: Page;
        beforeAll(async () => {
          const context = await browser.newContext({
            viewport,
            colorScheme: theme,
            locale: 'en-GB',
            timezoneId: 'Pacific/Auckland',
            hasTouch: true,
            reducedMotion: 'reduce',
          });
          page = withTimeouts(await context.newPage());
        });
        afterAll(async () => {
          await page?.context().close();
        });

        it.runIf(size === 'wide').each(printed)('%s, on paper', async (screen, _, path) => {
          await print(page, address, screen, path);
        });

        it.each(screens)('%s', async (screen, scene, path) => {
          await show(page, address, scene, path);
          await page.screenshot({ path: `${pictures}${screen}-${size}-${theme}.png` });
          expect(await faultsOf(page)).toEqual([]);
        });
      });
    }
  }
}

// What somebody could not read or tap: beyond the glass where nothing scrolls, or behind something else.
async function cutOff(): Promise<string[]> {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const found: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`${scrollWidth} px wide`);
  const scrolls = (from: Element) => {
    for (let at = from.parentElement; at !== null; at = at.parentElement) {
      const { overflowX } = getComputedStyle(at);
      if (overflowX === 'auto' || overflowX === 'scroll') return at.scrollWidth > at.clientWidth;
    }
    return false;
  };
  for (const one of document.querySelectorAll('button, a[href], label, h1, h2, .chip')) {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || one.matches('.skip') || one.closest('details:not([open])')) continue;
    const words = `${one.tagName} "${(one.textContent ?? '').slice(0, 30)}"`;
    if ((box.right > clientWidth + 1 || box.left < -1) && !scrolls(one)) found.push(words);
    if (one.tagName === 'H1' && one.scrollWidth > one.clientWidth + 1) found.push(words);
  }
  // The composer is always whole: notes are what a lesson is for.
  const note = document.querySelector('.composer button');
  if (note !== null) {
    const box = note.getBoundingClientRect();
    for (const y of [box.top + 2, box.bottom - 2]) {
      const there = document.elementFromPoint(box.left + box.width / 2, y);
      if (!note.contains(there)) found.push('the button of a new note');
    }
  }
  return found;
}
