// The walk-round: a list of rooms that this tablet goes through; what is logged is a visit of its own.
import { create } from '@bufbuild/protobuf';
import { FeedbackSchema, SheetSchema, VisitKind } from '#proto/observation_pb';
import { IntentSchema } from '#proto/sync_pb';
import { type Bytes, facetId, hex, newRecordId, unhex } from '../model/bytes';
import { Changes } from '../model/gesture';
import { byteLength } from '../model/value';
import { facetClass } from '../model/visit';
import type { Outcome, Walk, WalkChoice, WalkMark, WalkRoom } from './contract';
import type { Desk } from './desk';
import type { AtDesk } from './gestures';
import { shareIntent } from './gestures';
import { isHandedIn, offerWaits, submitPage } from './offers';
import { type NewPlan, planChanges } from './visit-making';
import { offeredPraise } from './visit-page';
import { done, refused, type Writing } from './writing';

const walkMinutes = 5;
const roomsOfAWalk = 10;
const weekMs = 7 * 86_400_000;

interface StoredRoom {
  readonly teacher: string;
  readonly room: string;
  readonly classCode: string;
  readonly mark: WalkMark | 'skipped' | null;
  readonly atMs: number | null;
  readonly praise: string;
  readonly visitId: string;
}

interface StoredWalk {
  readonly id: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly order: WalkChoice['order'];
  readonly label: string;
  readonly rooms: readonly StoredRoom[];
  readonly logged: readonly string[];
}

const withdrawal = (reason: string) =>
  create(IntentSchema, { what: { case: 'withdraw', value: { reason } } });
const walkName = (id: string) => `walk/${id}`;

export function walkChoices(desk: Desk): WalkChoice[] {
  if (!desk.isSenior) return [];
  const choices: WalkChoice[] = [
    {
      id: 'leastRecent',
      order: 'leastRecent',
      label: '',
      rooms: Math.min(roomsOfAWalk, desk.directory.people.size),
    },
  ];
  const sizes = new Map<string, number>();
  for (const id of desk.directory.people.keys()) {
    const department = desk.directory.firstDepartment(id);
    if (department !== '' && id !== desk.me)
      sizes.set(department, (sizes.get(department) ?? 0) + 1);
  }
  for (const [id, rooms] of sizes) {
    choices.push({
      id,
      order: 'department',
      label: desk.directory.orgs.get(id)?.name ?? '',
      rooms,
    });
  }
  return choices;
}

// When each teacher was last seen by anybody whose visit this person may read, and where.
function lastSeen(desk: Desk) {
  const seen = new Map<string, { ms: number; room: string; classCode: string }>();
  for (const visit of desk.allVisits()) {
    const ms = Number(visit.plan.lessonStartMs ?? 0n);
    const known = seen.get(visit.teacher);
    if (visit.teacher === '' || ms > desk.nowMs() || (known !== undefined && known.ms >= ms))
      continue;
    seen.set(visit.teacher, {
      ms,
      room: visit.plan.room ?? '',
      classCode: visit.plan.classCode ?? '',
    });
  }
  return seen;
}

async function startWalk(
  { desk, writing }: AtDesk,
  choice: WalkChoice,
  random: (size: number) => Bytes,
): Promise<Outcome<{ readonly walkId: string }>> {
  const open = desk.store.local<string>('openWalk');
  if (open !== undefined && desk.store.local<StoredWalk>(walkName(open))?.endedMs === null) {
    return { ok: true, value: { walkId: open } };
  }
  const seen = lastSeen(desk);
  const teachers = [...desk.directory.people.keys()]
    .filter((id) => id !== desk.me && desk.directory.firstDepartment(id) !== '')
    .filter(
      (id) => choice.order === 'leastRecent' || desk.directory.firstDepartment(id) === choice.id,
    )
    .sort((a, b) => (seen.get(a)?.ms ?? 0) - (seen.get(b)?.ms ?? 0));
  const walk: StoredWalk = {
    id: hex(random(16)),
    startedMs: writing.now().wallMs,
    endedMs: null,
    order: choice.order,
    label: choice.label,
    rooms: teachers
      .slice(0, choice.order === 'leastRecent' ? roomsOfAWalk : undefined)
      .map((teacher) => ({
        teacher,
        room: seen.get(teacher)?.room ?? '',
        classCode: seen.get(teacher)?.classCode ?? '',
        mark: null,
        atMs: null,
        praise: '',
        visitId: '',
      })),
    logged: [],
  };
  const noted = await writing.note({ [walkName(walk.id)]: walk, openWalk: walk.id });
  return noted.ok ? { ok: true, value: { walkId: walk.id } } : noted;
}

