#include "storage/practice/changes_page.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "halfterm/disk/rows.pb.h"
#include "storage/commit/counted_at.h"
#include "storage/commit/group_time.h"
#include "storage/practice/org_asked.h"
#include "storage/practice/rule_changes.h"
#include "storage/practice/visible_record.h"
#include "storage/scope_bytes.h"
#include "sync/facts.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr size_t kLookedAt = 1000, kListed = 100;

// The newest change of each record that any of the scopes has seen after the view; at most so many,
// the earliest first.
absl::StatusOr<std::map<Id16, uint64_t>> ChangedAfter(const Question& question,
                                                      const std::vector<core::Scope>& scopes,
                                                      uint64_t seq, bool& more) {
  std::vector<std::pair<uint64_t, Id16>> all;
  for (const core::Scope& scope : scopes) {
    const std::string end = EndOfPrefix(FeedPrefix(question.tenant, scope));
    const std::unique_ptr<Cursor> cursor =
        question.snapshot.NewCursor(Family::kFeed, FeedAfter(question.tenant, scope, seq), end);
    size_t looked_at = 0;
    for (; cursor->Valid() && looked_at < kLookedAt; cursor->Next(), ++looked_at) {
      const std::optional<ParsedFeedKey> key = ParseFeedKey(cursor->key());
      if (key) all.emplace_back(key->seq, key->record);
    }
    more = more || cursor->Valid();
    if (!cursor->status().ok()) return cursor->status();
  }
  std::sort(all.begin(), all.end());
  std::map<Id16, uint64_t> newest;
  for (const auto& [changed, record] : all) {
    if (newest.size() >= kLookedAt && newest.count(record) == 0) {
      more = true;
      continue;
    }
    newest[record] = std::max(newest[record], changed);
  }
  return newest;
}

absl::StatusOr<disk::LogRow> LogRowAt(const Question& question, uint64_t seq) {
  disk::LogRow row;
  const absl::StatusOr<std::string> stored =
      question.snapshot.Get(Family::kLog, OplogKey(question.tenant, seq));
  if (absl::IsNotFound(stored.status())) return row;
  if (!stored.ok()) return stored.status();
  if (!row.ParseFromString(*stored)) return absl::DataLossError("a row of the log cannot be read");
  return row;
}

int64_t ArrivedMs(const disk::LogRow& row) {
  return row.upper_ms() != 0 ? row.upper_ms() : MsOfStamp(row.stamp());
}

// Which visits are behind the page.
struct Behind {
  Id16 teacher;         // Zeros: anybody's.
  const OrgAsked* org;  // Null: any department.
  uint16_t half_term;
};

class ChangesPage {
 public:
  ChangesPage(const Question& question, const Behind& behind, const v1::ChangesRequest& request,
              int64_t viewed_ms)
      : question_(question),
        behind_(behind),
        viewed_seq_(request.since_seq()),
        viewed_ms_(viewed_ms),
        scopes_(question.access.FeedScopes()) {}

  // The record's newest change is `seq`.
  absl::Status AddIfBehind(const Id16& id, uint64_t seq, std::vector<v1::Change>& changes) const {
    const absl::StatusOr<VisibleRecord> record = VisibleRecord::Read(question_, id);
    if (!record.ok()) return record.status();
    disk::RecordRow row;
    const absl::StatusOr<std::string> stored =
        question_.snapshot.Get(Family::kDerived, RecordKey(question_.tenant, id));
    if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
    if (stored.ok() && !row.ParseFromString(*stored)) {
      return absl::DataLossError("the derived row of a record cannot be read");
    }
    const auto at = CountedAtOf(record->view(), record->facts(), question_.directory);
    if (at && IsBehind(*at)) return AddHere(id, seq, *record, row, changes);
    return AddAway(id, row, changes);
  }

