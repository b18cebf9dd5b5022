// What a record of the feedback loop is called where unsent work is listed.
import { ManagementCellSchema } from '#proto/management_pb';
import { CycleReviewSchema, ReferralBodySchema } from '#proto/referral_pb';
import { hex } from '../../model/bytes';
import { facetClass } from '../../model/visit';
import type { Desk } from '../desk';
import { heldRecord } from './held';

const letters = (id: Uint8Array | undefined) => (id === undefined ? '' : hex(id));

// Null: the record is none of the feedback loop. Empty: nothing is known to call it by.
export function practiceTitle(desk: Desk, record: string): string | null {
  const { directory } = desk;
  const orgName = (id: Uint8Array | undefined) => directory.orgs.get(letters(id))?.name ?? '';
  const review = heldRecord(desk, record, CycleReviewSchema, facetClass.cycleReview);
  if (review !== null) return orgName(review.message.scope);
  const cell = heldRecord(desk, record, ManagementCellSchema, facetClass.managementCell);
  if (cell !== null) {
    return [orgName(cell.message.scope), cell.message.function ?? ''].filter(Boolean).join(' · ');
  }
  const referral = heldRecord(desk, record, ReferralBodySchema, facetClass.referral);
  if (referral === null) return null;
  const { subject, department } = referral.message;
  return directory.nameOf(letters(subject)) || orgName(department);
}
