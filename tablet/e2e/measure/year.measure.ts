// A senior leader's tablet that holds the year of a school of 118 teachers: how long that takes to come,
// how the tablet starts with it, offline and with a quarter of the processor, and how a list scrolls.
//
// Prints figures; asserts none. HALFTERM_MEASURE_SCHOOL: a folder in which the school is kept from one
// run to the next.

import { afterAll, beforeAll, describe, it } from 'vitest';
import { say } from '../../src/words/say';
import { TabletPage } from '../pages/tablet';
import { School } from '../school';
import { beginFrames, endFrames } from './frames';

const noHurryMs = 60_000;
const tell = (what: string, figure: unknown) =>
  process.stdout.write(`${what}: ${JSON.stringify(figure)}\n`);

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

async function count(): Promise<number> {
  const words = await tablet.page
    .locator('.visits-page [role=status].visually-hidden')
    .textContent({ timeout: noHurryMs })
    .catch(() => '0');
  return Number((words ?? '0').replaceAll(/\D/g, ''));
}

// Until the number of visits has not grown for five seconds: how long that growth took, and the number.
async function allHere(): Promise<{ readonly ms: number; readonly visits: number }> {
  const begun = Date.now();
  let visits = await count();
  let grown = Date.now();
  while (Date.now() - grown < 5000) {
    await tablet.page.waitForTimeout(100);
    const now = await count();
    if (now === visits) continue;
    visits = now;
    grown = Date.now();
  }
  return { ms: grown - begun, visits };
}

describe('A year of a school of 118 teachers', () => {
  it('comes to a senior leader’s tablet', async () => {
    const head = school.holder('head');
    await tablet.enrol(school.invite(head));
    await tablet.go('/visits');
    tell('two half-terms', await allHere());
    await tablet.sent();
    await tablet.go('/settings');
    await beginFrames(tablet.page);
    await tablet.page.getByLabel(say('settings.keep')).selectOption('year');
    await tablet.page.evaluate(() => {
      location.hash = '/visits';
    });
    tell('the other four half-terms', await allHere());
    tell('frames meanwhile', await endFrames(tablet.page));
  });

  it('scrolls', async () => {
    await tablet.sent();
    await tablet.page.locator('.visit').first().hover();
    await beginFrames(tablet.page);
    for (let i = 0; i < 120; i += 1) await tablet.page.mouse.wheel(0, 400);
    tell('frames of a list of 7,000 visits that is scrolled', await endFrames(tablet.page));
    await tablet.picture('measure-visits');
  });

  it('starts cold, offline, with a quarter of the processor', async () => {
    await startsCold('the school year', school.holder('head').name);
  });

  it('starts so for a head of department too, who joins the same tablet', async () => {
    const hod = school.holder('hod', 1);
    await tablet.switchPerson();
    await tablet.addPerson(school.invite(hod));
    await tablet.go('/settings');
    await tablet.page.getByLabel(say('settings.keep')).selectOption('recent');
    await tablet.go('/visits');
    tell('the department, two half-terms', await allHere());
    await startsCold('a department, two half-terms', hod.name);
  });
});

// From a blank page, with nothing in memory, to the people of the tablet; and from the last digit of the
// PIN to Today, first empty and then with its lists.
async function startsCold(what: string, name: string): Promise<void> {
  await tablet.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  for (let run = 1; run <= 3; run += 1) {
    await tablet.off();
    await tablet.on();
    await tablet.network(false);
    await tablet.slower(4);
    const begun = Date.now();
    await tablet.page.reload({ waitUntil: 'commit' });
    await tablet.page.getByRole('button', { name }).first().waitFor({ timeout: noHurryMs });
    const people = Date.now() - begun;
    await tablet.page.getByRole('button', { name }).first().click();
    await tablet.says(say('pin.enter'));
    const before = Date.now();
    await tablet.type('274916');
    await tablet.page.locator('h1').getByText(say('today.title')).waitFor({ timeout: noHurryMs });
    const opened = Date.now() - before;
    await tablet.says(say('today.plan'));
    const listed = Date.now() - before;
    const paint = await tablet.page.evaluate(() =>
      performance
        .getEntriesByType('paint')
        .map((entry) => `${entry.name} ${Math.round(entry.startTime)}`),
    );
    tell(`cold start ${run}, ${what}`, {
      peopleMs: people,
      todayAfterPinMs: opened,
      todayListedMs: listed,
      paint,
    });
    await tablet.slower(1);
    await tablet.network(true);
  }
}
