// What records add that are no visits: referrals and support plans, reviews of cycles, cells of the
// management matrix. They are found again by whom they are about.

#include <utility>

#include "halfterm/v1/management.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "sync/contribution/visit.h"
#include "sync/core/path.h"
#include "sync/due.h"
#include "sync/facts.h"

namespace halfterm::sync {
namespace {

using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;

Id16 IdAt(const Facet& facet, uint16_t field) {
  return ShownId(facet, Path::Field(field, Kind::kReg));
}

// Whoever wrote what is set at creation.
Id16 OpenerOf(const Facet& body) {
  for (const uint16_t field :
       {v1::ReferralBody::kSubjectFieldNumber, v1::ReferralBody::kDepartmentFieldNumber}) {
    const core::Cell* cell = body.Find(Path::Field(field, Kind::kReg));
    if (cell != nullptr && !cell->siblings.empty()) return cell->siblings.front().author;
  }
  return {};
}

void AddHelp(const RecordView& record, const Facet& body, Rows& rows) {
  const core::Phase phase = PhaseOf(&body, v1::ReferralBody::kPhaseFieldNumber);
  const bool is_open = !phase.withdrawn && phase.level < v1::REFERRAL_LEVEL_OUTCOME;
  const std::pair<Id16, int64_t> parts[] = {
      {IdAt(body, v1::ReferralBody::kHelperFieldNumber), kHelpHelper},
      {IdAt(body, v1::ReferralBody::kSubjectFieldNumber), kHelpSubject},
      {OpenerOf(body), kHelpOpener},
      {IdAt(body, v1::ReferralBody::kDepartmentFieldNumber), kHelpDepartment}};
  for (const auto& [whose, part] : parts) {
    if (whose.IsZero()) continue;
    RollupVector vector;
    PutAt(vector, kHelpParts, part);
    if (is_open) PutAt(vector, kHelpOpen, 1);
    rows.Add(RowKey(RollupKind::kHelp).Id(whose).Id(record.id), std::move(vector));
  }
}

void AddOfScope(const RecordView& record, const Facet& facet, uint16_t scope_field,
                v1::FacetClass facet_class, Rows& rows) {
  const Id16 scope = IdAt(facet, scope_field);
  if (scope.IsZero()) return;
  rows.Add(
      RowKey(RollupKind::kOfScope).Id(scope).U8(static_cast<uint8_t>(facet_class)).Id(record.id),
      {1});
}

}  // namespace

void AddOtherRecord(const RecordView& record, const Directory& directory, Rows& rows) {
  for (const auto& [key, position] : OtherWorkDue(record, directory)) {
    RollupVector due;
    PutAt(due, position, 1);
    rows.Add(key, std::move(due));
  }
  const auto find = [&record](v1::FacetClass facet_class) {
    return record.Find(static_cast<core::FacetClass>(facet_class));
  };
  if (const Facet* body = find(v1::FACET_CLASS_REFERRAL)) AddHelp(record, *body, rows);
  if (const Facet* review = find(v1::FACET_CLASS_CYCLE_REVIEW)) {
    AddOfScope(record, *review, v1::CycleReview::kScopeFieldNumber, v1::FACET_CLASS_CYCLE_REVIEW,
               rows);
  }
  if (const Facet* cell = find(v1::FACET_CLASS_MANAGEMENT_CELL)) {
    AddOfScope(record, *cell, v1::ManagementCell::kScopeFieldNumber,
               v1::FACET_CLASS_MANAGEMENT_CELL, rows);
  }
}

}  // namespace halfterm::sync
