// A visit of 200 notes: from the tap until its sheet is drawn, and scrolling through it.
// Prints figures; asserts none.

import { afterAll, beforeAll, it } from 'vitest';
import { TabletPage } from '../pages/tablet';
import { School } from '../school';
import { traced } from './trace';

let school: School;
let tablet: TabletPage;

beforeAll(async () => {
  school = await School.open();
  tablet = await new TabletPage(school.address).on();
});

afterAll(async () => {
  await tablet?.close();
  await school?.close();
});

it('opens a visit of 200 notes', async () => {
  const hod = school.holder('hod', 1);
  const teacher = school.teacherOf(hod.org);
  await tablet.enrol(school.invite(hod));
  await tablet.knows(teacher.name);
  const visitId = await tablet.begin(teacher.name, '9M2');
  const field = tablet.page.locator('#composer');
  for (let n = 1; n <= 200; n += 1) {
    await field.fill(`Note ${n}: three pupils answer each other without a prompt.`);
    await field.press('Enter');
  }
  await tablet.says(/Note 200: /);
  const figures: number[] = [];
  for (let run = 0; run < 9; run += 1) {
    await tablet.go('/visits');
    await tablet.page.locator('.visit').first().waitFor();
    figures.push(
      await tablet.page.evaluate(
        (id) =>
          new Promise<number>((resolve) => {
            const begun = performance.now();
            const look = () => {
              const drawn = document.querySelector('.sheet-page')?.textContent ?? '';
              if (!drawn.includes('Note 200')) requestAnimationFrame(look);
              else requestAnimationFrame(() => resolve(performance.now() - begun));
            };
            location.hash = `/visits/${id}`;
            look();
          }),
        visitId,
      ),
    );
  }
  figures.sort((a, b) => a - b);
  process.stdout.write(`opening 200 notes, ms: ${figures.map(Math.round).join(' ')}\n`);
});

// From the newest note to the first and back, as fast as a finger flings. Chromium without a screen scrolls
// for a wheel only; what is drawn is the same.
it('scrolls through 200 notes', async () => {
  const notes = tablet.page.locator('.notes');
  await notes.locator('li').last().waitFor();
  const box = await notes.boundingBox();
  if (box === null) throw new Error('no notes on the screen');
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  for (let run = 1; run <= 3; run += 1) {
    const figures = await traced(tablet.page, async (session) => {
      for (const yDistance of [9000, -9000]) {
        await session.send('Input.synthesizeScrollGesture', {
          x,
          y,
          yDistance,
          speed: 3000,
          gestureSourceType: 'mouse',
          preventFling: true,
        });
      }
    });
    const top = await notes.evaluate((element) => element.scrollHeight);
    process.stdout.write(
      `scrolling 200 notes (${top} px), run ${run}: ${JSON.stringify(figures)}\n`,
    );
  }
});
