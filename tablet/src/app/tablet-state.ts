// What every screen shows of the tablet itself: who is in, what waits, and how it stands with the network.
import { Role } from '#proto/directory_pb';
import { initialsOf } from '../model/directory';
import type { FileRow } from '../store/database';
import type { Header, TabletPerson, TabletState, Today, Waiting } from './contract';
import type { Desk } from './desk';
import { isInstalled } from './keeping';
import { pinTries } from './pin';
import type { Tablet } from './tablet';
import { waitingItems, waitingNotices } from './waiting';

const dayMs = 86_400_000;
const mostPeople = 20;

// `open`: of the person who is in, unless the screen is locked. `today`: what is known of theirs.
export function tabletStateOf(
  tablet: Tablet,
  open: Desk | null,
  today: Today | null,
  nowMs: number,
): TabletState {
  const { row, desk } = tablet;
  const mine = desk === null ? undefined : tablet.people.find((person) => person.id === desk.me);
  const newFeedback = today?.yourTurn.filter((turn) => turn.kind === 'newFeedback').length ?? 0;
  return {
    stage: stageOf(tablet),
    school: row?.schoolName ?? '',
    label: row?.label ?? '',
    provider: row?.provider ?? '',
    people: tablet.people.slice(0, mostPeople).map(
      (person): TabletPerson => ({
        id: person.id,
        name: person.name,
        initials: initialsOf(person.name),
        unsent: person.unsent,
        lastUsedMs: person.lastUsedMs,
        pinTriesLeft: Math.max(0, pinTries - Math.max(0, person.pinTries)),
        waitUntilMs: person.waitUntilMs > nowMs ? person.waitUntilMs : null,
        needsPin: tablet.needsPin(person),
        signInEnded: person.signInEnded,
      }),
    ),
    person:
      mine === undefined ? null : { id: mine.id, name: mine.name, initials: initialsOf(mine.name) },
    third: open === null ? null : thirdPlace(open),
    mayWalk: open?.isSenior ?? false,
    badges: { today: (today?.yourTurn.length ?? 0) - newFeedback, forMe: newFeedback },
    otherTab: desk !== null && !tablet.mayWrite,
    notInstalled: !isInstalled(),
    fetching: tablet.seen.fetching,
  };
}

function stageOf(tablet: Tablet): TabletState['stage'] {
  if (!tablet.isStarted) return 'starting';
  if (tablet.row === null) return 'unenrolled';
  if (tablet.desk === null) return 'people';
  return tablet.isLocked ? 'locked' : 'open';
}

function thirdPlace(desk: Desk): TabletState['third'] {
  if (desk.isSenior) return { place: 'school', label: '' };
  const led = desk.departmentsLed()[0];
  if (led !== undefined)
    return { place: 'department', label: desk.directory.orgs.get(led)?.name ?? '' };
  if (desk.holds(Role.AST)) return { place: 'referrals', label: '' };
  if (desk.holds(Role.GOVERNOR, Role.EXEC)) return { place: 'overview', label: '' };
  if (desk.holds(Role.ADMIN)) return { place: 'people', label: '' };
  if (desk.holds(Role.DPO)) return { place: 'keeping', label: '' };
  return null;
}

export function headerOf(
  tablet: Tablet,
  said: Pick<Header, 'cannotSave' | 'newerApp'>,
  nowMs: number,
): Header {
  const outbox = tablet.desk?.store.outbox;
  const oldest = outbox?.oldestUnsentMs() ?? 0;
  return {
    online: tablet.seen.online,
    unsent: outbox?.unsent ?? 0,
    oldestMs: oldest === 0 ? null : oldest,
    sending: tablet.seen.sending,
    puttingBack: tablet.seen.refilling,
    colleagues: colleaguesOn(tablet, nowMs),
    ...said,
  };
}

export function waitingOf(tablet: Tablet, open: Desk | null, nowMs: number): Waiting {
  const others = { colleagues: colleaguesOn(tablet, nowMs), files: filesOn(tablet) };
  if (open === null)
    return { items: [], notices: [], lastContact: null, clockMinutes: null, ...others };
  const { row } = open.store.outbox;
  const last = open.signed.lastContactMs;
  const clockMinutes = row.helloNo === 0 ? null : Math.round(-Number(row.clockOffsetMs) / 60_000);
  return {
    items: waitingItems(open),
    notices: waitingNotices(open, tablet, nowMs, clockMinutes),
    lastContact: last === 0 ? null : { kind: 'at', ms: last },
    clockMinutes,
    ...others,
  };
}

function colleaguesOn(tablet: Tablet, nowMs: number): Header['colleagues'] {
  const others = tablet.people.filter((p) => p.unsent > 0 && p.id !== tablet.desk?.me);
  if (others.length === 0) return null;
  const oldest = Math.min(...others.map((person) => person.oldestMs));
  return {
    people: others.length,
    oldestDays: Math.max(0, Math.floor((nowMs - oldest) / dayMs)),
  };
}

function filesOn(tablet: Tablet): Waiting['files'] {
  if (tablet.files.length === 0) return null;
  const left = (of: readonly FileRow[]) => of.reduce((sum, file) => sum + file.left, 0);
  return { changes: left(tablet.files), stuck: left(tablet.files.filter((f) => f.isStuck)) };
}
