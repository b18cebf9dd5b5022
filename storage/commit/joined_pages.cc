#include "storage/commit/joined_pages.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "storage/commit/erasure.h"
#include "storage/directory/directory_writer.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/limits.h"
#include "sync/facts.h"
#include "sync/joined_page.h"
#include "sync/judge.h"
#include "sync/rights.h"
#include "sync/school_calendar.h"
#include "sync/value.h"

namespace halfterm::storage {
namespace {

using core::Facet;
using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;

constexpr const char* kReason = "joined";

// The place in the target to which a page of the source goes; of its sheets only the lead's own is
// there. Feedback and steps are their lead's, so they go along where the target has the same one.
bool GoesAlong(const FacetId& page, const core::VisitFacts& source,
               const core::VisitFacts& target) {
  switch (page.facet_class) {
    case core::kSheet:
      return page.sub == source.lead;
    case core::kFeedback:
    case core::kSteps:
      return source.lead == target.lead;
    default:
      return false;
  }
}

bool HoldsWords(const Facet& facet) {
  return std::any_of(facet.cells.begin(), facet.cells.end(), [](const core::Cell& cell) {
    return std::any_of(cell.siblings.begin(), cell.siblings.end(),
                       [](const core::Sibling& sibling) { return !sibling.value.empty(); });
  });
}

bool IsOneLesson(const RecordState& a, const core::VisitFacts& of_a, const RecordState& b,
                 const core::VisitFacts& of_b, const sync::Directory& directory) {
  if (of_a.teacher.IsZero() || of_a.teacher != of_b.teacher) return false;
  const int64_t a_ms = sync::LessonStartMs(a.View()), b_ms = sync::LessonStartMs(b.View());
  const absl::TimeZone zone = directory.ZoneOf(of_b.school);
  return a_ms != 0 && b_ms != 0 && sync::DayOf(a_ms, zone) == sync::DayOf(b_ms, zone);
}

bool IsObserver(const core::VisitFacts& facts, const Id16& person) {
  return person == facts.lead ||
         std::find(facts.observers.begin(), facts.observers.end(), person) != facts.observers.end();
}

// Writes `value` on the record's plan over what it shows.
absl::Status SetOnPlan(Batch& batch, RecordState& record, const Path& path, const Id16& author,
                       std::string value, uint64_t seq, disk::LogRow& log) {
  const FacetId plan{record.id, core::kPlan, {}};
  const FacetState* held = record.Find(plan);
  const absl::StatusOr<core::Dot> dot = batch.ServerDot(record.tenant);
  if (!dot.ok()) return dot.status();
  const absl::StatusOr<uint64_t> stamp = batch.ServerStamp(record.tenant);
  if (!stamp.ok()) return stamp.status();
  core::Cell cell =
      core::Written(held == nullptr ? Facet{} : held->facet, path, *dot, author, std::move(value));
  for (core::Sibling& sibling : cell.siblings) sibling.stamp = *stamp;
  Facet delta;
  delta.cells.push_back(std::move(cell));
  return batch.ServerWrite(record, plan, std::move(delta), seq, log);
}

// The visit into which `record` was joined; null: it was not, or that one is no more.
absl::StatusOr<RecordState*> TargetOf(Batch& batch, RecordState& record) {
  if (!batch.FactsOf(record).phase.withdrawn) return nullptr;
  const Id16 target = sync::JoinedInto(record.View());
  if (target.IsZero() || target == record.id) return nullptr;
  const absl::StatusOr<bool> erased = IsErased(batch, record.tenant, target);
  if (!erased.ok()) return erased.status();
  if (*erased) return nullptr;
  return batch.Record(record.tenant, target);
}

bool HasRoom(RecordState& target, const FacetId& page, const Facet& delta, size_t bytes) {
  const FacetState* held = target.Find({target.id, page.facet_class, page.sub});
  return held == nullptr || !WouldOutgrow(*held, delta, bytes);
}

// What the page says that the other visit has not heard.
Facet NewThere(const FacetState& page, const FacetState* held) {
  Facet copy = sync::AsJoined(page.facet, page.id.facet_class, page.id.record);
  if (held == nullptr) return copy;
  Facet news;
  for (core::Cell& cell : copy.cells) {
    const core::Cell* known = held->facet.Find(cell.path);
    if (known != nullptr) {
      core::JoinReport report;
      core::Join(*known, cell, &report);
      if (!report.changed) continue;
    }
    news.cells.push_back(std::move(cell));
  }
  return news;
}

// A group that has its number; the commit's own takes one where there is something to write.
class CarryingGroup {
 public:
  CarryingGroup(Batch& batch, Tenant tenant) : batch_(batch), tenant_(tenant) {}
  CarryingGroup(Batch& batch, Tenant tenant, uint64_t seq, disk::LogRow& log)
      : batch_(batch), tenant_(tenant), seq_(seq), log_(&log) {}

