// Colleagues in one lesson: two visits that were one, and a door that was opened.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { dayField } from '../src/words/when';
import { faultsOf } from './accessible';
import { TabletPage } from './pages/tablet';
import type { Member, School } from './school';
import { twoObservers } from './two-observers';

const dayMs = 86_400_000;

let school: School;
let leads: TabletPage;
let joins: TabletPage;
let office: TabletPage;
let lead: Member;
let other: Member;
let teacher: Member;

beforeAll(async () => {
  ({ school, leads, joins, lead, other, teacher } = await twoObservers({ inHalfTerm: 2 }));
  await joins.knows(teacher.name);
});

afterAll(async () => {
  for (const tablet of [leads, joins, office]) await tablet?.close();
  await school?.close();
});

describe('Two observers who opened one lesson twice', () => {
  let theirs = '';
  let mine = '';

  it('write each on a page of their own, and one of them on a second tablet', async () => {
    await leads.network(false);
    await joins.network(false);
    theirs = await leads.begin(teacher.name, '9M2');
    await leads.note('Books open by the bell.');
    mine = await joins.begin(teacher.name, '9M2');
    await joins.note('A quick start.');
    await leads.send();
    await joins.send();
    office = await new TabletPage(school.address).on();
    await office.enrol(school.invite(other));
    await office.knows(teacher.name);
    await office.network(false);
    await office.go(`/visits/${mine}`);
    await office.note('From the cupboard.');
  });

  it('are asked whether it is one, and shown who would read the page', async () => {
    await joins.send();
    await joins.go('/visits');
    await joins.says(new RegExp(`^You and ${lead.name} have both opened 9M2, .*one lesson\\?$`));
    await joins.says(new RegExp(`${lead.name} writes another; neither of you reads`));
    await joins.picture('same-lesson');
    expect(await faultsOf(joins.page)).toEqual([]);
  });

  it('keep both pages in one visit, with what a tablet in a cupboard had', async () => {
    await joins.network(false);
    await joins.button('sameLesson.yes').click();
    await joins.button('sameLesson.yes').waitFor({ state: 'detached' });
    await joins.go(`/visits/${mine}`);
    await joins.says(say('sameLesson.joining'));
    await joins.note('Still typing.');
    await joins.send();
    await office.send();
    await joins.send();
    // Who opens the old page is on the one that goes on.
    await joins.go(`/visits/${mine}`);
    await joins.page.waitForURL(new RegExp(`#/visits/${theirs}$`));
    for (const words of ['A quick start.', 'Still typing.', 'From the cupboard.'])
      await joins.says(words);
    await leads.send();
    await leads.go('/visits');
    await leads.page.getByText(teacher.name).first().waitFor();
    expect(await leads.button('sameLesson.yes').count()).toBe(0);
    await leads.go(`/visits/${theirs}`);
    await leads.says('Books open by the bell.');
    expect(await leads.page.content()).not.toContain('A quick start.');
  });
});

describe('A teacher who opens a door', () => {
  let opens: TabletPage;
  afterAll(async () => {
    await opens?.close();
  });

  it('says which lesson, what to look for and how many may come', async () => {
    opens = await new TabletPage(school.address).on();
    await opens.enrol(school.invite(teacher));
    await opens.go('/doors');
    await opens.says(say('doors.empty'));
    expect(await faultsOf(opens.page)).toEqual([]);
    await opens.button('doors.open').click();
    await opens.field('doors.date').fill(dayField(Date.now() + dayMs, 'Europe/London'));
    await opens.field('doors.class').fill('11M1');
    await opens.field('doors.lookForField').fill('Pairs that check each other’s proof.');
    await opens.field('doors.placesField').selectOption('1');
    await opens.picture('door-form');
    expect(await faultsOf(opens.page)).toEqual([]);
    await opens.page
      .locator('dialog')
      .getByRole('button', { name: say('doors.open') })
      .click();
    await opens.says(say('doors.nobodyYet'));
  });

  it('is told who comes, and nobody else is', async () => {
    await leads.go('/doors');
    await leads.says('Pairs that check each other’s proof.');
    await leads.page.getByRole('button', { name: `Visit ${teacher.name}` }).click();
    await leads.says(say('doors.coming'));
    await leads.picture('doors');
    expect(await faultsOf(leads.page)).toEqual([]);
    await opens.sees('/doors', `${lead.name} comes. Nobody else is told who.`);
    await joins.go('/doors');
    await joins.says(say('doors.full'));
    expect(await joins.page.content()).not.toContain(`${lead.name} comes`);
  });

  it('has a visitor with a plan, whose note only the teacher reads', async () => {
    await leads.button('doors.write').or(leads.link('doors.write')).first().click();
    await leads.says(teacher.name);
    await leads.send();
    await leads.network(false);
    await leads.go('/doors');
    await leads.says(/^As the server said at .* this tablet needs the network\.$/);
    await leads.says(say('doors.coming'));
  });

  it('closes it', async () => {
    await opens.button('doors.close').click();
    await opens.page
      .locator('dialog')
      .getByRole('button', { name: say('doors.close') })
      .click();
    await opens.says(say('doors.empty'));
  });
});
