// The records of the feedback loop that this tablet holds: reviews of cycles, cells of the management
// matrix, referrals. As the person sees them, with what they wrote here and the server does not have yet.
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { ManagementCellSchema } from '#proto/management_pb';
import { CycleReviewSchema, ReferralBodySchema } from '#proto/referral_pb';
import { Disposition } from '#proto/sync_pb';
import { equal, hex } from '../../model/bytes';
import { decodeSigned, decodeText, decodeUnsigned } from '../../model/value';
import type { Disputed } from '../../model/view';
import { facetClass } from '../../model/visit';
import type { Differs, KeptHere } from '../contract';
import type { Desk } from '../desk';

const dayMs = 86_400_000;
const wholeRecord = '00'.repeat(16);

export interface HeldRecord<D extends DescMessage> {
  // Letters of the record.
  readonly id: string;
  readonly facet: string;
  readonly message: MessageShape<D>;
  readonly kept: KeptHere;
  readonly disputed: readonly Disputed[];
}

function keptHere(desk: Desk, record: string): KeptHere {
  if (desk.waitingOn(record).changes > 0) return 'onTablet';
  const isAside = desk
    .groupsOn(record)
    .some(({ row: { result } }) => result?.disposition === Disposition.QUARANTINED);
  return isAside ? 'parked' : 'stored';
}

export const facetOf = (record: string, of: number, sub = wholeRecord): string =>
  record + of.toString(16).padStart(2, '0') + sub;

export function heldRecord<D extends DescMessage>(
  desk: Desk,
  record: string,
  message: D,
  of: number,
  sub?: string,
): HeldRecord<D> | null {
  const facet = facetOf(record, of, sub);
  if (!desk.store.facetsOf(record).includes(facet)) return null;
  const view = desk.store.view(message, facet);
  return {
    id: record,
    facet,
    message: view.message,
    kept: keptHere(desk, record),
    disputed: view.disputed.filter(({ field }) => field.ask || field.form === 'text'),
  };
}

function heldOf<D extends DescMessage>(desk: Desk, message: D, of: number): HeldRecord<D>[] {
  const held: HeldRecord<D>[] = [];
  for (const record of desk.store.allRecords()) {
    const one = heldRecord(desk, record, message, of);
    if (one !== null) held.push(one);
  }
  // Ids begin with the time of their making.
  return held.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export const heldReviews = (desk: Desk) => heldOf(desk, CycleReviewSchema, facetClass.cycleReview);
export const heldCells = (desk: Desk) =>
  heldOf(desk, ManagementCellSchema, facetClass.managementCell);
export const heldReferrals = (desk: Desk) => heldOf(desk, ReferralBodySchema, facetClass.referral);

// What colleagues wrote side by side, in words: of an entry of a list, or of the record itself.
export function differsIn(
  desk: Desk,
  disputed: readonly Disputed[],
  key: Uint8Array | null,
): Differs[] {
  return disputed
    .filter((one) => (one.key === null ? key === null : key !== null && equal(one.key, key)))
    .map(({ field, values }) => ({
      field: field.field.localName,
      values: values.map(({ value }) => {
        if (value.length === 0) return '';
        if (field.field.localName.endsWith('Day')) return Number(decodeSigned(value)) * dayMs;
        if (field.form === 'text') return decodeText(value);
        if (field.form === 'bytes') return desk.directory.nameOf(hex(value));
        return String(
          field.form === 'signed' ? decodeSigned(value) : Number(decodeUnsigned(value)),
        );
      }),
    }));
}