  absl::Status Carry(const FacetState& page, RecordState& target) {
    const FacetId place{target.id, page.id.facet_class, page.id.sub};
    Facet news = NewThere(page, target.Find(place));
    if (news.cells.empty()) return absl::OkStatus();
    if (const absl::Status begun = Begin(); !begun.ok()) return begun;
    const size_t bytes = core::Encode(news).size();
    const absl::Status written = batch_.ServerWrite(target, place, std::move(news), seq_, *log_);
    if (!written.ok()) return written;
    target.Find(place)->bytes += bytes;
    return RaiseDraft(batch_, target, place, seq_, *log_);
  }

  void End() {
    if (log_ != &own_) return;
    batch_.PutUnread(Family::kLog, OplogKey(tenant_, seq_), own_.SerializeAsString());
  }

 private:
  absl::Status Begin() {
    if (log_ != nullptr) return absl::OkStatus();
    absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch_, tenant_);
    if (!log.ok()) return log.status();
    const absl::StatusOr<uint64_t> seq = batch_.NextSeq(tenant_);
    if (!seq.ok()) return seq.status();
    own_ = *std::move(log);
    seq_ = *seq;
    log_ = &own_;
    return absl::OkStatus();
  }

  Batch& batch_;
  const Tenant tenant_;
  uint64_t seq_ = 0;
  disk::LogRow own_;
  disk::LogRow* log_ = nullptr;
};

// Nothing is joined into a visit that was itself joined before. But a move that a restore lost may
// come back after another one, the other way round: `met` are the visits on the way so far.
absl::Status CarryFrom(Batch& batch, RecordState& source, CarryingGroup& group,
                       std::set<Id16> met = {}) {
  if (!met.insert(source.id).second) return absl::OkStatus();
  const absl::StatusOr<RecordState*> target = TargetOf(batch, source);
  if (!target.ok()) return target.status();
  if (*target == nullptr) return absl::OkStatus();
  const core::VisitFacts from = batch.FactsOf(source), into = batch.FactsOf(**target);
  if (!into.has_plan) return absl::OkStatus();
  for (const FacetState& page : source.facets) {
    if (!GoesAlong(page.id, from, into)) continue;
    if (const absl::Status carried = group.Carry(page, **target); !carried.ok()) return carried;
  }
  return CarryFrom(batch, **target, group, std::move(met));
}

absl::StatusOr<Following> FollowingFrom(Batch& batch, RecordState& record, const FacetId& facet,
                                        const Facet& delta, size_t delta_bytes,
                                        std::set<Id16> met = {}) {
  if (!met.insert(record.id).second) return Following::kIsItsOwn;
  const absl::StatusOr<RecordState*> found = TargetOf(batch, record);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return Following::kIsItsOwn;
  RecordState& target = **found;
  if (!GoesAlong(facet, batch.FactsOf(record), batch.FactsOf(target))) {
    return Following::kStaysBehind;
  }
  if (!HasRoom(target, facet, delta, delta_bytes)) return Following::kHasNoRoom;
  const absl::StatusOr<Following> further = FollowingFrom(
      batch, target, {target.id, facet.facet_class, facet.sub}, delta, delta_bytes, std::move(met));
  if (!further.ok() || *further != Following::kIsItsOwn) return further;
  const core::Phase phase = batch.FactsOf(target).phase;
  const bool is_over = phase.withdrawn || phase.level >= core::kClosed;
  return is_over ? Following::kGoesOnPast : Following::kGoesOn;
}

}  // namespace

