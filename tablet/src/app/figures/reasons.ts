// Why a figure is another one than before, where the page itself cannot tell: a visit that is no longer
// behind it, and a rule that it is counted by. What came is told by the page's own rows.
import { RecordKind } from '#proto/directory_pb';
import { type Change, ChangeReason, type ChangesReply } from '#proto/trend_pb';
import type { Reason, RuleKind } from '../contract';

const rules: Readonly<Partial<Record<RecordKind, RuleKind>>> = {
  [RecordKind.POLICY]: 'policy',
  [RecordKind.COVERAGE_RULE]: 'coverageRule',
  [RecordKind.RUBRIC_VERSION]: 'rubric',
  [RecordKind.CALENDAR]: 'calendar',
  [RecordKind.CYCLE]: 'cycle',
  [RecordKind.PERSON]: 'person',
};

function reasonOf(change: Change): Reason[] {
  const atMs = Number(change.arrivedMs);
  const { displayName: teacher } = change;
  switch (change.reason) {
    case ChangeReason.MOVED_AWAY:
    case ChangeReason.MERGED_AWAY: {
      const kind = change.reason === ChangeReason.MOVED_AWAY ? 'movedAway' : 'mergedAway';
      return [{ kind, teacher, lessonMs: Number(change.lessonStartMs), atMs }];
    }
    case ChangeReason.WITHDRAWN:
      return [{ kind: 'withdrawn', teacher, lessonMs: Number(change.lessonStartMs), atMs }];
    case ChangeReason.RULES: {
      const rule = rules[change.reference];
      return rule === undefined
        ? []
        : [{ kind: 'rules', rule, name: change.title || teacher, atMs }];
    }
    default:
      return [];
  }
}

// Latest first. Null: not answered yet.
export const reasonsOf = (reply: ChangesReply | null): Reason[] =>
  (reply?.changes ?? []).flatMap(reasonOf);
