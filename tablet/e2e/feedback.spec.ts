// From the lesson to the teacher and back, on tablets of their own: sharing, reading offline,
// acknowledging the very version that was read, asking; and two tablets of one observer.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import { TabletPage } from './pages/tablet';
import { type Member, School } from './school';

let school: School;
let office: TabletPage;
let mine: TabletPage;
let theirs: TabletPage;
let head: Member;
let teacher: Member;
let visitId = '';

beforeAll(async () => {
  school = await School.open();
  const hod = school.holder('hod', 1);
  head = hod;
  teacher = school.teacherOf(hod.org);
  mine = await new TabletPage(school.address).on();
  office = await new TabletPage(school.address).on();
  theirs = await new TabletPage(school.address).on();
  await mine.enrol(school.invite(head));
  await office.enrol(school.invite(head));
  await theirs.enrol(school.invite(teacher));
  await mine.knows(teacher.name);
  await office.knows(teacher.name);
});

afterAll(async () => {
  for (const tablet of [mine, office, theirs]) await tablet?.close();
  await school?.close();
});

describe('Two tablets of one observer', () => {
  it('rate the same element apart, and the observer alone is asked', async () => {
    visitId = await mine.begin(teacher.name, '9M2');
    await mine.note('Tell me why, not what.');
    await mine.send();
    await office.go('/visits');
    await office.page.locator('.visit').filter({ hasText: '9M2' }).click();
    await office.says('Tell me why, not what.');

    await mine.network(false);
    await office.network(false);
    await mine.go(`/visits/${visitId}`);
    await mine.rate('Questioning', 2);
    await office.rate('Questioning', 3);
    await office.note('Three pupils answer each other without a prompt.');
    await office.send();
    await mine.send();

    await mine.go('/today');
    await mine.says(/^1 question about 9M2/);
    await mine.text(/^1 question about 9M2/).click();
    await mine.says(/^You rated Questioning .* Which do you keep\?$/);
    await mine.picture('feedback-question');
    expect(await faultsOf(mine.page)).toEqual([]);
  });

  it('C7: keeps both while the observer leaves the question, and one when it is answered', async () => {
    await mine.button('question.later').click();
    await mine.says(/^1 question about 9M2/);
    await mine.text(/^1 question about 9M2/).click();
    await mine.button('question.keepLevel', { n: 3 }).click();
    await mine.says(say('question.afterLevel', { n: 3, word: 'Working well' }));
    await mine.picture('feedback-kept');
    await mine.go(`/visits/${visitId}`);
    await mine.says('Three pupils answer each other without a prompt.');
  });
});

