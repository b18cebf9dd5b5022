// Every screen over a scripted app, in each of its states: nothing is wider than the glass, no target
// is under 44 px, axe finds nothing. The pictures are kept.
//
// Wide and light, tall and dark: each shape and each colour once. HALFTERM_EVERY_LOOK=1 draws all four.

import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf } from './accessible';
import { openBrowser, pictures, sizes, withTimeouts } from './browser';

const screens: readonly (readonly [string, string, string])[] = [
  ['enrol', 'unenrolled', ''],
  ['people', 'people', ''],
  ['locked', 'locked', ''],
  ['today', 'busy', '/today'],
  ['today-empty', 'empty', '/today'],
  ['today-trouble', 'trouble', '/today'],
  ['visits', 'busy', '/visits'],
  ['visits-empty', 'empty', '/visits'],
  ['new-visit', 'busy', '/visits/new'],
  ['sheet', 'busy', '/visits/draft'],
  ['sheet-offline', 'offline', '/visits/draft'],
  ['sheet-ungraded', 'busy', '/visits/informal'],
  ['sheet-large', 'large', '/visits/draft'],
  ['today-large', 'large', '/today'],
  ['walk-large', 'large', '/walk/walk'],
  ['read-large', 'large', '/for-me/received'],
  ['question-large', 'large', '/questions/q1'],
  ['visit-nothing', 'busy', '/visits/nobody'],
  ['compose', 'busy', '/visits/composing/feedback'],
  ['read', 'offline', '/for-me/received'],
  ['walk-start', 'busy', '/walk'],
  ['walk', 'busy', '/walk/walk'],
  ['question', 'busy', '/questions/q1'],
  ['question-text', 'busy', '/questions/q2'],
  ['question-none', 'empty', '/questions'],
  ['receipts', 'busy', '/receipts'],
  ['receipts-empty', 'empty', '/receipts'],
  ['for-me', 'busy', '/for-me'],
  ['for-me-empty', 'empty', '/for-me'],
  ['waiting', 'busy', '/waiting'],
  ['waiting-empty', 'empty', '/waiting'],
  ['hand-over', 'busy', '/hand-over'],
  ['hand-over-clean', 'empty', '/hand-over'],
  ['more', 'busy', '/more'],
  ['settings', 'busy', '/settings'],
  ['settings-empty', 'empty', '/settings'],
  ['office', 'busy', '/place/office'],
  ['coverage', 'busy', '/place/coverage/mathematics'],
  ['coverage-offline', 'offline', '/place/coverage/mathematics'],
  ['coverage-empty', 'empty', '/place/coverage/mathematics'],
  ['coverage-never', 'trouble', '/place/coverage/mathematics'],
  ['coverage-large', 'large', '/place/coverage/mathematics'],
  ['coverage-school', 'busy', '/place/coverage/school'],
  ['trends-department', 'busy', '/place/trends/mathematics'],
  ['trends', 'busy', '/place/teacher/kaur'],
  ['trends-large', 'large', '/place/teacher/kaur'],
  ['trends-empty', 'empty', '/place/teacher/kaur'],
  ['trends-mine', 'busy', '/for-me/figures'],
  ['matrix', 'busy', '/place/matrix/school'],
  ['matrix-frozen', 'busy', '/place/matrix/mathematics'],
  ['matrix-large', 'large', '/place/matrix/school'],
  ['matrix-empty', 'empty', '/place/matrix/school'],
  ['half-term', 'busy', '/place/halfTerm/school'],
  ['half-term-large', 'large', '/place/halfTerm/school'],
  ['about-me', 'busy', '/more/readers'],
  ['about-me-empty', 'empty', '/more/readers'],
];

let browser: Browser;
let server: PreviewServer;
let address = '';

beforeAll(async () => {
  const configFile = fileURLToPath(new URL('./gallery/vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'error' });
  server = await preview({ configFile, preview: { port: 0, host: '127.0.0.1' } });
  address = server.resolvedUrls?.local[0] ?? '';
  browser = await openBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function show(page: Page, scene: string, path: string) {
  await page.goto('about:blank');
  await page.goto(`${address}?scene=${scene}#${path}`);
  await page.locator('h1, .locked').first().waitFor();
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 60))),
  );
}

const every = process.env.HALFTERM_EVERY_LOOK === '1';

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

      it.each(screens)('%s', async (name, scene, path) => {
        await show(page, scene, path);
        await page.screenshot({ path: `${pictures}${name}-${size}-${theme}.png` });
        expect(await faultsOf(page)).toEqual([]);
      });
    });
  }
}