 private:
  bool IsBehind(const disk::CountedAt& at) const {
    if (at.h2() != behind_.half_term) return false;
    if (!behind_.teacher.IsZero() && at.teacher() != behind_.teacher.view()) return false;
    return behind_.org == nullptr ||
           behind_.org->Holds(Id16::FromBytes(at.department()).value_or(Id16{}));
  }
  // Which of the earlier places the visit counted at when the page was viewed; -1: it was nowhere
  // yet, or is there still.
  int AtTheView(const disk::RecordRow& row) const {
    for (int i = 0; i < row.before_size(); ++i) {
      const disk::CountedBefore& before = row.before(i);
      if (before.at().since_seq() <= viewed_seq_ && viewed_seq_ < before.seq()) return i;
    }
    return -1;
  }
  bool MayHear(const disk::CountedBefore& before) const {
    std::vector<core::Scope> scopes;
    if (!ParseScopes(before.scopes(), scopes)) return false;
    return std::any_of(scopes.begin(), scopes.end(), [this](const core::Scope& scope) {
      return std::binary_search(scopes_.begin(), scopes_.end(), scope);
    });
  }
  // Only an administrator's merge gives a visit another teacher without somebody's group.
  absl::StatusOr<bool> IsMerge(const disk::CountedAt& was, const disk::CountedAt& is,
                               uint64_t seq) const {
    if (was.teacher() == is.teacher()) return false;
    const absl::StatusOr<disk::LogRow> log = LogRowAt(question_, seq);
    if (!log.ok()) return log.status();
    return log->replica() == 0;
  }

  absl::Status AddHere(const Id16& id, uint64_t seq, const VisibleRecord& record,
                       const disk::RecordRow& row, std::vector<v1::Change>& changes) const {
    const core::VisitFacts& facts = record.facts();
    const absl::StatusOr<disk::LogRow> log = LogRowAt(question_, seq);
    if (!log.ok()) return log.status();
    const bool came_late = log->estimate_ms() != 0 && log->estimate_ms() < viewed_ms_;
    v1::ChangeReason reason = facts.phase.withdrawn ? v1::CHANGE_REASON_WITHDRAWN
                              : came_late           ? v1::CHANGE_REASON_CAME_LATE
                                                    : v1::CHANGE_REASON_CHANGED;
    const int viewed = AtTheView(row);
    if (viewed >= 0 && !IsBehind(row.before(viewed).at()) && !facts.phase.withdrawn) {
      const disk::CountedBefore& last = *row.before().rbegin();
      const absl::StatusOr<bool> merged = IsMerge(last.at(), row.counted(), last.seq());
      if (!merged.ok()) return merged.status();
      reason = *merged ? v1::CHANGE_REASON_MERGED_HERE : v1::CHANGE_REASON_MOVED_HERE;
    }
    v1::Change& change = changes.emplace_back();
    change.set_visit(std::string(id.view()));
    change.set_teacher(std::string(facts.teacher.view()));
    change.set_display_name(NameOf(question_, facts.teacher));
    change.set_kind(static_cast<v1::VisitKind>(facts.kind));
    change.set_lesson_start_ms(sync::LessonStartMs(record.view()));
    change.set_arrived_ms(ArrivedMs(*log));
    change.set_written_ms(log->estimate_ms());
    change.set_seq(seq);
    change.set_reason(reason);
    return absl::OkStatus();
  }

  // What the caller is told is what the page said before, and nothing of where the visit is now.
  absl::Status AddAway(const Id16& id, const disk::RecordRow& row,
                       std::vector<v1::Change>& changes) const {
    const int viewed = AtTheView(row);
    if (viewed < 0) return absl::OkStatus();
    const disk::CountedBefore& before = row.before(viewed);
    if (!IsBehind(before.at()) || !MayHear(before)) return absl::OkStatus();
    const disk::CountedAt& next =
        viewed + 1 < row.before_size() ? row.before(viewed + 1).at() : row.counted();
    const absl::StatusOr<bool> merged = IsMerge(before.at(), next, before.seq());
    if (!merged.ok()) return merged.status();
    const absl::StatusOr<disk::LogRow> log = LogRowAt(question_, before.seq());
    if (!log.ok()) return log.status();
    const Id16 teacher = Id16::FromBytes(before.at().teacher()).value_or(Id16{});
    v1::Change& change = changes.emplace_back();
    change.set_visit(std::string(id.view()));
    change.set_teacher(before.at().teacher());
    change.set_display_name(NameOf(question_, teacher));
    change.set_kind(static_cast<v1::VisitKind>(before.at().kind()));
    change.set_lesson_start_ms(before.at().lesson_start_ms());
    change.set_arrived_ms(ArrivedMs(*log));
    change.set_seq(before.seq());
    change.set_reason(*merged ? v1::CHANGE_REASON_MERGED_AWAY : v1::CHANGE_REASON_MOVED_AWAY);
    return absl::OkStatus();
  }

