// A colleague in the same lesson joins the visit by the code on its lead's tablet, with no network.
//
// Joining is an intent, and the server decides; a page of one's own can be written from the first moment,
// and is kept whatever the server says.
import { create } from '@bufbuild/protobuf';
import { Outcome as IntentOutcome, IntentSchema } from '#proto/sync_pb';
import { facetId, hex, unhex } from '../model/bytes';
import { facetClass, type Joined, type VisitRecord } from '../model/visit';
import { planOf, readVisitCode, type VisitCode, writeVisitCode } from '../model/visit-code';
import { intentOf } from '../store/person-store';
import type { Outcome, TogetherGestures } from './contract';
import type { Desk } from './desk';
import type { AtDesk } from './gestures';
import { isOfSeveral } from './team';
import { refused } from './writing';

const most = 8;
const intentKind = 2;
const askAgainAfterMs = 5 * 60_000;
const submitted = 3;
const nameOf = (record: string) => `joined/${record}`;

// Null: this person did not join it by a code.
export function joinedVisit(desk: Desk, record: string): Joined | null {
  const text = desk.store.local<string>(nameOf(record));
  const visit = text === undefined ? null : readVisitCode(text);
  return visit === null ? null : { plan: planOf(visit, desk.me), me: desk.me };
}

// What a colleague's camera reads; empty: nobody can join any more, or the plan's code is not here.
export function joinCodeOf(visit: VisitRecord, me: string): string {
  const { joinCode = '', lessonStartMs = 0n, minutes = 0, classCode = '', room = '' } = visit.plan;
  const isOpen = !visit.phase.withdrawn && visit.phase.level < submitted;
  const mayJoin = isOpen && isOfSeveral(visit.kind) && visit.observers.length < most;
  if (!mayJoin || joinCode.length !== 10 || !visit.observers.includes(me)) return '';
  return writeVisitCode({
    visitId: visit.id,
    teacher: visit.teacher,
    lead: visit.lead,
    code: joinCode,
    kind: visit.kind,
    lessonMs: Number(lessonStartMs),
    minutes,
    classCode,
    room,
  });
}

export function togetherGestures(at: () => AtDesk | null): TogetherGestures {
  return {
    colleaguesVisit: (text) => {
      const here = at();
      const found = here === null ? null : visitOf(here.desk, text);
      if (here === null || found === null) return null;
      const { teacher, lead, classCode, room, lessonMs } = found;
      const { desk } = here;
      return {
        teacher: desk.person(teacher),
        lead: desk.person(lead),
        classCode,
        room,
        lessonMs,
        mine: teacher === desk.me,
      };
    },
    joinVisit: async (text) => {
      const here = at();
      const found = here === null ? null : visitOf(here.desk, text);
      if (here === null || found === null) return refused('codeUnknown');
      return join(here, found);
    },
  };
}

async function join(
  { desk, writing }: AtDesk,
  found: VisitCode,
): Promise<Outcome<{ readonly visitId: string }>> {
  const { visitId } = found;
  const opened = { ok: true, value: { visitId } } as const;
  if (found.teacher === desk.me || !isOfSeveral(found.kind)) return refused('notAllowed');
  if (desk.visit(visitId).observers.includes(desk.me)) return opened;
  const intent = create(IntentSchema, { what: { case: 'join', value: { code: found.code } } });
  const facet = facetId(unhex(visitId), facetClass.plan);
  const local = {
    [nameOf(visitId)]: writeVisitCode(found),
    [`started/${visitId}`]: writing.now().wallMs,
  };
  const asked = await writing.attempt(() => desk.store.intend(facet, intent, writing.now(), local));
  return asked.ok ? opened : asked;
}

// A colleague's tablet may reach the server before the lead's: there is no such visit there yet. It is
// asked again, now and then, and at once when the plan has come.
export async function askToJoinAgain({ desk, writing }: AtDesk): Promise<void> {
  for (const name of desk.store.localNames(nameOf(''))) {
    const visitId = name.slice(nameOf('').length);
    const asked = newestAsked(desk, visitId);
    if (asked?.row.result?.outcome !== IntentOutcome.MISSING) continue;
    const plan = hex(facetId(unhex(visitId), facetClass.plan));
    const waits = writing.now().wallMs - asked.wallMs < askAgainAfterMs;
    if (waits && desk.store.base.facet(plan) === undefined) continue;
    await writing.intend(plan, intentOf(asked.body));
  }
}

function newestAsked(desk: Desk, visitId: string) {
  return desk
    .groupsOn(visitId)
    .filter(({ kind, body }) => kind === intentKind && intentOf(body).what.case === 'join')
    .at(-1);
}

// The code as a camera reads it; or typed, if this tablet holds the visit's plan.
function visitOf(desk: Desk, text: string): VisitCode | null {
  const read = readVisitCode(text);
  if (read !== null) return read;
  const typed = text.replaceAll('-', '').toUpperCase();
  if (!/^[0-9A-Z]{10}$/.test(typed)) return null;
  for (const visit of desk.allVisits()) {
    if (visit.plan.joinCode !== typed) continue;
    const { lessonStartMs = 0n, minutes = 0, classCode = '', room = '' } = visit.plan;
    const { id: visitId, teacher, lead, kind } = visit;
    const lessonMs = Number(lessonStartMs);
    return { visitId, teacher, lead, code: typed, kind, lessonMs, minutes, classCode, room };
  }
  return null;
}
