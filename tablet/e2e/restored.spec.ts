// A server that was restored from an older backup, and the tablet that brings back what it lacks: nobody
// types a command, the observer goes on working and is told, and nothing is lost.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { faultsOf } from './accessible';
import { TabletPage } from './pages/tablet';
import { type Member, School } from './school';

let school: School;
let tablet: TabletPage;
let reader: TabletPage;
let head: Member;
let teacher: Member;

beforeAll(async () => {
  school = await School.open();
  const hod = school.holder('hod', 1);
  head = hod;
  teacher = school.teacherOf(hod.org);
  tablet = await new TabletPage(school.address).on();
  await tablet.enrol(school.invite(head));
  await tablet.knows(teacher.name);
});

afterAll(async () => {
  await tablet?.close();
  await reader?.close();
  await school?.close();
});

describe('A tablet whose work a restored server lacks', () => {
  it('puts it back and says so, while its observer goes on writing', async () => {
    const kept = await tablet.begin(teacher.name, '9A1');
    await tablet.note('Written before the backup.');
    await tablet.send();
    const older = school.backUp();
    await tablet.go(`/visits/${kept}`);
    await tablet.note('Written after the backup.');
    const lost = await tablet.begin(teacher.name, '9B2');
    await tablet.note('A visit that the backup does not have.');
    await tablet.send();

    const putting = await tablet.hold('Recovery/Offer');
    await school.restore(older);
    await tablet.go('/waiting');
    // It hears by itself that the server is back.
    await putting.held;
    await tablet.says(
      /This tablet is putting back what it holds: 0 of \d+\. You can go on working\./,
    );
    await tablet.header.filter({ hasText: /Putting back 0 of \d+/ }).waitFor();
    expect(await faultsOf(tablet.page)).toEqual([]);
    await tablet.picture('restored-waiting');
    await tablet.go(`/visits/${lost}`);
    await tablet.note('Written while it is put back.');

    await tablet.go('/waiting');
    putting.release();
    await tablet.sent();
    await tablet.says(say('waiting.empty'));

    reader = await new TabletPage(school.address).on();
    await reader.enrol(school.invite(head));
    await reader.knows(teacher.name);
    await reader.go(`/visits/${kept}`);
    await reader.says('Written before the backup.');
    await reader.says('Written after the backup.');
    await reader.go(`/visits/${lost}`);
    await reader.says('A visit that the backup does not have.');
    await reader.says('Written while it is put back.');
  });
});
