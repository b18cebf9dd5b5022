// The common view of a lesson that several people observed.
//
// An agreement names a digest of the common levels, made by the merge core as the server makes it. What is
// still open on this tablet has no name of its own yet, so it becomes a group first: then the digest is the
// one that the server will find, and if a colleague changed a level meanwhile it is not, and nobody is
// taken to have agreed to what they never saw.
import { create } from '@bufbuild/protobuf';
import { ConsensusSchema, VisitKind } from '#proto/observation_pb';
import { IntentSchema } from '#proto/sync_pb';
import { type Bytes, equal, hex, keyNumber, unhex } from '../model/bytes';
import { Changes, placeAfter } from '../model/gesture';
import { byteLength } from '../model/value';
import { facetClass, stampMs, type VisitRecord } from '../model/visit';
import type { Outcome, Rating, Team, TeamGestures } from './contract';
import type { Desk } from './desk';
import type { AtDesk } from './gestures';
import { questionsOf } from './questions';
import { refused } from './writing';

const levelsField = 1;
const reasonBytes = 2000;

// Kinds whose pages may become one view; as sync/judge.h says who may write it.
const kinds = new Set([
  VisitKind.DEPT,
  VisitKind.TEAM,
  VisitKind.WALK,
  VisitKind.MENTOR,
  VisitKind.AST,
  VisitKind.CALIB,
]);

export const isOfSeveral = (kind: VisitKind): boolean => kinds.has(kind);

export const isTeam = (visit: VisitRecord): boolean =>
  visit.observers.length > 1 && kinds.has(visit.kind);

const facetOf = (visit: VisitRecord): string => visit.facet(facetClass.consensus);

const expectedOf = (visit: VisitRecord): string[] =>
  visit.observers.filter((observer) => !visit.excused(observer));

// The observers who have agreed to the levels as this tablet shows them.
export function agreedTo(desk: Desk, visit: VisitRecord): string[] {
  const facet = facetOf(visit);
  if (!visit.holds(facet)) return [];
  const digest = desk.store.core.fieldDigest(desk.store.shown(facet), levelsField);
  const agreed = desk.store
    .view(ConsensusSchema, facet)
    .message.agreedBy.filter((one) => one.digest !== undefined && equal(one.digest, digest))
    .map((one) => hex(one.person));
  return expectedOf(visit).filter((observer) => agreed.includes(observer));
}

export function teamOf(desk: Desk, visit: VisitRecord): Team | null {
  if (!isTeam(visit)) return null;
  const facet = facetOf(visit);
  const view = visit.holds(facet) ? desk.store.view(ConsensusSchema, facet) : null;
  const levels: Record<number, Rating> = {};
  for (const { element, level } of view?.message.ratings ?? []) {
    if (level === undefined) continue;
    levels[element] = level === 0 ? { kind: 'notSeen' } : { kind: 'level', level };
  }
  const asked = questionsOf(desk, visit).filter((question) => question.facet === facet);
  for (const { list, key } of visit.disputed(ConsensusSchema, facet)) {
    if (list?.field.localName !== 'ratings' || key === null) continue;
    const element = keyNumber(key);
    const questionId = asked.find((question) => question.element === element)?.id ?? '';
    levels[element] = { kind: 'undecided', questionId };
  }
  const agreed = Object.keys(levels).length === 0 ? [] : agreedTo(desk, visit);
  const expected = expectedOf(visit);
  const all = agreed.length === expected.length && agreed.length > 0;
  return {
    open: visit.revealed,
    waitingFor: expected.filter((id) => !visit.submitted(id)).map((id) => desk.person(id)),
    expected: expected.map((id) => desk.person(id)),
    levels,
    reason: (view?.message.rationale ?? []).map(({ text }) => text ?? '').join('\n\n'),
    agreed: agreed.map((id) => desk.person(id)),
    iAgreed: agreed.includes(desk.me),
    allAgreedMs: all ? stampMs(view?.newestStamp ?? 0n) : null,
  };
}

