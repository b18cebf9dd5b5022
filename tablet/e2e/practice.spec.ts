// What leaders, a helper and a teacher write on the pages of the feedback loop: on the tablet first, with
// no network, and with everybody whom it is for after the next contact.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import { stepMs } from './browser';
import { TabletPage } from './pages/tablet';
import { type Member, School } from './school';

const dayMs = 86_400_000;
const decision = 'Second set of keys for the first floor.';
const aim = 'Every lesson begins within two minutes';
const objective = 'Each new colleague has a mentor by the second week.';
const plan = 'Three seconds of wait before each answer.';
const inAWeek = new Date(Date.now() + 7 * dayMs).toISOString().slice(0, 10);

let school: School;
let hod: Member & { readonly org: string };
let senior: Member & { readonly org: string };
let helper: Member;
let teacher: Member;
let mine: TabletPage;

const org = () => hod.org.replaceAll('-', '');
const dialogOf = (tablet: TabletPage) => tablet.page.locator('dialog[open]');

// Saves the form that is open; it goes once what was written is on disk.
async function save(tablet: TabletPage, words = say('form.save')): Promise<void> {
  await dialogOf(tablet).getByRole('button', { name: words }).click();
  await dialogOf(tablet).waitFor({ state: 'detached' });
}

const choose = (tablet: TabletPage, label: string, name: string) =>
  dialogOf(tablet)
    .getByLabel(label)
    .evaluate((select: HTMLSelectElement, wanted) => {
      const option = [...select.options].find(({ text }) => text.startsWith(wanted));
      if (!option) throw new Error(`${wanted} is not offered`);
      const set = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set;
      set?.call(select, option.value);
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, name);

async function tablet(member: Member): Promise<TabletPage> {
  const on = await new TabletPage(school.address).on();
  await on.enrol(school.invite(member));
  return on;
}

beforeAll(async () => {
  school = await School.open({ inHalfTerm: 5 });
  hod = school.holder('hod', 1);
  senior = school.holder('slt');
  teacher = school.teacherOf(hod.org);
  helper = school.teacherOf(school.holder('hod', 2).org);
  school.giveRole(helper.id, 'ast', senior.org);
  mine = await tablet(hod);
}, 240_000);

afterAll(async () => {
  await mine?.close();
  await school?.close();
});

describe('A head of department with no network', () => {
  it('writes an aim, a week and a decision into the review of the cycle', async () => {
    await mine.go(`/place/cycle/${org()}`);
    await mine.says(say('cycle.notBegunReview'));
    await mine.network(false);
    await mine.button('cycle.addDecision').click();
    await dialogOf(mine).getByLabel(say('cycle.what')).fill(decision);
    await choose(mine, say('form.owner'), teacher.name);
    await dialogOf(mine).getByLabel(say('form.day')).fill(inAWeek);
    expect(await faultsOf(mine.page)).toEqual([]);
    await mine.picture('practice-decision');
    await save(mine);
    await mine.says(decision);
    await mine.button('cycle.addAim').click();
    await dialogOf(mine).getByLabel(say('cycle.aimText')).fill(aim);
    await dialogOf(mine).getByLabel(say('cycle.aimValue')).last().fill('90');
    await dialogOf(mine).getByLabel(say('cycle.aimNow')).fill('84');
    await save(mine);
    await mine.says('(84 now, at least 90)');
    const week = mine.page.getByRole('button', { name: /^Say how week \d went$/ });
    if (await week.isVisible()) {
      await week.click();
      await dialogOf(mine)
        .getByText(say('cycle.checkPoint', { state: 'behind' }))
        .click();
      await save(mine);
      await mine.says(say('cycle.checkPoint', { state: 'behind' }));
    }
    // One review, whatever was written into it.
    expect(await mine.page.locator('[data-scope]').count()).toBe(1);
    await mine.says(say('form.waits'));
    expect(await faultsOf(mine.page)).toEqual([]);
    await mine.picture('practice-cycle-written');
  });

  it('begins a cell of the management matrix, and drafts a referral', async () => {
    await mine.network(true);
    await mine.go(`/place/management/${org()}`);
    await mine.says(say('management.empty'));
    await mine.go(`/place/help/${org()}`);
    await mine.says(say('help.leaderEmpty'));
    await mine.network(false);
    await mine.go(`/place/management/${org()}`);
    await mine.button('management.begin').click();
    await choose(mine, say('management.role'), 'Head of department');
    await dialogOf(mine).getByLabel(say('management.function')).fill('Induction');
    await dialogOf(mine).getByLabel(say('management.objective')).fill(objective);
    await save(mine);
    await mine.says(objective);
    await mine
      .button('management.changeNamed', { role: 'Head of department', fn: 'Induction' })
      .click();
    await choose(mine, say('form.owner'), hod.name);
    await choose(mine, say('management.statusLabel'), 'Under way');
    await save(mine);
    await mine.page.locator('td', { hasText: hod.name }).waitFor();
    expect(await faultsOf(mine.page)).toEqual([]);

    await mine.go(`/place/help/${org()}`);
    await mine.button('help.refer').click();
    await choose(mine, say('help.forWhom'), teacher.name);
    await choose(mine, say('help.who'), helper.name);
    await dialogOf(mine).getByLabel(say('help.aim')).fill(plan);
    await dialogOf(mine).getByText(say('help.reasons')).click();
    await dialogOf(mine).getByLabel('Questioning').check();
    expect(await faultsOf(mine.page)).toEqual([]);
    await mine.picture('practice-refer');
    await save(mine, say('help.saveDraft'));
    await mine.says(say('help.draft'));
    await mine.button('help.openIt', { teacher: teacher.name }).click();
    await mine.says(say('help.opening'));
    await mine.picture('practice-referral');
    expect(await faultsOf(mine.page)).toEqual([]);
  });

  it('loses nothing when the tablet is switched off, and sends it all', async () => {
    await mine.off();
    await mine.on();
    await mine.enterPin(hod.name);
    await mine.send();
    await mine.go(`/place/cycle/${org()}`);
    await mine.says(decision);
    await mine.go(`/place/help/${org()}`);
    await mine.says(say('help.waitingAnswer', { teacher: teacher.name }));
  });
});

describe('What shows that a cell is held', () => {
  it('is a visit to the department, which opens from the cell for those who may read it', async () => {
    const lessonMs = Date.now() - 2 * dayMs;
    const at = new Date(lessonMs).toISOString().replace(/\.\d+Z$/, 'Z');
    // A visit to the department, with no teacher.
    const visit = randomUUID();
    school.replay(school.halfTerm(5).h2, [
      {
        ...{ phase: 1, tablet: 0, person: hod.id, at, visit, do: 'plan', kind: 'dept' },
        ...{ department: hod.org, lead: hod.id, observers: [{ person: hod.id }], announced: true },
        ...{ lesson_start: at, minutes: 45, subject: 'Mathematics' },
      },
    ]);
    await mine.go(`/place/management/${org()}`);
    const change = mine.button('management.changeNamed', {
      role: 'Head of department',
      fn: 'Induction',
    });
    // It comes by itself; a form that is open keeps what it offered.
    await expect
      .poll(
        async () => {
          await change.click();
          const offered = await dialogOf(mine)
            .getByLabel(say('management.linkEvidence'))
            .locator('option', { hasText: 'Visit, Mathematics' })
            .count();
          if (offered === 0) {
            await mine.page.keyboard.press('Escape');
            await dialogOf(mine).waitFor({ state: 'detached' });
          }
          return offered;
        },
        { timeout: 2 * stepMs },
      )
      .toBe(1);
    await choose(mine, say('management.linkEvidence'), 'Visit, Mathematics');
    expect(await faultsOf(mine.page)).toEqual([]);
    await save(mine);
    await mine.sent();
    const opens = async (on: TabletPage) => {
      await on.page.locator('summary', { hasText: say('management.evidenceList') }).click();
      await on.page.getByRole('link', { name: /^Visit, Mathematics/ }).click();
      await on.page.waitForURL(new RegExp(`#/visits/${visit.replaceAll('-', '')}$`));
      await on.page.locator('main table').waitFor({ state: 'detached' });
    };
    await mine.picture('practice-evidence');
    await opens(mine);
    const theirs = await tablet(senior);
    try {
      await theirs.go(`/place/management/${senior.org.replaceAll('-', '')}`);
      await opens(theirs);
    } finally {
      await theirs.close();
    }
  });
});

describe('Whom it is for', () => {
  it('a senior leader has the decision in the pack, and the cell in the matrix', async () => {
    const theirs = await tablet(senior);
    try {
      await theirs.go('/place');
      await theirs.link('figures.pack').click();
      const row = theirs.page.locator('.pack-item', { hasText: decision });
      await row.getByText(teacher.name).waitFor();
      // What the meeting decides is kept by the school.
      await theirs.button('cycle.addDecision').click();
      await dialogOf(theirs).getByLabel(say('cycle.what')).fill('Starters in one folder.');
      await choose(theirs, say('form.owner'), senior.name);
      await dialogOf(theirs).getByLabel(say('form.day')).fill(inAWeek);
      await save(theirs);
      await theirs.page.locator('.pack-item', { hasText: 'Starters in one folder.' }).waitFor();
      await theirs.picture('practice-pack-decided');
      expect(await faultsOf(theirs.page)).toEqual([]);
      await theirs.page.locator('nav.sections summary').click();
      await theirs.page
        .locator('nav.sections .menu')
        .getByRole('link', { name: say('figures.management') })
        .click();
      await theirs.says(objective);
      await theirs.sent();
    } finally {
      await theirs.close();
    }
  });

  it('the teacher agrees, and the helper has it and says how it ended', async () => {
    const teachers = await tablet(teacher);
    const helpers = await tablet(helper);
    try {
      const place = helpers.page
        .getByRole('navigation')
        .getByRole('link', { name: say('nav.referrals') });
      await place.click();
      await helpers.says(say('help.empty'));
      await teachers.go('/for-me');
      await teachers.says(plan);
      await teachers.field('help.mineWords').fill('With 9M2, please.');
      expect(await faultsOf(teachers.page)).toEqual([]);
      await teachers.picture('practice-consent');
      await teachers.button('help.yes').click();
      await teachers.says(/^You agreed/);
      await teachers.sent();
      // It comes by itself, to whom it is open from now on.
      await helpers.text(plan).waitFor({ timeout: 2 * stepMs });
      await helpers.says('“With 9M2, please.”');
      await helpers.page
        .getByText(say('help.outcome', { outcome: 'continuing' }))
        .first()
        .click();
      await helpers.page.locator('.chip.ok', { hasText: 'Carrying on' }).waitFor();
      expect(await faultsOf(helpers.page)).toEqual([]);
      await helpers.picture('practice-help');
      await helpers.sent();
      await mine.go(`/place/help/${org()}`);
      await mine.page.locator('.chip.ok', { hasText: 'Carrying on' }).waitFor();
    } finally {
      await teachers.close();
      await helpers.close();
    }
  });
});
