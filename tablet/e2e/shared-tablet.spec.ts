// One tablet, several people: each has a store of their own, and nobody's work is left behind.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import { stepMs } from './browser';
import { pin, TabletPage } from './pages/tablet';
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

describe('A shared tablet', () => {
  it('C12: is handed over with unsent work, which goes up with the next person’s sign-in', async () => {
    const first = school.holder('hod', 1);
    const second = school.holder('hod', 2);
    await tablet.enrol(school.invite(first));
    await tablet.knows(school.teacherOf(first.org).name);
    await tablet.network(false);
    await tablet.begin(school.teacherOf(first.org).name, '8M1');
    await tablet.note('Only the first observer reads this.');

    await tablet.go('/hand-over');
    await tablet.says(/^You have \d+ unsent changes/);
    await tablet.picture('shared-hand-over');
    expect(await faultsOf(tablet.page)).toEqual([]);
    const signOut = tablet.button('handOver.signOut');
    expect(await signOut.isDisabled()).toBe(true);
    await tablet.button('handOver.leave').click();
    await signOut.click();

    await tablet.says(say('people.title'));
    await tablet.network(true);
    await tablet.addPerson(school.invite(second));
    await tablet.go('/waiting');
    await tablet.page
      .getByText(/unsent work on this tablet/)
      .first()
      .waitFor({ state: 'hidden', timeout: 2 * stepMs });
    expect(await tablet.page.content()).not.toContain('Only the first observer reads this.');
    await tablet.go('/visits');
    await tablet.says(say('visits.empty'));

    // Back to the first: the work is there, and stored by now.
    await tablet.switchPerson();
    await tablet.page
      .getByRole('button', { name: first.name })
      .filter({ hasText: say('people.unsent', { n: 0 }) })
      .waitFor();
    await tablet.picture('shared-people');
  });

  it('takes no other PIN, and counts the tries', async () => {
    const first = school.holder('hod', 1);
    await tablet.page.getByRole('button', { name: first.name }).click();
    await tablet.type('000001');
    await tablet.says(/That PIN did not match\. \d+ tries left before a short wait\./);
    await tablet.picture('shared-pin');
    expect(await faultsOf(tablet.page)).toEqual([]);
  });

  it('that breaks has left a sealed file, which another tablet brings to the server', async () => {
    const first = school.holder('hod', 1);
    const second = school.holder('hod', 2);
    await tablet.type(pin);
    await tablet.isOpen();
    await tablet.sent();
    await tablet.network(false);
    await tablet.begin(school.teacherOf(first.org).name, '8M2');
    await tablet.note('Only in the file.');
    await tablet.go('/waiting');
    const saved = tablet.page.waitForEvent('download');
    await tablet.button('waiting.saveBackup').click();
    const file = await (await saved).path();
    expect(readFileSync(file, 'utf8')).not.toContain('Only in the file.');

    const other = new TabletPage(school.address);
    try {
      await other.on();
      await other.enrol(school.invite(second));
      await other.go('/waiting');
      await other.page.locator('input[type=file]').setInputFiles(file);
      await other.says(
        /changes are on this tablet now, sealed\. Nothing that was here has changed\./,
      );
      await other.says(say('waiting.fileSent'));
      await other.picture('shared-file');
      expect(await faultsOf(other.page)).toEqual([]);
      await other.switchPerson();
      await other.addPerson(school.invite(first));
      await other.go('/visits');
      await other.page.locator('.visit').filter({ hasText: '8M2' }).click();
      await other.says('Only in the file.');
    } finally {
      await other.close();
    }
  });
});