describe('Feedback', () => {
  it('is shared by the observer', async () => {
    await mine.go(`/visits/${visitId}`);
    await mine.submit();
    await mine.button('compose.addStrength').click();
    await mine
      .field('compose.strength', { n: 1 })
      .fill('You waited, and two pupils changed their answer.');
    await mine.page
      .getByRole('textbox', { name: say('compose.priority') })
      .fill('Choose names first.');
    await mine.button('compose.addStep').click();
    await mine.page
      .getByRole('textbox', { name: say('compose.stepWords') })
      .fill('Ask two pupils by name in each lesson.');
    // A tapped note goes where the page says: to what went well, until another part is chosen.
    const note = mine.page.locator('button.carry', { hasText: 'Three pupils answer each other' });
    await mine.page.locator('.carry-to label', { hasText: say('compose.priority') }).click();
    await note.click();
    const priority = mine.page.getByRole('textbox', { name: say('compose.priority') });
    await priority.filter({ hasText: /^Choose names first\.\n.*Three pupils/ }).waitFor();
    expect(await mine.field('compose.strength', { n: 2 }).count()).toBe(0);
    await mine.picture('feedback-compose');
    expect(await faultsOf(mine.page)).toEqual([]);
    await mine.button('compose.share', { teacher: teacher.name }).click();
    await mine.page
      .locator('dialog')
      .getByRole('button', { name: say('compose.shareShort'), exact: true })
      .click();
    await mine.send();
  });

  it('is read and acknowledged by the teacher, offline', async () => {
    await theirs.go('/for-me');
    await theirs.linkOf('forMe.read').click();
    await theirs.says('You waited, and two pupils changed their answer.');
    await theirs.network(false);
    await theirs.button('read.haveRead', { n: 1 }).click();
    await theirs.says(/^You acknowledged version 1 on/);
    await theirs.picture('feedback-read');
    expect(await faultsOf(theirs.page)).toEqual([]);
    await theirs.send();
    await mine.send();
    await mine.go('/visits');
    await mine.page
      .locator('.visit')
      .filter({ hasText: '9M2' })
      .filter({ hasText: say('state.acknowledged') })
      .waitFor();
  });

  it('shows the teacher what a second version changed', async () => {
    await mine.go(`/visits/${visitId}/feedback`);
    await mine
      .field('compose.strength', { n: 1 })
      .fill('You waited, and three pupils changed their answer.');
    await mine.button('compose.share', { teacher: teacher.name }).click();
    await mine.page
      .locator('dialog')
      .getByRole('button', { name: say('compose.shareShort'), exact: true })
      .click();
    await mine.send();
    await theirs.send();
    // A page that is open stays at the version that is being read: it is opened once the second is here.
    await theirs.go('/for-me');
    await theirs.says(new RegExp(say('forMe.version', { n: 2 })));
    await theirs.go(`/for-me/${visitId}`);
    await theirs.says(/changed one paragraph after you acknowledged version 1/);
    await theirs.button('read.seeChanges').click();
    await theirs.page.locator('del').filter({ hasText: 'two' }).waitFor();
    await theirs.page.locator('ins').filter({ hasText: 'three' }).waitFor();
    await theirs.picture('feedback-changed');
    expect(await faultsOf(theirs.page)).toEqual([]);
  });

  it('is asked about by the teacher offline, and answered by the observer offline', async () => {
    await theirs.network(false);
    await theirs.page
      .getByRole('button', { name: say('read.askAbout', { text: 'Choose names first.' }) })
      .click();
    const question = 'The back table answered on whiteboards. Does that count?';
    await theirs.page.getByRole('textbox', { name: say('read.askTitle') }).fill(question);
    await theirs.button('read.sendQuestion').click();
    await theirs.says(question);
    await theirs.says(/^You asked on .* answers here\./);
    await theirs.send();
    await mine.send();

    await mine.network(false);
    await mine.go('/today');
    await mine.text(say('today.turn.asked', { teacher: teacher.name })).click();
    await mine.says(question);
    await mine.field('compose.answerField').fill('It does, and I saw it late.');
    await mine.button('compose.resolution.explained').click();
    await mine.says(say('compose.answered', { how: say('compose.resolution.explained') }));
    await mine.picture('feedback-answered');
    expect(await faultsOf(mine.page)).toEqual([]);
    await mine.send();

    await theirs.send();
    await theirs.go(`/for-me/${visitId}`);
    await theirs.says('It does, and I saw it late.');
    await theirs.says(say('read.answer.explained'));
    await theirs.button('read.queryDone').click();
    await theirs.says(say('read.queryClosed'));
    await theirs.send();
  });

  it('has a step that the teacher drops offline, saying why, and the observer reads it', async () => {
    await theirs.network(false);
    await theirs.go('/for-me');
    await theirs.button('step.drop').click();
    const dialog = theirs.page.locator('dialog[open]');
    await dialog.getByLabel(say('step.dropWhy')).fill('9M2 has another teacher from Monday.');
    expect(await faultsOf(theirs.page)).toEqual([]);
    await theirs.picture('feedback-drop');
    await dialog.getByRole('button', { name: say('form.save') }).click();
    await dialog.waitFor({ state: 'detached' });
    const told = say('step.droppedBecause', { why: '9M2 has another teacher from Monday.' });
    await theirs.says(told);
    await theirs.send();
    await mine.send();
    await mine.go('/steps');
    await mine.says(told);
    await mine.picture('feedback-dropped');
  });
});
