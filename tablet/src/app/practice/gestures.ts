// What people write on the pages of the feedback loop, as changes of its records.
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Role } from '#proto/directory_pb';
import { ManagementCellSchema, ManagementStatus } from '#proto/management_pb';
import { Strand } from '#proto/observation_pb';
import {
  CheckPointState,
  ConsentSchema,
  CycleReviewSchema,
  ReferralBodySchema,
  ReferralOutcome,
} from '#proto/referral_pb';
import { type Intent, IntentSchema } from '#proto/sync_pb';
import { type Bytes, hex, newRecordId, unhex } from '../../model/bytes';
import { Changes, placeAfter, type Value } from '../../model/gesture';
import { byteLength } from '../../model/value';
import { facetClass } from '../../model/visit';
import type {
  AimChange,
  CellChange,
  CellPlace,
  Outcome,
  PracticeGestures,
  ReviewPlace,
} from '../contract';
import type { Desk } from '../desk';
import type { AtDesk } from '../gestures';
import { refused } from '../writing';
import { facetOf, type HeldRecord, heldRecord, heldReviews } from './held';

const dayMs = 86_400_000;
const nobody: Outcome<never> = refused('notAllowed');
const dayOf = (ms: number) => Math.floor(ms / dayMs);

const bytes = {
  decision: 1000,
  aim: 500,
  week: 500,
  objective: 1000,
  evidence: 500,
  handOver: 2000,
  fn: 64,
  plan: 1000,
  words: 1000,
  reason: 500,
} as const;

const weekStates = {
  onTrack: CheckPointState.ON_TRACK,
  behind: CheckPointState.BEHIND,
  reached: CheckPointState.REACHED,
  none: null,
} as const;
const strands = {
  teaching: Strand.TEACHING,
  learning: Strand.LEARNING,
  behaviour: Strand.BEHAVIOUR,
  whole: null,
} as const;
const statuses = {
  planned: ManagementStatus.PLANNED,
  underWay: ManagementStatus.UNDER_WAY,
  inPlace: ManagementStatus.IN_PLACE,
  needsHelp: ManagementStatus.NEEDS_HELP,
  none: null,
} as const;
const outcomes = {
  embedded: ReferralOutcome.EMBEDDED,
  continuing: ReferralOutcome.CONTINUING,
  notNeeded: ReferralOutcome.NOT_NEEDED,
} as const;

const isTooLong = (limits: readonly (readonly [string | undefined, number])[]) =>
  limits.some(([text, limit]) => byteLength(text ?? '') > limit);

// Of a review that this tablet has begun and the page does not show yet, the same is meant.
function reviewAt(
  desk: Desk,
  { cycle, scope, record }: ReviewPlace,
): HeldRecord<typeof CycleReviewSchema> | null {
  if (record !== '') return heldRecord(desk, record, CycleReviewSchema, facetClass.cycleReview);
  const of = (id: Uint8Array | undefined) => (id === undefined ? '' : hex(id));
  return (
    heldReviews(desk).find(
      ({ message }) => of(message.cycle) === cycle && of(message.scope) === scope,
    ) ?? null
  );
}

const asked = (what: NonNullable<MessageInitShape<typeof IntentSchema>['what']>) =>
  create(IntentSchema, { what });

