// The six-week cycle: the server's answer, and of each review what this tablet holds and has written.
import type {
  CycleReply,
  CycleState as CycleStateReply,
  ReviewOfCycle,
} from '#proto/leadership_pb';
import { CheckPointState, type CycleReviewSchema } from '#proto/referral_pb';
import { hex, numberKey } from '../../model/bytes';
import type { Cycle, CycleAim, CycleReview, CycleState } from '../contract';
import type { Desk } from '../desk';
import { completenessOf } from '../figures/coverage';
import { differsIn, type HeldRecord, heldReviews } from './held';

const dayMs = 86_400_000;

type HeldReview = HeldRecord<typeof CycleReviewSchema>;

export function cycleState(desk: Desk, state: CycleStateReply): CycleState {
  const today = Math.floor(desk.nowMs() / dayMs);
  const next = state.weeks.find(({ fromDay }) => fromDay > today);
  return {
    id: hex(state.cycle),
    title: state.title,
    fromMs: state.fromDay * dayMs,
    toMs: state.toDay * dayMs,
    weeks: state.weeks.length,
    week: state.week,
    nextWeek: next === undefined ? null : { number: next.number, fromMs: next.fromDay * dayMs },
    nextCheckpointMs: state.nextCheckpointDay === 0 ? null : state.nextCheckpointDay * dayMs,
  };
}

export function cycleOf(desk: Desk, reply: CycleReply): Cycle {
  const cycle = reply.cycle === undefined ? '' : hex(reply.cycle.cycle);
  const held = new Map(heldReviews(desk).map((review) => [review.id, review]));
  const reviews: CycleReview[] = [];
  for (const review of reply.reviews) {
    const record = hex(review.record);
    if (record !== '') {
      reviews.push(reviewOf(desk, cycle, review, held.get(record) ?? null));
      continue;
    }
    // Begun here, and the server has not heard of it.
    const begun = [...held.values()].filter(({ message }) => isOf(message, cycle, review.scope));
    if (begun.length === 0) reviews.push(reviewOf(desk, cycle, review, null));
    for (const one of begun) reviews.push(reviewOf(desk, cycle, review, one));
  }
  return {
    state: reply.cycle === undefined ? null : cycleState(desk, reply.cycle),
    reviews,
    complete: completenessOf(reply.watermark),
  };
}

const isOf = (review: HeldReview['message'], cycle: string, scope: Uint8Array) =>
  review.cycle !== undefined &&
  review.scope !== undefined &&
  hex(review.cycle) === cycle &&
  hex(review.scope) === hex(scope);

const checkPointStates: Readonly<
  Partial<Record<CheckPointState, CycleReview['checkPoints'][number]['state']>>
> = {
  [CheckPointState.ON_TRACK]: 'onTrack',
  [CheckPointState.BEHIND]: 'behind',
  [CheckPointState.REACHED]: 'reached',
};

function reviewOf(
  desk: Desk,
  cycle: string,
  said: ReviewOfCycle,
  held: HeldReview | null,
): CycleReview {
  const today = Math.floor(desk.nowMs() / dayMs);
  const { record, scope, name } = said;
  const review = held?.message ?? said.review;
  const disputed = held?.disputed ?? [];
  const values = new Map(
    (review?.indicators ?? []).map(({ number, value }) => [number, value] as const),
  );
  const targets: CycleAim[] = (review?.targets ?? []).map((target) => {
    const { key, text = '', value, atMost = false, indicator } = target;
    const now = indicator === undefined ? undefined : values.get(indicator);
    return {
      key: hex(key),
      text,
      value: value === undefined ? null : Number(value),
      atMost,
      now: now === undefined ? null : Number(now),
      differs: differsIn(desk, disputed, key),
    };
  });
  const measured = targets.filter(({ value }) => value !== null);
  const isMet = ({ value, now, atMost }: CycleAim) =>
    value !== null && now !== null && (atMost ? now <= value : now >= value);
  return {
    record: held?.id ?? hex(record),
    cycle,
    scope: hex(scope),
    name,
    begun: held !== null || record.length > 0,
    mayWrite: held !== null || record.length === 0,
    kept: held?.kept ?? 'stored',
    targets,
    targetsMet: measured.filter(isMet).length,
    targetsMeasured: measured.length,
    checkPoints: (review?.checkPoints ?? []).map(({ week, state, text = '' }) => ({
      week,
      state: (state === undefined ? undefined : checkPointStates[state]) ?? 'none',
      text,
      differs: differsIn(desk, disputed, numberKey(week)),
    })),
    decisions: (review?.decisions ?? []).map(({ key, text = '', owner, dueDay, done = false }) => ({
      key: hex(key),
      text,
      owner: owner === undefined ? '' : desk.directory.nameOf(hex(owner)),
      ownerId: owner === undefined ? '' : hex(owner),
      dueMs: dueDay === undefined ? null : dueDay * dayMs,
      done,
      overdue: !done && dueDay !== undefined && dueDay < today,
      differs: differsIn(desk, disputed, key),
    })),
  };
}
