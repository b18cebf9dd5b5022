#include "storage/practice/cycle_page.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "storage/practice/of_scope.h"
#include "storage/practice/org_asked.h"
#include "storage/summary/cycles.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr int kOthers = 24;

void CountTargets(v1::ReviewOfCycle& entry) {
  std::map<uint32_t, int64_t> values;
  for (const v1::Indicator& indicator : entry.review().indicators()) {
    if (indicator.has_value()) values[indicator.number()] = indicator.value();
  }
  for (const v1::CycleTarget& target : entry.review().targets()) {
    if (!target.has_value() || !target.has_indicator()) continue;
    entry.set_targets_measured(entry.targets_measured() + 1);
    const auto value = values.find(target.indicator());
    if (value == values.end()) continue;
    const bool is_met =
        target.at_most() ? value->second <= target.value() : value->second >= target.value();
    if (is_met) entry.set_targets_met(entry.targets_met() + 1);
  }
}

void CountDecisions(int32_t today, v1::ReviewOfCycle& entry) {
  for (const v1::Decision& decision : entry.review().decisions()) {
    if (decision.done()) continue;
    entry.set_decisions_open(entry.decisions_open() + 1);
    if (decision.has_due_day() && decision.due_day() < today) {
      entry.set_decisions_overdue(entry.decisions_overdue() + 1);
    }
  }
}

// Two people may have begun a review each without signal: both are shown.
absl::Status AddReviews(const Question& question, const Id16& scope, const std::string& cycle,
                        int32_t today, v1::CycleReply& reply) {
  const auto records = RecordsOfScope(question, scope, v1::FACET_CLASS_CYCLE_REVIEW);
  if (!records.ok()) return records.status();
  bool is_begun = false;
  for (const VisibleRecord& record : *records) {
    v1::CycleReview review;
    if (!record.Show(v1::FACET_CLASS_CYCLE_REVIEW, {}, review) || review.cycle() != cycle) continue;
    is_begun = true;
    v1::ReviewOfCycle& entry = *reply.add_reviews();
    entry.set_record(std::string(record.id().view()));
    entry.set_scope(std::string(scope.view()));
    entry.set_name(OrgNameOf(question, scope));
    *entry.mutable_review() = std::move(review);
    CountTargets(entry);
    CountDecisions(today, entry);
  }
  if (is_begun) return absl::OkStatus();
  v1::ReviewOfCycle& entry = *reply.add_reviews();
  entry.set_scope(std::string(scope.view()));
  entry.set_name(OrgNameOf(question, scope));
  return absl::OkStatus();
}

// The cycle asked for; of none the one that runs, else the last that began, else the first to come.
const v1::Cycle* CycleAsked(const Question& question, const OrgAsked& asked, const Id16& wanted,
                            int32_t today) {
  const std::vector<const v1::Cycle*> cycles = CyclesOf(question.directory, asked.id);
  if (!wanted.IsZero()) {
    const auto found = std::find_if(cycles.begin(), cycles.end(), [&](const v1::Cycle* cycle) {
      return cycle->id() == wanted.view();
    });
    return found == cycles.end() ? nullptr : *found;
  }
  if (const v1::Cycle* running = CycleAt(question.directory, asked.id, today)) return running;
  const v1::Cycle* chosen = cycles.empty() ? nullptr : cycles.front();
  for (const v1::Cycle* cycle : cycles) {
    if (cycle->start_day() <= today) chosen = cycle;
  }
  return chosen;
}

}  // namespace

absl::StatusOr<v1::CycleReply> ReadCyclePage(const Question& question,
                                             const v1::CycleRequest& request) {
  const absl::StatusOr<OrgAsked> asked = OrgAskedFor(question, request.org());
  if (!asked.ok()) return asked.status();
  const absl::StatusOr<Id16> wanted = OptionalId(request.cycle(), "cycle");
  if (!wanted.ok()) return wanted.status();
  const int32_t today = TodayAt(question, asked->id);
  const v1::Cycle* cycle = CycleAsked(question, *asked, *wanted, today);
  if (cycle == nullptr && !wanted->IsZero()) return NotThereOrNotYours();

  v1::CycleReply reply;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, {}, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  if (cycle == nullptr) return reply;
  *reply.mutable_cycle() = CycleStateOf(*cycle, question.directory, today);
  for (const v1::Cycle* other : CyclesOf(question.directory, asked->id)) {
    if (other == cycle || reply.others_size() >= kOthers) continue;
    *reply.add_others() = CycleStateOf(*other, question.directory, today);
  }
  std::vector<Id16> scopes = {asked->id};
  if (!asked->is_department) {
    for (const v1::Org* org : asked->departments) scopes.push_back(*Id16::FromBytes(org->id()));
  }
  for (const Id16& scope : scopes) {
    const absl::Status added = AddReviews(question, scope, cycle->id(), today, reply);
    if (!added.ok()) return added;
  }
  return reply;
}

}  // namespace halfterm::storage
