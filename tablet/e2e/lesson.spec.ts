// A lesson with no signal, on a real server: nothing that was written is lost, whatever happens to
// the network, the page, the tablet, its clock, or the server.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import { film } from './camera';
import { TabletPage } from './pages/tablet';
import { type Member, School } from './school';

const folder = mkdtempSync(join(tmpdir(), 'halfterm-camera-'));
let school: School;
let tablet: TabletPage;
let head: Member;
let teacher: Member;
let visitId = '';

beforeAll(async () => {
  school = await School.open();
  const hod = school.holder('hod', 1);
  head = hod;
  teacher = school.teacherOf(hod.org);
  tablet = await new TabletPage(school.address).on();
});

afterAll(async () => {
  await tablet?.close();
  await school?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('A head of department with a tablet', () => {
  it('joins it to the school by a typed code, and chooses a PIN', async () => {
    await tablet.says(say('enrol.title'));
    await tablet.picture('lesson-enrol');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.enrol(school.invite(head));
    await tablet.knows(teacher.name);
    await tablet.go('/today');
    await tablet.sent();
    await tablet.picture('lesson-today');
  });

  it('records a lesson with the network off, and reads it again after a reload', async () => {
    await tablet.network(false);
    visitId = await tablet.begin(teacher.name, '9M2');
    await tablet.note('Starter on the board before the bell.');
    await tablet.note('Six hands up, the same four as before.');
    await tablet.rate('Questioning', 2);
    await tablet.praise('Calm start, everyone writing.');
    await tablet.page.reload();
    await tablet.enterPin(head.name);
    await tablet.go(`/visits/${visitId}`);
    await tablet.says('Starter on the board before the bell.');
    await tablet.says('Six hands up, the same four as before.');
    await tablet.says('Calm start, everyone writing.');
    await tablet.picture('lesson-sheet-offline');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.go('/today');
    await tablet.header.filter({ hasText: /^Offline · \d+ on this tablet since/ }).waitFor();
  });

  it('takes back the last gesture, also after a reload', async () => {
    const questioning = tablet.page.locator('button.element', { hasText: 'Questioning' });
    await tablet.go(`/visits/${visitId}`);
    await tablet.rate('Questioning', 4);
    await questioning.filter({ hasText: 'Worth sharing' }).waitFor();
    await tablet.page.reload();
    await tablet.enterPin(head.name);
    await tablet.go(`/visits/${visitId}`);
    const undo = say('common.undo', { what: say('undo.level', { element: 'Questioning' }) });
    await tablet.page.getByRole('button', { name: undo }).click();
    await questioning.filter({ hasText: 'Taking shape' }).waitFor();
  });

  it('says who can see it before it is saved, offline', async () => {
    await tablet.go(`/visits/${visitId}`);
    await tablet.page.getByRole('button', { name: say('who.question') }).click();
    await tablet.says(/Only you can read this\. Senior leaders can see that the visit exists/);
    await tablet.picture('lesson-who');
    await tablet.button('together.offer').click();
    await tablet.page
      .getByRole('img', { name: say('together.picture') })
      .locator('path')
      .waitFor();
    await tablet.picture('lesson-join');
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.page.keyboard.press('Escape');
  });

  it('sends it when the network is back', async () => {
    await tablet.network(true);
    await tablet.send();
    await tablet.says(say('waiting.empty'));
  });

  it('loses nothing when the tablet dies in the middle of a word', async () => {
    await tablet.network(false);
    await tablet.go(`/visits/${visitId}`);
    await tablet.noteButton.click();
    await tablet.page.getByLabel(say('sheet.newNote')).pressSequentially('Back left table not ask');
    await tablet.page.locator('.composer textarea:not([data-saving])').waitFor();
    await tablet.kill();
    await tablet.on();
    await tablet.enterPin(head.name);
    await tablet.go(`/visits/${visitId}`);
    await tablet.says(/Back left table not ask/);
  });

  it('goes on while the server is stopped, and sends when it is started again', async () => {
    await tablet.go('/today');
    await tablet.sent();
    await school.stop();
    await tablet.go(`/visits/${visitId}`);
    await tablet.note('The wrong answer stayed on the board.');
    await tablet.go('/waiting');
    await tablet.header.filter({ hasText: /Offline · \d+ on this tablet/ }).waitFor();
    await school.start();
    await tablet.send();
  });
});

describe('A tablet whose clock is five days fast', () => {
  it('joins by the QR code before its camera, is told so, and its work is taken in all the same', async () => {
    const wrong = new TabletPage(school.address);
    try {
      const hod = school.holder('hod', 2);
      wrong.clockMs = 5 * 86_400_000;
      wrong.camera = join(folder, 'invitation.y4m');
      await film(tablet.page, school.invitePicture(hod), wrong.camera);
      await wrong.on();
      await wrong.enrolByCamera();
      await wrong.knows(school.teacherOf(hod.org).name);
      await wrong.begin(school.teacherOf(hod.org).name, '7E1');
      await wrong.note('Books out before the register.');
      await wrong.send();
      await wrong.go('/waiting');
      await wrong.says(/This tablet’s clock is 5 days fast\. Order does not depend on it\./);
      await wrong.picture('lesson-clock');
    } finally {
      await wrong.close();
    }
  });
});
