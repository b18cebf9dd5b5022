// A walk-round: ten rooms in one pass, two taps a room, with no signal; praise arrives the same day.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import { stepMs } from './browser';
import { TabletPage } from './pages/tablet';
import { School } from './school';

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

describe('A senior leader', () => {
  it('walks ten rooms in one pass, two taps a room, offline', async () => {
    await tablet.enrol(school.invite(school.holder('slt')));
    await tablet.go('/walk');
    const rooms = tablet.page.getByRole('button', { name: say('walk.order.leastRecent') });
    await rooms.waitFor({ timeout: 2 * stepMs });
    await tablet.network(false);
    await rooms.click();
    await tablet.page.locator('.walk-row').first().waitFor();
    expect(await tablet.page.locator('.walk-row').count()).toBe(10);
    for (let room = 0; room < 10; room += 1) {
      await tablet.page.locator('.walk-row').nth(room).click();
      const third = (['walk.seen', 'walk.seen', 'walk.praise'] as const)[room % 3] ?? 'walk.seen';
      const mark = room === 9 ? 'walk.help' : third;
      await tablet.page.locator('.walk-mark', { hasText: say(mark) }).click();
      await tablet.says(say('walk.progress', { k: room + 1, n: 10 }));
    }
    await tablet.picture('walk-ten');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.button('walk.end').click();
    await tablet.page
      .locator('dialog')
      .getByRole('button', { name: say('walk.end') })
      .click();
    await tablet.page.locator('dialog').waitFor({ state: 'detached' });
    await tablet.says(/^10 rooms in \d+ minutes?: 6 seen, 3 praised, 1 offer of help\.$/);
    await tablet.picture('walk-ended');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.network(true);
    await tablet.send();
  });

  it('says of the offer of help, after a restart, that they have spoken', async () => {
    await tablet.off();
    await tablet.on();
    await tablet.enterPin(school.holder('slt').name);
    await tablet.page.getByRole('link', { name: say('today.turn.offerHint') }).click();
    await tablet.page.locator('.offer-waits').waitFor();
    await tablet.picture('walk-offer-waits');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.network(false);
    await tablet.button('walk.haveSpoken').click();
    await tablet.link('sheet.openFeedback').waitFor();
    await tablet.send();
  });
});
