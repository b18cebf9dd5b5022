// From a blank page to the people of the tablet, and from the last digit of a PIN to Today, with the processor slowed four times: a head of department whose
// tablet holds two half-terms. Prints figures; asserts none. HALFTERM_MEASURE_SCHOOL as year.measure.ts has
// it; HALFTERM_MEASURE_PROFILE: a folder for the profile of each run.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { say } from '../../src/words/say';
import { TabletPage } from '../pages/tablet';
import { School } from '../school';

const runs = 5;
let school: School;
let tablet: TabletPage;

beforeAll(async () => {
  school = await School.openWithYear(process.env.HALFTERM_MEASURE_SCHOOL);
  tablet = await new TabletPage(school.address).on();
});

afterAll(async () => {
  await tablet?.close();
  await school?.close();
});

it('opens a department’s pages with a PIN', async () => {
  const hod = school.holder('hod', 1);
  await tablet.enrol(school.invite(hod));
  await tablet.go('/visits');
  await tablet.page.locator('.visit').first().waitFor();
  await tablet.sent();
  await tablet.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  for (let run = 1; run <= runs; run += 1) {
    await tablet.off();
    await tablet.on();
    await tablet.network(false);
    await tablet.slower(4);
    const begun = Date.now();
    await tablet.page.reload({ waitUntil: 'commit' });
    await tablet.page.getByRole('button', { name: hod.name }).first().waitFor();
    const people = Date.now() - begun;
    await tablet.page.getByRole('button', { name: hod.name }).first().click();
    await tablet.says(say('pin.enter'));
    const session = await tablet.page.context().newCDPSession(tablet.page);
    const into = process.env.HALFTERM_MEASURE_PROFILE;
    if (into !== undefined) {
      await session.send('Profiler.enable');
      await session.send('Profiler.start');
    }
    await tablet.page.evaluate(watch, [say('today.title'), say('today.plan')] as const);
    await tablet.type('274916');
    await tablet.says(say('today.plan'));
    const [opened, listed] = await tablet.page.evaluate(
      () => Reflect.get(globalThis, 'pinSeen') as Promise<readonly number[]>,
    );
    if (into !== undefined) {
      const { profile } = await session.send('Profiler.stop');
      writeFileSync(join(into, `pin-${run}.cpuprofile`), JSON.stringify(profile));
    }
    process.stdout.write(`pin ${run}: ${JSON.stringify({ people, opened, listed })}\n`);
    await tablet.slower(1);
    await tablet.network(true);
  }
});

// In the page: from the last of six keys to the frames that show Today, and its lists.
function watch([title, plan]: readonly [string, string]) {
  let keys = 0;
  const seen = new Promise<readonly number[]>((resolve) => {
    const pressed = () => {
      keys += 1;
      if (keys < 6) return;
      removeEventListener('keydown', pressed, true);
      const begun = performance.now();
      const found: number[] = [];
      const look = () => {
        const at = Math.round(performance.now() - begun);
        const titles = [...document.querySelectorAll('h1, h2')].map((one) => one.textContent);
        if (found.length === 0 && titles.includes(title)) found.push(at);
        if (found.length === 1 && titles.includes(plan)) found.push(at);
        if (found.length === 2) resolve(found);
        else requestAnimationFrame(look);
      };
      look();
    };
    addEventListener('keydown', pressed, true);
  });
  Reflect.set(globalThis, 'pinSeen', seen);
}