export function practiceGestures(
  at: () => AtDesk | null,
  random: (size: number) => Bytes,
): PracticeGestures {
  const newRecord = ({ writing }: AtDesk) => hex(newRecordId(writing.now().wallMs, random(16)));

  type ReviewChange = (c: Changes, held: HeldRecord<typeof CycleReviewSchema> | null) => void;

  // One after the other: of two that come at once, the second finds the review that the first began.
  let before: Promise<unknown> = Promise.resolve();
  const onReview = (place: ReviewPlace, change: ReviewChange): Promise<Outcome> => {
    const written = before.then(() => writeReview(place, change));
    before = written.catch(() => undefined);
    return written;
  };

  const writeReview = (place: ReviewPlace, change: ReviewChange): Promise<Outcome> => {
    const here = at();
    if (here === null) return Promise.resolve(nobody);
    const held = reviewAt(here.desk, place);
    // It is known to be there, and not on this tablet: nothing is written blindly.
    if (held === null && place.record !== '') return Promise.resolve(nobody);
    const record = held?.id ?? newRecord(here);
    const changes = new Changes(CycleReviewSchema);
    if (held === null) {
      changes.set('cycle', unhex(place.cycle)).set('scope', unhex(place.scope));
    }
    change(changes, held);
    const facet = facetOf(record, facetClass.cycleReview);
    return here.writing.write(record, null, [{ facet, changes }]);
  };

  const onReferral = (record: string, change: (c: Changes) => void): Promise<Outcome> => {
    const here = at();
    if (here === null || heldReferral(here, record) === null) return Promise.resolve(nobody);
    const changes = new Changes(ReferralBodySchema);
    change(changes);
    const facet = facetOf(record, facetClass.referral);
    return here.writing.write(record, null, [{ facet, changes }]);
  };
  const askOfReferral = (record: string, intent: Intent): Promise<Outcome> => {
    const here = at();
    if (here === null || heldReferral(here, record) === null) return Promise.resolve(nobody);
    return here.writing.intend(facetOf(record, facetClass.referral), intent);
  };

  const writeCell = (record: string, change: CellChange, place: CellPlace | null) => {
    const here = at();
    if (here === null) return Promise.resolve(nobody);
    const { owner, objective, status, evidence = '', evidenceRecord = '', handOver } = change;
    const tooLong = isTooLong([
      [objective, bytes.objective],
      [evidence, bytes.evidence],
      [handOver, bytes.handOver],
      [place?.fn, bytes.fn],
    ]);
    if (tooLong) return Promise.resolve(refused('tooLong'));
    const changes = new Changes(ManagementCellSchema);
    if (place !== null) {
      changes.set('scope', unhex(place.scope)).set('role', roleNumber(place.role));
      changes.set('function', place.fn);
      const strand = strands[place.strand];
      if (strand !== null) changes.set('strand', strand);
    }
    if (owner !== undefined) changes.set('owner', owner === '' ? null : unhex(owner));
    if (objective !== undefined) changes.set('objective', objective);
    if (status !== undefined) changes.set('status', statuses[status]);
    if (handOver !== undefined) changes.set('handOver', handOver);
    if (evidence !== '' || evidenceRecord !== '') {
      const parts: Record<string, Value> = {};
      if (evidence !== '') parts.text = evidence;
      if (evidenceRecord !== '') parts.record = unhex(evidenceRecord);
      changes.entry('evidence', random(16), parts);
    }
    const facet = facetOf(record, facetClass.managementCell);
    return here.writing.write(record, null, [{ facet, changes }]);
  };

  return {
    decide: (place, key, { text, owner, dueMs, done }) => {
      if (isTooLong([[text, bytes.decision]])) return Promise.resolve(refused('tooLong'));
      return onReview(place, (c, held) => {
        const parts: Record<string, Value> = {};
        if (text !== undefined) parts.text = text;
        if (owner !== undefined) parts.owner = owner === '' ? null : unhex(owner);
        if (dueMs !== undefined) parts.dueDay = dayOf(dueMs);
        if (done !== undefined) parts.done = done;
        if (key === null) parts.place = placeAfter(held?.message.decisions.at(-1)?.place ?? null);
        c.entry('decisions', key === null ? random(16) : unhex(key), parts);
      });
    },
    aimFor: (place, key, change) => {
      if (isTooLong([[change.text, bytes.aim]])) return Promise.resolve(refused('tooLong'));
      return onReview(place, (c, held) => writeAim(c, held, key, change, random));
    },
    lookAtWeek: (place, week, state, text) => {
      if (isTooLong([[text, bytes.week]])) return Promise.resolve(refused('tooLong'));
      return onReview(place, (c) => {
        c.entry('checkPoints', week, { state: weekStates[state], text });
      });
    },
    beginCell: (place, change) => {
      const here = at();
      return here === null ? Promise.resolve(nobody) : writeCell(newRecord(here), change, place);
    },
    changeCell: (record, change) => {
      const here = at();
      const held =
        here !== null &&
        heldRecord(here.desk, record, ManagementCellSchema, facetClass.managementCell);
      return held ? writeCell(record, change, null) : Promise.resolve(nobody);
    },
    refer: async ({ teacher, department, helper, isPlan, elements, sources, aim, untilMs }) => {
      const here = at();
      if (here === null) return nobody;
      if (isTooLong([[aim, bytes.plan]])) return refused('tooLong');
      const record = newRecord(here);
      const changes = new Changes(ReferralBodySchema);
      if (teacher !== '') changes.set('subject', unhex(teacher));
      changes.set('department', unhex(department));
      if (helper !== '') changes.set('helper', unhex(helper));
      if (isPlan) changes.set('isSupportPlan', true);
      for (const element of elements) changes.entry('reasonElements', element);
      for (const visit of sources) changes.entry('sourceVisits', unhex(visit));
      if (aim !== '') changes.entry('aims', random(16), { text: aim, place: placeAfter(null) });
      changes.set('fromDay', dayOf(here.desk.nowMs()));
      if (untilMs !== null) changes.set('untilDay', dayOf(untilMs));
      const facet = facetOf(record, facetClass.referral);
      const written = await here.writing.write(record, null, [{ facet, changes }]);
      return written.ok ? { ok: true, value: { record } } : written;
    },
    openReferral: (record) => askOfReferral(record, asked({ case: 'share', value: { round: 1 } })),
    takeReferralBack: (record, reason) => {
      if (reason.trim() === '') return Promise.resolve(refused('reasonTooShort'));
      if (isTooLong([[reason, bytes.reason]])) return Promise.resolve(refused('tooLong'));
      return askOfReferral(record, asked({ case: 'withdraw', value: { reason } }));
    },
    closeReferral: (record) => askOfReferral(record, asked({ case: 'close', value: { round: 1 } })),
    aimOfReferral: (record, text) => {
      if (isTooLong([[text, bytes.plan]])) return Promise.resolve(refused('tooLong'));
      const here = at();
      const aims = here === null ? [] : (heldReferral(here, record)?.message.aims ?? []);
      return onReferral(record, (c) => {
        c.entry('aims', random(16), { text, place: placeAfter(aims.at(-1)?.place ?? null) });
      });
    },
    linkRevisit: (record, visitId) =>
      onReferral(record, (c) => void c.entry('revisits', unhex(visitId))),
    concludeReferral: (record, outcome) =>
      onReferral(record, (c) => void c.set('outcome', outcomes[outcome])),
    answerReferral: (record, given, words) => {
      if (isTooLong([[words, bytes.words]])) return Promise.resolve(refused('tooLong'));
      const here = at();
      const subject = here === null ? undefined : heldReferral(here, record)?.message.subject;
      if (here === null || subject === undefined || hex(subject) !== here.desk.me) {
        return Promise.resolve(nobody);
      }
      const changes = new Changes(ConsentSchema).set('given', given).set('words', words);
      const facet = facetOf(record, facetClass.consent, here.desk.me);
      return here.writing.write(record, null, [{ facet, changes }]);
    },
  };
}

