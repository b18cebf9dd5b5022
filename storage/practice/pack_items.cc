#include "storage/practice/pack_items.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "storage/summary/rows.h"
#include "sync/facts.h"
#include "sync/rollup_rows.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

class Items {
 public:
  Items(const Question& question, const OrgAsked& asked, const PackDays& days,
        const VisibleRecord& record, v1::WeeklyPackReply& pack)
      : question_(question), asked_(asked), days_(days), record_(record), pack_(pack) {}

  void AddDecisions() {
    v1::CycleReview review;
    if (!record_.Show(v1::FACET_CLASS_CYCLE_REVIEW, {}, review)) return;
    const Id16 scope = Id16::FromBytes(review.scope()).value_or(Id16{});
    if (scope != asked_.id && !asked_.Holds(scope)) return;
    for (const v1::Decision& decision : review.decisions()) {
      if (decision.done() || (decision.has_due_day() && decision.due_day() > days_.last)) continue;
      v1::PackItem item = Item(v1::PACK_ITEM_KIND_DECISION, decision.due_day());
      SetOwner(Id16::FromBytes(decision.owner()).value_or(Id16{}), item);
      if (scope != asked_.site) item.set_department(review.scope());
      item.set_text(decision.text());
      *pack_.add_decisions() = std::move(item);
    }
  }

  void AddReferral() {
    v1::ReferralBody body;
    if (!record_.Show(v1::FACET_CLASS_REFERRAL, {}, body)) return;
    if (!asked_.Holds(Id16::FromBytes(body.department()).value_or(Id16{}))) return;
    if (body.phase().withdrawn() || body.phase().level() >= v1::REFERRAL_LEVEL_OUTCOME) return;
    v1::PackItem item =
        Item(body.is_support_plan() ? v1::PACK_ITEM_KIND_SUPPORT_PLAN : v1::PACK_ITEM_KIND_REFERRAL,
             body.until_day());
    SetOwner(Id16::FromBytes(body.helper()).value_or(Id16{}), item);
    SetTeacher(Id16::FromBytes(body.subject()).value_or(Id16{}), item);
    item.set_department(body.department());
    if (body.aims_size() > 0) item.set_text(body.aims(0).text().substr(0, 500));
    item.set_level(body.phase().level());
    item.set_revisits(static_cast<uint32_t>(body.revisits_size()));
    *pack_.add_referrals() = std::move(item);
  }

  void AddSteps() {
    v1::Steps steps;
    if (!record_.Show(v1::FACET_CLASS_STEPS, {}, steps) || !IsOfVisit()) return;
    for (const v1::Step& step : steps.steps()) {
      if (!step.has_due_day() || step.due_day() > days_.last) continue;
      if (step.status() == v1::STEP_STATUS_EMBEDDED || step.status() == v1::STEP_STATUS_DROPPED) {
        continue;
      }
      v1::PackItem item = VisitItem(v1::PACK_ITEM_KIND_STEP, step.due_day());
      item.set_text(step.text());
      *pack_.add_steps() = std::move(item);
    }
  }

  void AddToShare(int32_t day) {
    if (!IsOfVisit() || day >= days_.meeting) return;
    *pack_.add_to_share() = VisitItem(v1::PACK_ITEM_KIND_TO_SHARE, day);
  }

  void AddNotAcknowledged(int32_t day) {
    if (!IsOfVisit() || day > days_.meeting) return;
    v1::PackItem item = VisitItem(v1::PACK_ITEM_KIND_NOT_ACKNOWLEDGED, day);
    item.clear_overdue();  // Nobody has to.
    *pack_.add_not_acknowledged() = std::move(item);
  }

 private:
  v1::PackItem Item(v1::PackItemKind kind, int32_t day) const {
    v1::PackItem item;
    item.set_kind(kind);
    item.set_record(std::string(record_.id().view()));
    item.set_day(day);
    item.set_overdue(day != 0 && day < days_.meeting);
    return item;
  }

  v1::PackItem VisitItem(v1::PackItemKind kind, int32_t day) const {
    v1::PackItem item = Item(kind, day);
    SetOwner(record_.facts().lead, item);
    SetTeacher(record_.facts().teacher, item);
    item.set_department(std::string(record_.facts().department.view()));
    return item;
  }

  bool IsOfVisit() const {
    return record_.facts().has_plan && asked_.Holds(record_.facts().department);
  }

  void SetOwner(const Id16& person, v1::PackItem& item) const {
    if (person.IsZero()) return;
    item.set_owner(std::string(person.view()));
    item.set_owner_name(NameOf(question_, person));
  }
  void SetTeacher(const Id16& person, v1::PackItem& item) const {
    if (person.IsZero()) return;
    item.set_teacher(std::string(person.view()));
    item.set_teacher_name(NameOf(question_, person));
  }

  const Question& question_;
  const OrgAsked& asked_;
  const PackDays& days_;
  const VisibleRecord& record_;
  v1::WeeklyPackReply& pack_;
};

}  // namespace

absl::StatusOr<std::vector<DueRecord>> DueRecordsOf(const Question& question, const Id16& site) {
  std::map<Id16, DueRecord> by_record;
  const absl::Status walked =
      RollupRows(question.snapshot, question.tenant)
          .ForEach(RowKey(RollupKind::kDecisions).Id(site),
                   [&](KeyRest rest, const std::vector<int64_t>& row) {
                     const auto day = static_cast<int32_t>(rest.Number(4));
                     DueRecord& due = by_record[rest.Id()];
                     for (size_t kind = 0; kind < std::min(row.size(), sync::kDueKinds); ++kind) {
                       if (row[kind] > 0 && due.first_day[kind] == 0) due.first_day[kind] = day;
                     }
                     return true;
                   });
  if (!walked.ok()) return walked;
  std::vector<DueRecord> records;
  for (auto& [id, due] : by_record) {
    due.record = id;
    records.push_back(due);
  }
  return records;
}

absl::Status AddItems(const Question& question, const OrgAsked& asked, const PackDays& days,
                      const DueRecord& due, v1::WeeklyPackReply& pack) {
  const auto& first = due.first_day;
  const auto is_due = [&](size_t kind) {
    return first[kind] != 0 && (first[kind] <= days.last || first[kind] == sync::kNoDay);
  };
  // Help is listed while it is open, whatever its day.
  const bool has_help = first[sync::kDueReferrals] != 0 || first[sync::kDueSupportPlans] != 0;
  const bool has_more = is_due(sync::kDueDecisions) || is_due(sync::kDueSteps) ||
                        is_due(sync::kDueToShare) || is_due(sync::kDueToAcknowledge);
  if (!has_help && !has_more) return absl::OkStatus();
  const absl::StatusOr<VisibleRecord> record = VisibleRecord::Read(question, due.record);
  if (!record.ok()) return record.status();
  if (record->IsEmpty()) return absl::OkStatus();
  Items items(question, asked, days, *record, pack);
  if (has_help) items.AddReferral();
  if (is_due(sync::kDueDecisions)) items.AddDecisions();
  if (is_due(sync::kDueSteps)) items.AddSteps();
  if (is_due(sync::kDueToShare)) items.AddToShare(first[sync::kDueToShare]);
  if (is_due(sync::kDueToAcknowledge)) items.AddNotAcknowledged(first[sync::kDueToAcknowledge]);
  return absl::OkStatus();
}

}  // namespace halfterm::storage
