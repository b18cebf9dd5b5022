// Two people observe one lesson: each writes alone, the pages open when both are in, and the levels that
// both agree on are what the teacher reads.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import type { TabletPage } from './pages/tablet';
import type { Member, School } from './school';
import { twoObservers } from './two-observers';

let school: School;
let leads: TabletPage;
let joins: TabletPage;
let lead: Member;
let other: Member;
let teacher: Member;
let visitId = '';

beforeAll(async () => {
  ({ school, leads, joins, lead, other, teacher } = await twoObservers());
});

afterAll(async () => {
  await leads?.close();
  await joins?.close();
  await school?.close();
});

describe('A review team of two', () => {
  it('is planned by its lead, and the colleague finds the visit', async () => {
    visitId = await leads.beginTeam(teacher.name, '9M2', [other.name]);
    await leads.rate('Questioning', 2);
    await leads.send();
    await joins.send();
    await joins.go(`/visits/${visitId}`);
    await joins.rate('Questioning', 3);
    await joins.note('Three pupils answer each other without a prompt.');
  });

  it('opens no page before both are submitted', async () => {
    await leads.go(`/visits/${visitId}`);
    await leads.submit();
    await leads.says(`Waiting for ${other.name}. Pages open when all two are submitted.`);
    await leads.picture('team-waiting');
    expect(await faultsOf(leads.page)).toEqual([]);
    await leads.send();
    await joins.go(`/visits/${visitId}`);
    expect(await joins.page.content()).not.toContain(`${lead.name} says`);
    await joins.submit();
    await joins.says(say('team.title'));
    await joins.send();
    await leads.send();
  });

  it('agrees on a level offline, and the server counts what both agreed to', async () => {
    await leads.network(false);
    await leads.go('/today');
    await leads.text(say('today.turn.agree', { teacher: teacher.name })).click();
    await leads.says(`${other.name} says 3 Working well`);
    await leads.page
      .getByRole('radiogroup', { name: say('team.level', { element: 'Questioning' }) })
      .getByText('3 Working well')
      .click();
    await leads.button('team.agree').click();
    await leads.says(say('team.youAgreed'));
    await leads.picture('team-open');
    expect(await faultsOf(leads.page)).toEqual([]);
    await leads.send();
    await joins.send();
    await joins.go(`/visits/${visitId}/team`);
    await joins.says(say('team.agreed', { name: lead.name }));
    await joins.button('team.agree').click();
    await joins.says(/^Agreed by all two/);
    await joins.send();
    await leads.send();
    await leads.go(`/visits/${visitId}/team`);
    await leads.says(/^Agreed by all two on /);
    await leads.link('team.toFeedback').click();
    await leads.button('compose.addStrength').click();
    await leads.field('compose.strength', { n: 1 }).fill('You waited.');
    await leads.button('compose.share', { teacher: teacher.name }).click();
    await leads.page
      .locator('dialog')
      .getByRole('button', { name: say('compose.shareShort'), exact: true })
      .click();
    await leads.send();

    // On the teacher's page are the levels that the server took to be agreed.
    await joins.switchPerson();
    await joins.addPerson(school.invite(teacher));
    await joins.go('/for-me');
    await joins.linkOf('forMe.read').click();
    await joins.says('You waited.');
    await joins.text(say('read.levels')).click();
    await joins.picture('team-read');
    await joins.says('3 Working well');
    // One tablet, two people: each is told in their own words, by their own posts.
    await joins.says(/can read this\. You may let a coach or mentor read it\./);
    expect(await joins.page.getByRole('link', { name: say('nav.school') }).count()).toBe(0);
    await joins.go('/visits');
    await joins.page.locator('.visit').first().waitFor();
    expect(await joins.page.locator('.visit').count()).toBe(1);
  });

  it('leaves what came after its writer’s role had ended to whoever leads the visit now', async () => {
    await leads.network(false);
    await leads.go(`/visits/${visitId}`);
    await leads.note('Written on the day after.');
    school.endRole(lead.id, 'hod');
    await leads.network(true);
    await leads.go('/waiting');
    await leads.says(/It is kept here and at the server/);

    await joins.switchPerson();
    await joins.enterPin(other.name);
    await joins.sent();
    await joins.sees('/additions', say('additions.roleEnded', { author: lead.name }));
    await joins.picture('team-additions');
    expect(await faultsOf(joins.page)).toEqual([]);
    // Left aside with a reason, and decided again.
    await joins.button('additions.leave').click();
    await joins.field('additions.reason').fill('Said in person on Friday.');
    await joins.page.locator('dialog').getByText(say('additions.leave'), { exact: true }).click();
    await joins.says(say('additions.left', { reason: 'Said in person on Friday.' }));
    await joins.button('additions.again').click();
    await joins.button('additions.takeIn').click();
    await joins.says(say('additions.none'));
  });

  it('shows nothing of a colleague once its lease is over, and keeps what its person wrote', async () => {
    await leads.off();
    leads.clockMs = 60 * 86_400_000;
    await leads.on();
    await leads.network(false);
    await leads.enterPin(lead.name);
    await leads.go('/today');
    await leads.says(/^This tablet has not been in touch since /);
    await leads.go(`/visits/${visitId}`);
    await leads.page
      .locator('button.element', { hasText: 'Questioning' })
      .filter({ hasText: 'Taking shape' })
      .waitFor();
    await leads.go(`/visits/${visitId}/feedback`);
    await leads.says(say('compose.from'));
    expect(await leads.page.content()).not.toContain('Three pupils answer each other');
    await leads.picture('team-lease');
  });
});