const heldReferral = ({ desk }: AtDesk, record: string) =>
  heldRecord(desk, record, ReferralBodySchema, facetClass.referral);

const roleNumber = (name: string): Role => {
  const found = Object.entries(Role).find(([one]) => one === name)?.[1];
  return typeof found === 'number' ? found : Role.UNSPECIFIED;
};

// An aim with a number has an indicator of its own, in which staff type how far it is.
function writeAim(
  c: Changes,
  held: HeldRecord<typeof CycleReviewSchema> | null,
  key: string | null,
  { text, value, atMost, now }: AimChange,
  random: (size: number) => Bytes,
) {
  const targets = held?.message.targets ?? [];
  const known = targets.find((target) => hex(target.key) === key);
  const used = [
    ...targets.map(({ indicator = 0 }) => indicator),
    ...(held?.message.indicators ?? []).map(({ number }) => number),
  ];
  const parts: Record<string, Value> = {};
  if (text !== undefined) parts.text = text;
  if (value !== undefined) parts.value = value;
  if (atMost !== undefined) parts.atMost = atMost;
  if (key === null) parts.place = placeAfter(targets.at(-1)?.place ?? null);
  const isNumbered = value !== null && (value !== undefined || known?.value !== undefined);
  let { indicator } = known ?? {};
  if (isNumbered && indicator === undefined) {
    indicator = Math.max(0, ...used) + 1;
    parts.indicator = indicator;
  }
  c.entry('targets', key === null ? random(16) : unhex(key), parts);
  if (now !== undefined && indicator !== undefined)
    c.entry('indicators', indicator, { value: now });
}