absl::StatusOr<IntentResult> MoveSheet(Batch& batch, RecordState& source, const Id16& author,
                                       const v1::MoveSheet& move, uint64_t seq, disk::LogRow& log) {
  const sync::Directory& directory = batch.DirectoryOf(source.tenant);
  const core::VisitFacts from = batch.FactsOf(source);
  const IntentResult not_there = Refused(v1::OUTCOME_MISSING, "there is no such visit");
  const auto id = Id16::FromBytes(move.target());
  if (!id || *id == source.id) return not_there;
  const Id16 went = sync::JoinedInto(source.View());
  if (went == *id) return Refused(v1::OUTCOME_ALREADY, "");
  if (from.phase.withdrawn) return Refused(v1::OUTCOME_CLOSED, "the visit is withdrawn");
  if (from.phase.level >= core::kShared) {
    return Refused(v1::OUTCOME_CLOSED, "the teacher has read it already");
  }
  if (std::any_of(from.observers.begin(), from.observers.end(),
                  [&](const Id16& observer) { return observer != author; })) {
    return Refused(v1::OUTCOME_NOT_ALLOWED, "a colleague observes in it too");
  }

  // A visit that the author cannot see is answered as one that is not there.
  const absl::StatusOr<bool> erased = IsErased(batch, source.tenant, *id);
  if (!erased.ok()) return erased.status();
  if (*erased) return not_there;
  const absl::StatusOr<RecordState*> found = batch.Record(source.tenant, *id);
  if (!found.ok()) return found.status();
  RecordState& target = **found;
  const core::VisitFacts into = batch.FactsOf(target);
  if (into.sort != core::RecordSort::kVisit || !into.has_plan ||
      !sync::MayReadPlan(author, target.id, into, directory)) {
    return not_there;
  }
  const bool is_in = IsObserver(into, author);
  if (!sync::IsForLeaders(into.kind) ||
      (!is_in && !sync::MayAsk(v1::Intent::kJoin, author, {target.id, core::kPlan, {}}, into,
                               sync::LessonStartMs(target.View()), directory)) ||
      author == into.teacher) {
    return Refused(v1::OUTCOME_NOT_ALLOWED, "only who may observe in the other visit");
  }
  if (!IsOneLesson(source, from, target, into, directory)) {
    return Refused(v1::OUTCOME_NOT_ALLOWED, "another teacher or another day");
  }
  if (into.phase.withdrawn || into.phase.level >= (is_in ? core::kClosed : core::kSubmitted)) {
    return Refused(v1::OUTCOME_CLOSED, "every sheet of the other visit was in already");
  }
  if (!is_in && into.observers.size() >= core::kMaxObservers) {
    return Refused(v1::OUTCOME_NOT_ALLOWED, "the visit has 8 observers");
  }
  for (const FacetState& page : source.facets) {
    if (page.id.facet_class == core::kPlan) continue;
    if (!GoesAlong(page.id, from, into)) {
      if (!HoldsWords(page.facet)) continue;
      return Refused(v1::OUTCOME_NOT_ALLOWED, "more is written in it than a page");
    }
    const Facet copy = sync::AsJoined(page.facet, page.id.facet_class, source.id);
    if (!HasRoom(target, page.id, copy, page.bytes)) {
      return Refused(v1::OUTCOME_NOT_ALLOWED, "there is no room on the page of the other visit");
    }
  }

  absl::Status written;
  if (!is_in) {
    // Where a plan names nobody, its lead observes, and goes on to.
    std::vector<Id16> added = {author};
    if (into.observers.size() == 1) added.push_back(into.observers.front());
    for (const Id16& observer : added) {
      written = SetOnPlan(batch, target,
                          Path::Entry(v1::Plan::kObserversFieldNumber, observer, 0, Kind::kElem),
                          author, "", seq, log);
      if (!written.ok()) return written;
    }
  }
  written = SetOnPlan(batch, source, Path::Field(v1::Plan::kJoinedIntoFieldNumber, Kind::kReg),
                      author, std::string(id->view()), seq, log);
  if (!written.ok()) return written;
  written = SetOnPlan(batch, source, Path::Field(v1::Plan::kWithdrawnReasonFieldNumber, Kind::kReg),
                      author, kReason, seq, log);
  if (!written.ok()) return written;
  core::Phase phase = from.phase;
  phase.withdrawn = true;
  written = RaiseVisit(batch, source, phase, seq, log);
  if (written.ok()) written = CarryPages(batch, source, seq, log);
  if (!written.ok()) return written;
  return IntentResult{};
}

absl::StatusOr<Following> FollowingOf(Batch& batch, RecordState& record, const FacetId& facet,
                                      const Facet& delta, size_t delta_bytes) {
  if (facet.facet_class == core::kPlan) return Following::kIsItsOwn;
  return FollowingFrom(batch, record, facet, delta, delta_bytes);
}

std::string WhyAside(Following following) {
  switch (following) {
    case Following::kStaysBehind:
      return "its visit was joined into another one of the same lesson, where somebody else writes "
             "this";
    case Following::kHasNoRoom:
      return "the page of the visit that it was joined into is full";
    default:
      return "";
  }
}

absl::Status CarryPages(Batch& batch, RecordState& source, uint64_t seq, disk::LogRow& log) {
  CarryingGroup group(batch, source.tenant, seq, log);
  return CarryFrom(batch, source, group);
}

absl::Status CarryJoinedPages(Batch& batch) {
  for (RecordState* const source : batch.Touched()) {
    if (source->erased) continue;
    CarryingGroup group(batch, source->tenant);
    const absl::Status carried = CarryFrom(batch, *source, group);
    group.End();
    if (!carried.ok()) return carried;
  }
  return absl::OkStatus();
}

}  // namespace halfterm::storage