export function walkPage(desk: Desk, id: string): Walk | null {
  const walk = desk.store.local<StoredWalk>(walkName(id));
  if (walk === undefined) return null;
  const seen = lastSeen(desk);
  const rooms = walk.rooms.map((room): WalkRoom => {
    const last = seen.get(room.teacher);
    const visit = room.visitId === '' ? null : desk.visit(room.visitId);
    // An offer that was taken back later leaves a room that was seen.
    const takenBack = room.mark === 'help' && visit?.sheet(desk.me).offerHelp !== true;
    return {
      id: room.teacher,
      room: room.room,
      teacher: desk.person(room.teacher),
      classCode: room.classCode,
      weeksSinceSeen: last === undefined ? null : Math.floor((walk.startedMs - last.ms) / weekMs),
      mark: takenBack ? 'seen' : room.mark,
      atMs: room.atMs,
      praise: room.praise,
      offer: visit !== null && offerWaits(desk, visit) ? visit.id : null,
      others: [],
    };
  });
  const openRoom = walk.rooms.find((room) => room.mark === null);
  const department = desk.directory.firstDepartment(openRoom?.teacher ?? '');
  return {
    id: walk.id,
    startedMs: walk.startedMs,
    endedMs: walk.endedMs,
    period: null,
    order: walk.order,
    orderLabel: walk.label,
    rooms,
    openRoomId: desk.store.local<string>(`arrived/${id}`) ?? openRoom?.teacher ?? null,
    lastRoomId: walk.logged.at(-1) ?? null,
    levelsSinceMs: null,
    praiseTags: offeredPraise,
    department: desk.directory.orgs.get(department)?.name ?? '',
  };
}

function withRoom(walk: StoredWalk, roomId: string, change: Partial<StoredRoom>): StoredWalk {
  return {
    ...walk,
    rooms: walk.rooms.map((room) => (room.teacher === roomId ? { ...room, ...change } : room)),
  };
}

// Whether the visit was logged in the walk that goes on.
export function isInOpenWalk(desk: Desk, visitId: string): boolean {
  const open = desk.store.local<string>('openWalk');
  if (open === undefined) return false;
  const walk = desk.store.local<StoredWalk>(walkName(open));
  return walk?.rooms.some((room) => room.visitId === visitId) === true;
}

// The one strength of a room, at the same place however often its words change.
function praised(visitId: string, text: string) {
  const key = unhex(visitId);
  const changes = new Changes(FeedbackSchema).entry('strengths', key, {
    text,
    place: key.slice(0, 4),
  });
  return { facet: hex(facetId(key, facetClass.feedback)), changes };
}

function unpraise(visitId: string) {
  const key = unhex(visitId);
  const changes = new Changes(FeedbackSchema).remove('strengths', key);
  return { facet: hex(facetId(key, facetClass.feedback)), changes };
}

class Walks {
  readonly #at: () => AtDesk | null;
  readonly #random: (size: number) => Bytes;

  constructor(at: () => AtDesk | null, random: (size: number) => Bytes) {
    this.#at = at;
    this.#random = random;
  }

  arrive(walkId: string, roomId: string): Promise<Outcome> {
    return this.#on(walkId, (_, { writing }) => writing.note({ [`arrived/${walkId}`]: roomId }));
  }

  // A visit of the kind WALK, finished with one tap: its plan and page, and the wish to share it.
  logRoom(walkId: string, roomId: string, mark: WalkMark): Promise<Outcome> {
    return this.#on(walkId, async (walk, { desk, writing }) => {
      const room = walk.rooms.find((r) => r.teacher === roomId);
      if (room === undefined) return refused('notAllowed');
      if (room.visitId !== '') return this.#logAgain(walk, room, mark, { desk, writing });
      const { wallMs } = writing.now();
      const record = newRecordId(wallMs, this.#random(16));
      const plan: NewPlan = {
        kind: VisitKind.WALK,
        teacher: roomId,
        classCode: room.classCode,
        room: room.room,
        announced: false,
        minutes: walkMinutes,
        lessonMs: desk.nowMs(),
        loadReason: '',
      };
      const page = new Changes(SheetSchema).set('offerHelp', mark === 'help');
      const visitId = hex(record);
      const logged = withRoom(walk, roomId, { mark, atMs: wallMs, visitId });
      return writing.write(
        visitId,
        null,
        [
          {
            facet: hex(facetId(record, facetClass.plan)),
            changes: planChanges(desk, plan, this.#random),
          },
          { facet: hex(facetId(record, facetClass.sheet, unhex(desk.me))), changes: page },
        ],
        {
          [walkName(walkId)]: { ...logged, logged: [...walk.logged, roomId] },
          [`arrived/${walkId}`]: undefined,
        },
      );
    });
  }

