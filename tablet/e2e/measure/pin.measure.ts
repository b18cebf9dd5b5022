// From the last digit of a PIN to Today, with the processor slowed four times: a head of department whose
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
    await tablet.page.getByRole('button', { name: hod.name }).first().click();
    await tablet.says(say('pin.enter'));
    const session = await tablet.page.context().newCDPSession(tablet.page);
    const into = process.env.HALFTERM_MEASURE_PROFILE;
    if (into !== undefined) {
      await session.send('Profiler.enable');
      await session.send('Profiler.start');
    }
    const begun = Date.now();
    await tablet.type('274916');
    await tablet.page.locator('h1').getByText(say('today.title')).waitFor();
    const opened = Date.now() - begun;
    await tablet.says(say('today.plan'));
    const listed = Date.now() - begun;
    if (into !== undefined) {
      const { profile } = await session.send('Profiler.stop');
      writeFileSync(join(into, `pin-${run}.cpuprofile`), JSON.stringify(profile));
    }
    process.stdout.write(`pin ${run}: ${JSON.stringify({ opened, listed })}\n`);
    await tablet.slower(1);
    await tablet.network(true);
  }
});
