// Open doors, as this tablet shows them: the server's list, and what a person says of it.

import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Door } from '#proto/open_doors_pb';
import { IntentSchema } from '#proto/sync_pb';
import { type Bytes, hex, unhex } from '../model/bytes';
import { byteLength } from '../model/value';
import { facetClass } from '../model/visit';
import { type DoorCalls, isNotTheirs, troubleOf, withToken } from '../transport/calls';
import { online, type Refusals } from './call-problems';
import type { DoorChoice, DoorGestures, Loaded, OpenDoor, OpenDoors, Outcome } from './contract';
import type { Desk } from './desk';
import type { AtDesk } from './gestures';
import { openVisit } from './visit-making';
import { done, refused } from './writing';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const lookForBytes = 500;
const shortBytes = 32;
const listName = 'doors';
const visitName = (door: string) => `door/${door}`;
const withdrawnReason = 'The visit did not take place.';

// As JSON in the person's store.
interface StoredDoor {
  readonly id: string;
  readonly teacher: string;
  readonly name: string;
  readonly lessonMs: number;
  readonly minutes: number;
  readonly classCode: string;
  readonly room: string;
  readonly period: number;
  readonly lookFor: string;
  readonly places: number;
  readonly taken: number;
  readonly coming: boolean;
  readonly visitors: readonly string[];
}
interface StoredDoors {
  readonly atMs: number;
  readonly monday: number;
  readonly lastDay: number;
  readonly doors: readonly StoredDoor[];
  // Of somebody who is no member of staff.
  readonly none?: boolean;
}

const stored = (door: Door): StoredDoor => ({
  id: hex(door.door),
  teacher: hex(door.teacher),
  name: door.displayName,
  lessonMs: Number(door.lessonStartMs),
  minutes: door.minutes,
  classCode: door.classCode,
  room: door.room,
  period: door.period,
  lookFor: door.lookFor,
  places: door.places,
  taken: door.taken,
  coming: door.coming,
  visitors: door.visitors.map(({ person }) => hex(person)),
});

const takeRefusals: Refusals = {
  [Code.FailedPrecondition]: 'doorFull',
  [Code.NotFound]: 'doorClosed',
};
const openRefusals: Refusals = {
  [Code.FailedPrecondition]: 'doorNotThen',
  [Code.NotFound]: 'doorClosed',
};

export class DoorKeeper implements DoorGestures {
  readonly #at: () => AtDesk | null;
  readonly #calls: DoorCalls;
  readonly #random: (size: number) => Bytes;
  readonly #changed: () => void;
  #trouble: OpenDoors['trouble'] = null;
  // Of a new door that the server may have opened without our hearing of it: tried again, it is the same.
  #newDoor: Bytes | null = null;
  // The first question has been answered, one way or the other.
  #asked: Desk | null = null;

  constructor(
    at: () => AtDesk | null,
    calls: DoorCalls,
    random: (size: number) => Bytes,
    changed: () => void,
  ) {
    this.#at = at;
    this.#calls = calls;
    this.#random = random;
    this.#changed = changed;
  }

