// "Is it one lesson?": visits of one teacher at one time, one of them my own, and what I answer.
//
// Asked of whoever could give theirs up, about a visit that this tablet holds anyway: nobody hears of a
// visit that they may not read. The server decides, and brings along what another tablet has not sent yet.
import { create } from '@bufbuild/protobuf';
import { IntentSchema } from '#proto/sync_pb';
import { unhex } from '../model/bytes';
import { facetClass, VisitRecord } from '../model/visit';
import type { Outcome, SameLesson, SameLessonGestures } from './contract';
import { type Desk, kindName } from './desk';
import type { AtDesk } from './gestures';
import { offerWaits } from './offers';
import { isFormal } from './visit-page';
import { whoFacts } from './who';
import { refused } from './writing';

const dayMs = 86_400_000;
const nearMs = 30 * 60_000;
const submitted = 3;
const shared = 4;
const closed = 5;
const mostObservers = 8;
// A question about last month's lesson is no help.
const askedForDays = 14;

const twoName = (mine: string, theirs: string) => `two-lessons/${[mine, theirs].sort().join('/')}`;

const startOf = ({ plan }: VisitRecord): number | null =>
  plan.lessonStartMs === undefined ? null : Number(plan.lessonStartMs);

const words = (text: string | undefined) => (text ?? '').trim().toLocaleLowerCase('en-GB');

function isOneLesson(a: VisitRecord, b: VisitRecord, dayOf: (ms: number) => string): boolean {
  const [from, to] = [startOf(a), startOf(b)];
  if (a.teacher === '' || a.teacher !== b.teacher || from === null || to === null) return false;
  // By the lessons' times alone: a course in the evening may go on over midnight.
  if (Math.abs(from - to) <= nearMs) return true;
  if (dayOf(from) !== dayOf(to)) return false;
  const { period } = a.plan;
  const sameClass = words(a.plan.classCode) === words(b.plan.classCode);
  return period !== undefined && period === b.plan.period && sameClass;
}

// Nobody else observes in it, nothing of it is shared, and nothing was asked of the server that ends it.
function isMineAlone(desk: Desk, visit: VisitRecord): boolean {
  const { phase } = visit;
  if (!visit.hasPlan || visit.lead !== desk.me || !isFormal(visit)) return false;
  if (phase.withdrawn || phase.level >= shared) return false;
  if (visit.observers.some((observer) => observer !== desk.me)) return false;
  // In a colleague's visit it would be handed in with the page.
  if (offerWaits(desk, visit)) return false;
  const ends = ['moveSheet', 'withdraw', 'share'] as const;
  return !ends.some((name) => desk.pendingIntent(visit, name));
}

function mayGoInto(desk: Desk, visit: VisitRecord): boolean {
  const { phase } = visit;
  if (!visit.hasPlan || !isFormal(visit) || phase.withdrawn) return false;
  if (visit.observers.includes(desk.me)) return phase.level < closed;
  return phase.level < submitted && visit.observers.length < mostObservers;
}

function hasBegunFeedback(visit: VisitRecord): boolean {
  const { strengths, message, priority = '' } = visit.feedback;
  return strengths.length + message.length + visit.steps.steps.length > 0 || priority.trim() !== '';
}

export function sameLessons(desk: Desk, zone: string): SameLesson[] {
  const nowMs = desk.nowMs();
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
  const dayOf = (ms: number) => day.format(ms);
  const isRecent = (visit: VisitRecord) =>
    Math.abs((startOf(visit) ?? 0) - nowMs) < askedForDays * dayMs;
  const own = desk.ownVisits().filter((visit) => isRecent(visit) && isMineAlone(desk, visit));
  if (own.length === 0) return [];
  const teachers = new Set(own.map(({ teacher }) => teacher));
  const others = desk
    .allVisits()
    .filter((visit) => teachers.has(visit.teacher) && isRecent(visit) && mayGoInto(desk, visit));
  const found: SameLesson[] = [];
  for (const mine of own) {
    const theirs = others.find((other) => {
      if (other.id === mine.id || !isOneLesson(mine, other, dayOf)) return false;
      // Of two of my own the later one is given up; ids begin with a time.
      if (isMineAlone(desk, other) && other.id > mine.id) return false;
      return desk.store.local<boolean>(twoName(mine.id, other.id)) !== true;
    });
    if (theirs !== undefined) found.push(pageOf(desk, mine, theirs));
  }
  return found.sort((a, b) => b.lessonMs - a.lessonMs);
}

function pageOf(desk: Desk, mine: VisitRecord, theirs: VisitRecord): SameLesson {
  const withMe = new VisitRecord(desk.store, theirs.id, { plan: theirs.plan, me: desk.me });
  const isMineToo = theirs.lead === desk.me;
  return {
    mine: mine.id,
    theirs: theirs.id,
    kind: kindName(theirs.kind),
    teacher: desk.directory.nameOf(mine.teacher),
    colleague: isMineToo ? '' : desk.directory.nameOf(theirs.lead),
    classCode: mine.plan.classCode || (theirs.plan.classCode ?? ''),
    lessonMs: startOf(mine) ?? 0,
    period: mine.plan.period ?? theirs.plan.period ?? null,
    who: whoFacts(desk, withMe),
    feedbackBegun: !isMineToo && hasBegunFeedback(mine),
  };
}

export function sameLessonGestures(
  at: () => AtDesk | null,
  zone: () => string,
): SameLessonGestures {
  const asked = (here: AtDesk, mine: string, theirs: string) =>
    sameLessons(here.desk, zone()).find((one) => one.mine === mine && one.theirs === theirs);
  return {
    joinLessons: (mine, theirs): Promise<Outcome> => {
      const here = at();
      const found = here === null ? undefined : asked(here, mine, theirs);
      if (here === null || found === undefined || found.feedbackBegun)
        return Promise.resolve(refused('notAllowed'));
      const intent = create(IntentSchema, {
        what: { case: 'moveSheet', value: { target: unhex(theirs) } },
      });
      const { desk, writing } = here;
      return writing.intend(desk.visit(mine).facet(facetClass.sheet, unhex(desk.me)), intent);
    },
    keepTwoLessons: (mine, theirs): Promise<Outcome> => {
      const here = at();
      if (here === null) return Promise.resolve(refused('notAllowed'));
      return here.writing.note({ [twoName(mine, theirs)]: true });
    },
  };
}
