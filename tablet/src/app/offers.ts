// An offer of help from a walk-round: a draft that stays with its observer until they have spoken with
// the teacher, and say so. Ending the walk does not hand it in, and neither does anything else.
import { create } from '@bufbuild/protobuf';
import { SheetSchema, VisitKind } from '#proto/observation_pb';
import { IntentSchema } from '#proto/sync_pb';
import { unhex } from '../model/bytes';
import { Changes } from '../model/gesture';
import { facetClass, type VisitRecord } from '../model/visit';
import type { Outcome } from './contract';
import type { Desk } from './desk';
import type { AtDesk } from './gestures';
import { refused, type Writing } from './writing';

// Whether this visit is an offer of help of mine that waits.
export function offerWaits(desk: Desk, visit: VisitRecord): boolean {
  if (visit.kind !== VisitKind.WALK || visit.lead !== desk.me) return false;
  if (visit.sheet(desk.me).offerHelp !== true) return false;
  if (visit.phase.withdrawn || desk.pendingIntent(visit, 'withdraw')) return false;
  return !isHandedIn(desk, visit);
}

export function isHandedIn(desk: Desk, visit: VisitRecord): boolean {
  const asked = desk.pendingIntent(visit, 'submit') || desk.pendingIntent(visit, 'share');
  return asked || visit.submitted(desk.me) || visit.phase.round > 0;
}

const pageOf = (desk: Desk, visit: VisitRecord) => visit.facet(facetClass.sheet, unhex(desk.me));

export function submitPage(desk: Desk, visit: VisitRecord, writing: Writing): Promise<Outcome> {
  const intent = create(IntentSchema, { what: { case: 'submit', value: {} } });
  return writing.intend(pageOf(desk, visit), intent);
}

export interface OfferGestures {
  // "I have spoken": the page with the offer is handed in.
  readonly haveSpoken: (visitId: string) => Promise<Outcome>;
  // The offer goes, and what stays is a room that was seen.
  readonly takeBackOffer: (visitId: string) => Promise<Outcome>;
}

// `inOpenWalk`: the walk in which it was logged goes on, and hands it in when it ends.
export function offerGestures(
  at: () => AtDesk | null,
  inOpenWalk: (desk: Desk, visitId: string) => boolean,
): OfferGestures {
  const onOffer = async (
    visitId: string,
    run: (at: AtDesk, visit: VisitRecord) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const here = at();
    if (here === null) return refused('notAllowed');
    const visit = here.desk.visit(visitId);
    return offerWaits(here.desk, visit) ? run(here, visit) : refused('notAllowed');
  };
  return {
    haveSpoken: (visitId) =>
      onOffer(visitId, ({ desk, writing }, visit) => submitPage(desk, visit, writing)),
    takeBackOffer: (visitId) =>
      onOffer(visitId, async ({ desk, writing }, visit) => {
        const changes = new Changes(SheetSchema).set('offerHelp', false);
        const page = { facet: pageOf(desk, visit), changes };
        const written = await writing.write(visitId, null, [page]);
        if (!written.ok || inOpenWalk(desk, visitId)) return written;
        return submitPage(desk, visit, writing);
      }),
  };
}
