#include "storage/commit/counted_at.h"

#include <algorithm>
#include <string>

#include "storage/scope_bytes.h"
#include "sync/facts.h"

namespace halfterm::storage {
namespace {

constexpr int kKept = 8;

bool IsSamePlace(const disk::CountedAt& a, const disk::CountedAt& b) {
  return a.teacher() == b.teacher() && a.department() == b.department() && a.h2() == b.h2();
}

}  // namespace

std::optional<disk::CountedAt> CountedAtOf(const sync::RecordView& record,
                                           const core::VisitFacts& facts,
                                           const sync::Directory& directory) {
  if (!facts.has_plan || facts.teacher.IsZero()) return std::nullopt;
  const int64_t start_ms = sync::LessonStartMs(record);
  disk::CountedAt at;
  at.set_teacher(std::string(facts.teacher.view()));
  if (!facts.department.IsZero()) at.set_department(std::string(facts.department.view()));
  at.set_h2(directory.HalfTermAt(facts.school, start_ms));
  at.set_lesson_start_ms(start_ms);
  at.set_kind(static_cast<uint32_t>(facts.kind));
  return at;
}

void NoteWhereItCounts(RecordState& record, const core::VisitFacts& facts,
                       const sync::Directory& directory) {
  disk::RecordRow& row = record.derived;
  if (record.erased) {
    row.clear_counted();
    row.clear_before();
    return;
  }
  std::optional<disk::CountedAt> now = CountedAtOf(record.View(), facts, directory);
  const bool was_kept = row.has_counted();
  const bool stays = was_kept && now && IsSamePlace(row.counted(), *now);
  if (was_kept && !stays) {
    disk::CountedBefore& before = *row.add_before();
    *before.mutable_at() = row.counted();
    before.set_seq(record.seq);
    const FacetState* plan = record.Find({record.id, core::kPlan, {}});
    if (plan != nullptr) before.set_scopes(ScopeBytes(plan->scopes));
    if (row.before_size() > kKept) {
      row.mutable_before()->DeleteSubrange(0, row.before_size() - kKept);
    }
  }
  if (!now) {
    row.clear_counted();
    return;
  }
  // A row of before this was kept says nothing of when the visit came to be there.
  const std::string plan_id = core::FacetId{record.id, core::kPlan, {}}.Bytes();
  const bool is_old = !was_kept && std::find(row.facets().begin(), row.facets().end(), plan_id) !=
                                       row.facets().end();
  now->set_since_seq(stays ? row.counted().since_seq() : is_old ? 0 : record.seq);
  *row.mutable_counted() = *std::move(now);
}

}  // namespace halfterm::storage