  const Question& question_;
  const Behind behind_;
  const uint64_t viewed_seq_;
  const int64_t viewed_ms_;
  const std::vector<core::Scope> scopes_;  // Ascending.
};

// Whether the caller reads the teacher's page at all.
bool ReadsTeacher(const Question& question, const Id16& teacher) {
  if (question.access.OwnPage(teacher)) return true;
  const v1::Person* person = question.directory.Person(teacher);
  if (person == nullptr) return false;
  const auto& departments = person->departments();
  return std::any_of(departments.begin(), departments.end(), [&](const auto& membership) {
    return question.access.LeadsPage(teacher, Id16::FromBytes(membership.org()).value_or(Id16{}));
  });
}

}  // namespace

absl::StatusOr<v1::ChangesReply> ReadChangesPage(const Question& question,
                                                 const v1::ChangesRequest& request) {
  if (request.teacher().empty() == request.org().empty()) {
    return absl::InvalidArgumentError("exactly one of teacher and org is set");
  }
  if (request.since_seq() == 0) return absl::InvalidArgumentError("since_seq is not set");
  Behind behind{};
  OrgAsked asked;
  Id16 home;
  if (!request.org().empty()) {
    absl::StatusOr<OrgAsked> org = OrgAskedFor(question, request.org());
    if (!org.ok()) return org.status();
    asked = *std::move(org);
    behind.org = &asked;
    home = asked.id;
  } else {
    const absl::StatusOr<Id16> teacher = RequiredId(request.teacher(), "teacher");
    if (!teacher.ok()) return teacher.status();
    if (!ReadsTeacher(question, *teacher)) return NotThereOrNotYours();
    behind.teacher = *teacher;
    home = question.directory.FirstDepartmentOf(*teacher);
  }
  const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question, home, request.h2());
  if (!half_term.ok()) return half_term.status();
  behind.half_term = *half_term;

  v1::ChangesReply reply;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, {}, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  reply.set_h2(*half_term);
  const absl::StatusOr<disk::LogRow> viewed = LogRowAt(question, request.since_seq());
  if (!viewed.ok()) return viewed.status();
  const int64_t viewed_ms = ArrivedMs(*viewed);
  bool more = false;
  std::vector<v1::Change> changes;
  const auto changed =
      ChangedAfter(question, question.access.FeedScopes(), request.since_seq(), more);
  if (!changed.ok()) return changed.status();
  const ChangesPage page(question, behind, request, viewed_ms);
  for (const auto& [record, seq] : *changed) {
    const absl::Status added = page.AddIfBehind(record, seq, changes);
    if (!added.ok()) return added;
  }
  if (question.access.ReadsStaff()) {
    const auto rules = ChangedAfter(question, {core::StaffScope()}, request.since_seq(), more);
    if (!rules.ok()) return rules.status();
    for (const auto& [record, seq] : *rules) {
      const std::optional<v1::Change> change =
          RuleChange(question, {behind.teacher, behind.org, home}, record);
      if (!change) continue;
      const absl::StatusOr<disk::LogRow> log = LogRowAt(question, seq);
      if (!log.ok()) return log.status();
      changes.push_back(*change);
      changes.back().set_seq(seq);
      changes.back().set_arrived_ms(ArrivedMs(*log));
    }
  }
  std::sort(changes.begin(), changes.end(),
            [](const v1::Change& a, const v1::Change& b) { return a.seq() > b.seq(); });
  more = more || changes.size() > kListed;
  if (changes.size() > kListed) changes.resize(kListed);
  for (v1::Change& change : changes) *reply.add_changes() = std::move(change);
  reply.set_more(more);
  return reply;
}

}  // namespace halfterm::storage
