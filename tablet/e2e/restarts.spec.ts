// A tablet and a server that stop in the middle: the browser dies while the school is being fetched, and
// the server comes back with a newer app. Nothing is lost, and the person is told.

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../src/words/say';
import { linesOf } from './lessons';
import { TabletPage } from './pages/tablet';
import { type Member, School } from './school';

const visits = 120;
const dayMs = 86_400_000;

let app = '';
let school: School;
let tablet: TabletPage;
let head: Member;

beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'halfterm-app-'));
  cpSync(process.env.HALFTERM_APP ?? '', app, { recursive: true });
  school = await School.open({ inHalfTerm: 2, app });
  const hod = school.holder('hod', 1);
  head = hod;
  const lessons = Array.from({ length: visits }, (_, n) =>
    linesOf(school, {
      teacher: school.teacherOf(hod.org, n % 4),
      department: hod.org,
      observer: hod,
      startMs: Date.now() - dayMs - n * 3_600_000,
      levels: { 1: 1 + (n % 4), 4: 2 },
      until: 'shared',
      strength: `Lesson ${n}. ${'Everyone had an answer. '.repeat(70)}`,
    }),
  );
  school.replay(2, lessons.flat());
  tablet = await new TabletPage(school.address).on();
});

afterAll(async () => {
  await tablet?.close();
  await school?.close();
  rmSync(app, { recursive: true, force: true });
});

describe('A tablet that dies while it fetches the school', () => {
  it('has all of it after the next start, and says that both hold the same', async () => {
    await tablet.bandwidth(60_000);
    await tablet.enrol(school.invite(head));
    await tablet.go('/visits');
    await tablet.page.locator('.visit').first().waitFor();
    await tablet.kill();
    await tablet.on();
    await tablet.enterPin(head.name);
    await tablet.go('/visits');
    await tablet.page
      .locator('.visits-page [role=status].visually-hidden')
      .filter({ hasText: say('visits.count', { n: visits }) })
      .waitFor();
    await tablet.sent();
  });
});

// What a build with another line in its page changes: the page, and the list of the service worker.
function rebuild(folder: string): void {
  const page = readFileSync(join(folder, 'index.html'), 'utf8').replace(
    '</head>',
    '<meta name="build" content="newer"></head>',
  );
  writeFileSync(join(folder, 'index.html'), page);
  const revision = createHash('md5').update(page).digest('hex');
  const worker = readFileSync(join(folder, 'sw.js'), 'utf8');
  const changed = worker.replace(
    /(url:"index\.html",revision:")[^"]+|(revision:")[^"]+(",url:"index\.html")/,
    (_, first = '', second = '', last = '') => `${first}${second}${revision}${last}`,
  );
  expect(changed).not.toBe(worker);
  writeFileSync(join(folder, 'sw.js'), changed);
}

describe('A server that comes back with a newer app', () => {
  it('is told of by the tablet, which goes on with the old one and loses nothing', async () => {
    const teacher = school.teacherOf(school.holder('hod', 1).org);
    await tablet.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await school.stop();
    const visitId = await tablet.begin(teacher.name, '9N1');
    await tablet.note('Written while the server was away.');
    rebuild(app);
    await school.start();

    await tablet.page.reload();
    await tablet.enterPin(head.name);
    await tablet.go(`/visits/${visitId}`);
    await tablet.says('Written while the server was away.');
    await tablet.go('/today');
    await tablet.says(say('waiting.newerApp'));
    await tablet.picture('restarts-newer');
    await tablet.go(`/visits/${visitId}`);
    await tablet.note('Written under the old app.');
    await tablet.go('/today');
    await tablet.button('waiting.reload').click();
    await tablet.page.locator('meta[name=build]').waitFor({ state: 'attached' });
    await tablet.enterPin(head.name);
    await tablet.go(`/visits/${visitId}`);
    await tablet.says('Written under the old app.');
    await tablet.says('Written while the server was away.');
    await tablet.send();
  });
});