  // Another button for a room that is logged changes what was logged: it is one look into one room.
  #logAgain(
    walk: StoredWalk,
    room: StoredRoom,
    mark: WalkMark,
    { desk, writing }: AtDesk,
  ): Promise<Outcome> {
    const visit = desk.visit(room.visitId);
    if (isHandedIn(desk, visit)) return Promise.resolve(refused('notAllowed'));
    const page = new Changes(SheetSchema).set('offerHelp', mark === 'help');
    const facet = hex(facetId(unhex(visit.id), facetClass.sheet, unhex(desk.me)));
    const written = [{ facet, changes: page }];
    const unpraised = mark !== 'praise' && room.praise !== '';
    if (unpraised) written.push(unpraise(visit.id));
    const changed = withRoom(walk, room.teacher, unpraised ? { mark, praise: '' } : { mark });
    const others = walk.logged.filter((id) => id !== room.teacher);
    return writing.write(visit.id, null, written, {
      [walkName(walk.id)]: { ...changed, logged: [...others, room.teacher] },
      [`arrived/${walk.id}`]: undefined,
    });
  }

  skipRoom(walkId: string, roomId: string): Promise<Outcome> {
    return this.#on(walkId, (walk, { writing }) => {
      const skipped = withRoom(walk, roomId, { mark: 'skipped', atMs: writing.now().wallMs });
      return writing.note({
        [walkName(walkId)]: { ...skipped, logged: [...walk.logged, roomId] },
        [`arrived/${walkId}`]: undefined,
      });
    });
  }

  // The room is open again. A visit that was logged is withdrawn: nothing that was written goes away.
  undoRoom(walkId: string): Promise<Outcome> {
    return this.#on(walkId, async (walk, { desk, writing }) => {
      const roomId = walk.logged.at(-1);
      const room = walk.rooms.find((r) => r.teacher === roomId);
      if (roomId === undefined || room === undefined) return done;
      const opened = withRoom(walk, roomId, { mark: null, atMs: null, praise: '', visitId: '' });
      const local = { [walkName(walkId)]: { ...opened, logged: walk.logged.slice(0, -1) } };
      if (room.visitId === '') return writing.note(local);
      const intent = withdrawal('Logged by mistake');
      return writing.intend(desk.visit(room.visitId).facet(facetClass.plan), intent, local);
    });
  }

  praiseRoom(walkId: string, roomId: string, text: string): Promise<Outcome> {
    return this.#on(walkId, (walk, { writing }) => {
      if (byteLength(text) > 500) return Promise.resolve(refused('tooLong'));
      const room = walk.rooms.find((r) => r.teacher === roomId);
      if (room === undefined || room.visitId === '') return Promise.resolve(refused('notAllowed'));
      const local = { [walkName(walkId)]: withRoom(walk, roomId, { praise: text }) };
      return writing.write(room.visitId, null, [praised(room.visitId, text)], local);
    });
  }

  // Everything that was logged is handed in now, and praise is shared: until here a room could be taken
  // back. `praise` is what a room's praise says that nobody found words for: the star alone was promised
  // to the teacher. Offers of help stay drafts until their observer has spoken with the teacher.
  endWalk(walkId: string, praise: string): Promise<Outcome> {
    return this.#on(walkId, async (walk, { desk, writing }) => {
      for (const room of walk.rooms) {
        if (room.visitId === '') continue;
        const visit = desk.visit(room.visitId);
        if (isHandedIn(desk, visit) || offerWaits(desk, visit)) continue;
        if (room.mark === 'praise' && room.praise === '') {
          const worded = await writing.write(room.visitId, null, [praised(room.visitId, praise)]);
          if (!worded.ok) return worded;
        }
        // A version needs one strength; "seen" is the least that a walk says.
        const handed =
          room.mark === 'praise'
            ? await writing.intend(visit.facet(facetClass.plan), shareIntent(desk, visit))
            : await submitPage(desk, visit, writing);
        if (!handed.ok) return handed;
      }
      const ended = { ...walk, endedMs: writing.now().wallMs };
      return writing.note({ [walkName(walkId)]: ended, openWalk: undefined });
    });
  }

  #on(
    walkId: string,
    run: (walk: StoredWalk, at: AtDesk & { readonly writing: Writing }) => Promise<Outcome>,
  ): Promise<Outcome> {
    const here = this.#at();
    const walk = here?.desk.store.local<StoredWalk>(walkName(walkId));
    if (here === null || walk === undefined) return Promise.resolve(refused('notAllowed'));
    return run(walk, here);
  }
}

export function walkGestures(at: () => AtDesk | null, random: (size: number) => Bytes) {
  const walks = new Walks(at, random);
  return {
    startWalk: async (choice: WalkChoice): Promise<Outcome<{ readonly walkId: string }>> => {
      const here = at();
      return here === null ? refused('notAllowed') : startWalk(here, choice, random);
    },
    arrive: (walkId: string, roomId: string) => walks.arrive(walkId, roomId),
    logRoom: (walkId: string, roomId: string, mark: WalkMark) =>
      walks.logRoom(walkId, roomId, mark),
    skipRoom: (walkId: string, roomId: string) => walks.skipRoom(walkId, roomId),
    undoRoom: (walkId: string) => walks.undoRoom(walkId),
    praiseRoom: (walkId: string, roomId: string, text: string) =>
      walks.praiseRoom(walkId, roomId, text),
    endWalk: (walkId: string, praise: string) => walks.endWalk(walkId, praise),
  };
}