// The pages are open, there is something to agree to, and this person has not.
export function awaitsAgreement(desk: Desk, visit: VisitRecord): boolean {
  if (!isTeam(visit) || !visit.revealed || visit.phase.round > 0 || visit.phase.withdrawn)
    return false;
  return expectedOf(visit).includes(desk.me) && !agreedTo(desk, visit).includes(desk.me);
}

// Elements of which every page that counts says the same level.
function sharedLevels(visit: VisitRecord): Map<number, number> {
  const shared = new Map<number, number | null>();
  const pages = expectedOf(visit).map((observer) => visit.sheet(observer).ratings);
  for (const { element } of pages.flat()) {
    const said = pages.map((page) => page.find((rating) => rating.element === element)?.level);
    const [first] = said;
    shared.set(
      element,
      first !== undefined && said.every((level) => level === first) ? first : null,
    );
  }
  return new Map([...shared].filter((entry): entry is [number, number] => entry[1] !== null));
}

export function teamGestures(
  at: () => AtDesk | null,
  random: (size: number) => Bytes,
): TeamGestures {
  type Do = (visit: VisitRecord, at: AtDesk) => Promise<Outcome>;
  // For an observer, once every page is in.
  const onTeam = (visitId: string, run: Do): Promise<Outcome> => {
    const here = at();
    const visit = here?.desk.visit(visitId);
    if (here === null || visit === undefined || !isTeam(visit))
      return Promise.resolve(refused('notAllowed'));
    if (!visit.observers.includes(here.desk.me)) return Promise.resolve(refused('notAllowed'));
    if (!visit.revealed) return Promise.resolve(refused('notAllSubmitted'));
    return run(visit, here);
  };
  const write = (visit: VisitRecord, { writing }: AtDesk, changes: Changes) =>
    writing.write(visit.id, null, [{ facet: facetOf(visit), changes }]);

  return {
    setCommonLevel: (visitId, element, level) =>
      onTeam(visitId, (visit, here) => {
        const changes = new Changes(ConsensusSchema);
        if (level === null) changes.remove('ratings', element);
        else changes.entry('ratings', element, { level });
        return write(visit, here, changes);
      }),
    takeSharedLevels: (visitId) =>
      onTeam(visitId, (visit, here) => {
        const known = teamOf(here.desk, visit)?.levels ?? {};
        const changes = new Changes(ConsensusSchema);
        for (const [element, level] of sharedLevels(visit)) {
          if (known[element] === undefined) changes.entry('ratings', element, { level });
        }
        return write(visit, here, changes);
      }),
    setTeamReason: (visitId, text) =>
      onTeam(visitId, (visit, here) => {
        if (byteLength(text) > reasonBytes) return Promise.resolve(refused('tooLong'));
        const { rationale } = here.desk.store.view(ConsensusSchema, facetOf(visit)).message;
        const changes = new Changes(ConsensusSchema);
        const [first, ...others] = rationale;
        if (first === undefined)
          changes.entry('rationale', random(16), { text, place: placeAfter(null) });
        else changes.entry('rationale', first.key, { text });
        // One field shows them all: what was typed into it is the whole.
        for (const { key } of others) changes.remove('rationale', key);
        return write(visit, here, changes);
      }),
    agree: (visitId) =>
      onTeam(visitId, async (visit, here) => {
        const { store, me } = here.desk;
        const sealed = await here.writing.attempt(() => store.seal());
        if (!sealed.ok) return sealed;
        const digest = store.core.fieldDigest(store.shown(facetOf(visit)), levelsField);
        const changes = new Changes(ConsensusSchema).entry('agreedBy', unhex(me), { digest });
        return write(visit, here, changes);
      }),
    excuse: (visitId, observerId) => {
      const here = at();
      const visit = here?.desk.visit(visitId);
      if (here === null || visit === undefined || visit.lead !== here.desk.me)
        return Promise.resolve(refused('notAllowed'));
      const intent = create(IntentSchema, {
        what: { case: 'excuse', value: { observer: unhex(observerId) } },
      });
      return here.writing.intend(visit.facet(facetClass.plan), intent);
    },
  };
}