  page(desk: Desk): Loaded<OpenDoors> {
    const list = desk.store.local<StoredDoors>(listName);
    if (list === undefined) {
      const answered = this.#asked === desk;
      return answered ? { kind: 'failed', code: this.#trouble ?? 'other' } : { kind: 'loading' };
    }
    if (list.none === true) return { kind: 'nothing' };
    const nowMs = desk.nowMs();
    return {
      kind: 'ready',
      value: {
        doors: list.doors.map((door) => shown(desk, door, nowMs)),
        weekMs: [list.monday * dayMs, (list.monday + 7) * dayMs],
        lastDayMs: list.lastDay * dayMs,
        asOfMs: list.atMs,
        trouble: this.#asked === desk ? this.#trouble : null,
      },
    };
  }

  readonly lookForDoors = async (): Promise<void> => {
    const here = this.#at();
    if (here === null) return;
    const { desk, writing } = here;
    const take = (list: StoredDoors) => writing.note({ [listName]: list });
    const atMs = desk.nowMs();
    try {
      const reply = await this.#calls.listDoors({}, withToken(desk.store.outbox.row.token));
      if (this.#at()?.desk !== desk) return;
      this.#trouble = null;
      const { monday, lastDay } = reply;
      await take({ atMs, monday, lastDay, doors: reply.doors.map(stored) });
    } catch (error) {
      if (this.#at()?.desk !== desk) return;
      if (isNotTheirs(error)) await take({ atMs, monday: 0, lastDay: 0, doors: [], none: true });
      else this.#trouble = troubleOf(error) === 'offline' ? 'offline' : 'other';
    }
    this.#asked = desk;
    this.#changed();
  };

  readonly openDoor = async (choice: DoorChoice): Promise<Outcome> => {
    const { id, lessonMs, classCode, room, period, lookFor } = choice;
    const isLong = byteLength(classCode) > shortBytes || byteLength(room) > shortBytes;
    if (isLong || byteLength(lookFor) > lookForBytes) return refused('tooLong');
    this.#newDoor ??= this.#random(16);
    const door = id === null ? this.#newDoor : unhex(id);
    const opened = await this.#ask(openRefusals, async ({ token }) => {
      const { minutes, places } = choice;
      const lesson = { lessonStartMs: BigInt(lessonMs), minutes, classCode, room };
      const request = { door, ...lesson, period: period ?? 0, lookFor, places };
      return (await this.#calls.openDoor(request, token)).door ?? null;
    });
    if (opened.ok && id === null) this.#newDoor = null;
    return opened;
  };

  readonly closeDoor = async (doorId: string): Promise<Outcome> => {
    const closed = await this.#ask({}, async ({ token }) => {
      // Closed before, and the answer was lost: it is closed.
      await this.#calls.closeDoor({ door: unhex(doorId) }, token).catch((error: unknown) => {
        if (ConnectError.from(error).code !== Code.NotFound) throw error;
      });
      return null;
    });
    return closed.ok ? this.#change((doors) => doors.filter(({ id }) => id !== doorId)) : closed;
  };

  readonly comeToDoor = async (doorId: string): Promise<Outcome> => {
    const taken = await this.#ask(takeRefusals, async ({ token }) => {
      return (await this.#calls.takePlace({ door: unhex(doorId) }, token)).door ?? null;
    });
    const here = this.#at();
    if (!taken.ok || here === null) return taken;
    const { desk, writing } = here;
    const door = desk.store.local<StoredDoors>(listName)?.doors.find(({ id }) => id === doorId);
    if (door === undefined || visitOf(desk, doorId) !== null) return done;
    const { teacher, classCode, room, minutes, lessonMs } = door;
    const plan = {
      kind: 'INFORMAL',
      teacherId: teacher,
      classCode,
      room,
      minutes,
      lessonMs,
    } as const;
    const opened = await openVisit(
      here,
      { ...plan, announced: false, loadReason: '', observerIds: [] },
      this.#random,
    );
    if (!opened.ok) return opened;
    return writing.note({ [visitName(doorId)]: opened.value.visitId });
  };

  readonly stayAway = async (doorId: string): Promise<Outcome> => {
    const given = await this.#ask(takeRefusals, async ({ token }) => {
      return (await this.#calls.giveUpPlace({ door: unhex(doorId) }, token)).door ?? null;
    });
    const here = this.#at();
    if (!given.ok || here === null) return given;
    const { desk, writing } = here;
    const visitId = visitOf(desk, doorId);
    const visit = visitId === null ? null : desk.visit(visitId);
    if (visit === null || desk.phaseName(visit) !== 'planned') return done;
    const intent = create(IntentSchema, {
      what: { case: 'withdraw', value: { reason: withdrawnReason } },
    });
    const forgotten = { [visitName(doorId)]: undefined };
    return writing.intend(visit.facet(facetClass.plan), intent, forgotten);
  };

  // Asks the server, and shows the door as it now is.
  async #ask(
    words: Refusals,
    call: (with_: { readonly token: ReturnType<typeof withToken> }) => Promise<Door | null>,
  ): Promise<Outcome> {
    const here = this.#at();
    if (here === null) return refused('notAllowed');
    let door: Door | null = null;
    const token = withToken(here.desk.store.outbox.row.token);
    const asked = await online(async () => {
      door = await call({ token });
      return done;
    }, words);
    if (!asked.ok) {
      // It may be full, or closed: what is shown is put right.
      if (asked.problem.kind === 'refused') await this.lookForDoors();
      return asked;
    }
    if (door === null || this.#at()?.desk !== here.desk) return done;
    const now = stored(door);
    return this.#change((doors) =>
      [...doors.filter(({ id }) => id !== now.id), now].sort((a, b) => a.lessonMs - b.lessonMs),
    );
  }

  async #change(change: (doors: readonly StoredDoor[]) => readonly StoredDoor[]): Promise<Outcome> {
    const here = this.#at();
    const list = here?.desk.store.local<StoredDoors>(listName);
    if (here === null || list === undefined) return done;
    return here.writing.note({ [listName]: { ...list, doors: change(list.doors) } });
  }
}

// Null: nothing was planned here, or it was taken back.
function visitOf(desk: Desk, door: string): string | null {
  const id = desk.store.local<string>(visitName(door));
  if (id === undefined) return null;
  const visit = desk.visit(id);
  return visit.hasPlan && !visit.phase.withdrawn ? id : null;
}

function shown(desk: Desk, door: StoredDoor, nowMs: number): OpenDoor {
  const { id, teacher, name, period, visitors, ...rest } = door;
  const known = desk.person(teacher);
  return {
    ...rest,
    id,
    teacher: known.name === '' ? { ...known, name } : known,
    mine: teacher === desk.me,
    period: period === 0 ? null : period,
    visitors: visitors.map((visitor) => desk.person(visitor)),
    visitId: visitOf(desk, id),
    isOver: door.lessonMs + door.minutes * minuteMs < nowMs,
  };
}
