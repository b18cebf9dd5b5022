// Shows, against the built server: an administrator's pages, one's own sign-ins and passphrase, and coming
// in through the school's provider.
import 'fake-indexeddb/auto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, hex } from '../model/bytes';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { me, must, pin, ready, sent, Tablets } from './app.testing';
import type { App } from './contract';
import { TestProvider } from './provider.testing';

const server = new Halftermd();
const tablets = new Tablets(server);
const passphrase = 'seven quiet herons';
const refusedWith = (reason: string) => ({ ok: false, problem: { kind: 'refused', reason } });

// Whether the server still answers the person who is in.
async function isSignedIn(app: App): Promise<boolean> {
  await app.sendNow();
  return app.tablet.get().people.every((person) => !person.signInEnded);
}

describe.runIf(isBuilt)('sign-ins and the office', () => {
  const staff: Bytes[] = [];
  let admin: Bytes = new Uint8Array(16);
  let office: App;
  const another = () => staff.pop() ?? new Uint8Array(16);

  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    admin = roster.holder('admin');
    staff.push(...roster.teachers);
    office = await tablets.joined(admin);
  }, 120_000);
  afterAll(() => server.end());

  test('an administrator invites somebody, sees them signed in, and ends that', async () => {
    const teacher = another();
    expect(office.office.may.get()).toEqual({ people: true, account: true });
    expect(office.office.people.get().map(({ id }) => id)).toContain(hex(teacher));
    const invitation = must(await office.office.invite(hex(teacher)));
    expect(invitation.link).toMatch(/^https:\/\/halfterm\.example\/#join=[^.]+\.[\w-]{22}$/);
    const tablet = await tablets.another();
    must(await tablet.enrol(invitation.link));
    must(await tablet.choosePin(me(tablet), pin));
    expect(await isSignedIn(tablet)).toBe(true);

    await office.office.lookAtPerson(hex(teacher));
    const [session] = ready(office.office.signedIn(hex(teacher)));
    expect(session).toMatchObject({ here: false });
    must(await office.office.endSession(session?.id ?? '', hex(teacher)));
    expect(ready(office.office.signedIn(hex(teacher)))).toEqual([]);
    expect(await isSignedIn(tablet)).toBe(false);
  });

  test('a tablet is taken out of use, and stays on the list as that', async () => {
    const tablet = await tablets.joined(another());
    await office.office.lookAtTablets();
    const listed = ready(office.office.tablets);
    expect(listed.filter(({ here }) => here)).toHaveLength(1);
    const { label } = tablet.tablet.get();
    const theirs = listed.filter((one) => one.label === label && one.endedMs === null);
    expect(theirs).toHaveLength(1);
    must(await office.office.endTablet(theirs[0]?.id ?? ''));
    expect(await isSignedIn(tablet)).toBe(false);
    const after = ready(office.office.tablets).find(({ id }) => id === theirs[0]?.id);
    expect(after?.endedMs).toBeGreaterThan(0);
  });

  test('the account of everything adds up, and has no words in it', async () => {
    const teacher = await tablets.joined(another());
    const { visitId } = must(
      await teacher.openVisit({
        kind: 'SELF',
        teacherId: me(teacher),
        classCode: '9M2',
        room: 'B12',
        announced: true,
        minutes: 30,
        lessonMs: null,
        loadReason: '',
        observerIds: [],
      }),
    );
    must(await teacher.addNote(visitId, Date.now(), 'Quiet start.'));
    await sent(teacher);
    await office.office.lookAtAccount();
    const account = ready(office.office.account);
    expect(account.pushed).toBeGreaterThan(0);
    expect(account.addsUp).toBe(true);
    expect(account.committed + account.late + account.parked + account.erased).toBe(account.pushed);
    expect(JSON.stringify(account)).not.toContain('Quiet');
  });

  test('nobody else has an office, whatever their tablet asks', async () => {
    const teacher = await tablets.joined(another());
    expect(teacher.office.may.get()).toEqual({ people: false, account: false });
    await teacher.office.lookAtAccount();
    expect(teacher.office.account.get().kind).toBe('nothing');
    await teacher.office.lookAtPerson(hex(admin));
    expect(teacher.office.signedIn(hex(admin)).get().kind).toBe('nothing');
    await teacher.office.lookAtTablets();
    expect(ready(teacher.office.tablets).map(({ here }) => here)).toEqual([true]);
    expect((await teacher.office.invite(me(teacher))).ok).toBe(false);
  });

  test('what one person asked is not there for the next on the same tablet', async () => {
    await office.office.lookAtAccount();
    expect(office.office.account.get().kind).toBe('ready');
    await office.switchPerson();
    expect(office.office.account.get().kind).toBe('loading');
    must(await office.enterPin(hex(admin), pin));
    await sent(office);
  });

  test('a second tablet by a code leaves the first one signed in', async () => {
    const teacher = another();
    const first = await tablets.joined(teacher);
    const second = await tablets.joined(another());
    must(await second.addPerson((await server.invite(teacher)).code));
    expect(await isSignedIn(first)).toBe(true);
    await first.signIns.look();
    const mine = ready(first.signIns.mine);
    expect(mine.map(({ here }) => here).sort()).toEqual([false, true]);
    must(await first.signIns.end(mine.find(({ here }) => !here)?.id ?? ''));
    expect(ready(first.signIns.mine)).toHaveLength(1);
  });

  test('somebody sets a passphrase without ever having had one, and comes in with it elsewhere', async () => {
    const teacher = another();
    const first = await tablets.joined(teacher);
    expect(first.signIns.passphrase.get().isTheirs).toBe(false);
    expect(await first.signIns.setPassphrase('', 'short')).toEqual(
      refusedWith('passphraseTooShort'),
    );
    must(await first.signIns.setPassphrase('', passphrase));
    const { name, isTheirs } = first.signIns.passphrase.get();
    expect(isTheirs).toBe(true);
    expect(await first.signIns.setPassphrase('not this one at all', 'eleven loud magpies')).toEqual(
      refusedWith('passphraseWrong'),
    );

    const second = await tablets.joined(another());
    expect(await second.addByPassphrase(name, 'not this one at all')).toEqual(
      refusedWith('passphraseWrong'),
    );
    must(await second.addByPassphrase(name, passphrase));
    must(await second.choosePin(hex(teacher), pin));
    expect(await isSignedIn(first)).toBe(true);

    // Forgotten: by the code of an invitation.
    const { code } = await server.invite(teacher);
    must(await second.signIns.setByCode(code, 'eleven loud magpies'));
    expect(await isSignedIn(second)).toBe(true);
    expect(await isSignedIn(first)).toBe(false);
  });

  test('comes in through the school’s provider, which a tablet hears of when it is there', async () => {
    const teacher = another();
    const tablet = await tablets.joined(another());
    expect(tablet.tablet.get().provider).toBe('');
    expect(await tablet.goToProvider('')).toEqual(refusedWith('providerNone'));
    const provider = await TestProvider.open();
    try {
      await server.halfterm(
        ...[
          'provider',
          '--issuer',
          provider.issuer,
          '--name',
          'Rosehip',
          '--client-id',
          'halfterm',
        ],
        ...['--redirect-uri', 'https://halfterm.example/'],
      );
      const visit = async (code: string) => {
        const { url } = must(await tablet.goToProvider(code));
        const came = provider.visit(url);
        return tablet.backFromProvider(came.state, came.code);
      };
      expect(await visit('')).toEqual(refusedWith('providerUnknown'));
      must(await visit((await server.invite(teacher)).code));
      must(await tablet.choosePin(hex(teacher), pin));
      expect(await isSignedIn(tablet)).toBe(true);
      expect(tablet.tablet.get().provider).toBe('Rosehip');
      await tablet.switchPerson();
      const typed = { kind: 'passphrase', personId: hex(teacher), passphrase } as const;
      expect(await tablet.signIn(typed)).toEqual(refusedWith('passphraseNone'));
      must(await visit(''));
      provider.account = 'somebody else';
      expect(await visit('')).toEqual(refusedWith('providerUnknown'));
      const again = await tablet.backFromProvider('made-up', 'a-code');
      expect(again).toEqual(refusedWith('providerUnknown'));
    } finally {
      provider.close();
    }
  });

  test('a role begins on its first day on a tablet that has heard of it, with no network', async () => {
    const teacher = another();
    const row = `${hex(teacher).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
    const grants = readFileSync(`${server.roster}/grants.csv`, 'utf8').trimEnd();
    const [, , department = ''] =
      grants
        .split(/\r?\n/)
        .find((line) => line.includes(',hod,'))
        ?.split(',') ?? [];
    const day = (inDays: number) =>
      new Date(Date.now() + inDays * 86_400_000).toISOString().slice(0, 10);
    writeFileSync(
      `${server.roster}/grants.csv`,
      `${grants}\r\n${row},hod,${department},,${day(2)},${day(5)}\r\n`,
    );
    await server.halfterm('import', server.roster);
    const tablet = await tablets.joined(teacher);
    const may = () => ready(tablet.newVisit).teachers.some(({ kinds }) => kinds.includes('DEPT'));
    expect(may()).toBe(false);
    await server.stop();
    try {
      for (const [inDays, is] of [
        [1, false],
        [3, true],
        [7, false],
      ] as const) {
        await tablet.switchPerson();
        tablets.laterMs = inDays * 86_400_000;
        must(await tablet.enterPin(hex(teacher), pin));
        expect(may(), `in ${inDays} days`).toBe(is);
      }
    } finally {
      tablets.laterMs = 0;
      await server.start();
    }
  });

  test('without the network a page says so, and asks again when it is back', async () => {
    await server.stop();
    await office.office.lookAtTablets();
    expect(office.office.tablets.get()).toEqual({ kind: 'failed', code: 'offline' });
    await server.start();
    await sent(office);
    await office.office.lookAtTablets();
    expect(office.office.tablets.get().kind).toBe('ready');
  });
});
