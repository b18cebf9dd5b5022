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
