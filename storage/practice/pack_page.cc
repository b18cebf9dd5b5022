#include "storage/practice/pack_page.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "storage/practice/pack_items.h"
#include "storage/summary/coverage_page.h"
#include "storage/summary/cycles.h"
#include "storage/summary/rows.h"
#include "sync/due.h"
#include "sync/facts.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

constexpr int32_t kAheadDays = 7, kMostAheadDays = 60;
constexpr int kLines = 200, kPraiseWords = 12, kPraiseDays = 7;

// A day of 0 means none, and comes last.
int32_t DayOrLast(const v1::PackItem& item) { return item.day() == 0 ? sync::kNoDay : item.day(); }

template <typename List>
bool SortAndCut(List* list) {
  std::stable_sort(list->begin(), list->end(), [](const v1::PackItem& a, const v1::PackItem& b) {
    return DayOrLast(a) != DayOrLast(b) ? DayOrLast(a) < DayOrLast(b)
                                        : a.teacher_name() < b.teacher_name();
  });
  if (list->size() <= kLines) return false;
  list->DeleteSubrange(kLines, list->size() - kLines);
  return true;
}

absl::Status FillCoverage(const Question& question, const std::string& org, uint16_t half_term,
                          v1::WeeklyPackReply& pack) {
  if (half_term == 0) return absl::OkStatus();
  v1::CoverageRequest request;
  request.set_org(org);
  request.set_h2(half_term);
  const absl::StatusOr<v1::CoverageReply> coverage = ReadCoveragePage(question, request);
  if (!coverage.ok()) return coverage.status();
  for (const v1::RuleCoverage& rule : coverage->rules()) {
    if (rule.eligible() == 0) continue;
    v1::PackCoverage& line = *pack.add_coverage();
    line.set_title(rule.title());
    line.set_department(rule.department());
    line.set_department_name(rule.department_name());
    line.set_done(rule.done());
    line.set_eligible(rule.eligible());
    line.set_booked(rule.booked());
    line.set_at_risk(rule.at_risk());
    line.set_overdue(rule.overdue());
    for (const v1::TeacherCoverage& teacher : rule.teachers()) {
      if (teacher.state() != v1::COVERAGE_STATE_OVERDUE && !teacher.at_risk()) continue;
      v1::PackTeacher& waiting = *line.add_waiting();
      waiting.set_teacher(teacher.teacher());
      waiting.set_display_name(teacher.display_name());
      waiting.set_state(teacher.state());
    }
  }
  std::stable_sort(
      pack.mutable_coverage()->begin(), pack.mutable_coverage()->end(),
      [](const v1::PackCoverage& a, const v1::PackCoverage& b) { return a.title() < b.title(); });
  return absl::OkStatus();
}

absl::Status FillPraise(const Question& question, const OrgAsked& asked, int32_t meeting,
                        v1::PackPraise& praise) {
  std::vector<Id16> visits;
  for (int32_t day = meeting; day > meeting - kPraiseDays; --day) {
    const absl::Status walked =
        RollupRows(question.snapshot, question.tenant)
            .ForEach(RowKey(RollupKind::kPraise).Id(asked.site).U32(static_cast<uint32_t>(day)),
                     [&visits](KeyRest rest, const std::vector<int64_t>&) {
                       visits.push_back(rest.Id());
                       return visits.size() < 1000;
                     });
    if (!walked.ok()) return walked;
  }
  std::set<Id16> teachers;
  for (const Id16& id : visits) {
    const absl::StatusOr<VisibleRecord> record = VisibleRecord::Read(question, id);
    if (!record.ok()) return record.status();
    const core::VisitFacts& facts = record->facts();
    if (!facts.has_plan || !asked.Holds(facts.department)) continue;
    Id16 newest;
    newest.bytes[14] = static_cast<uint8_t>(facts.phase.round >> 8);
    newest.bytes[15] = static_cast<uint8_t>(facts.phase.round);
    v1::Version version;
    if (!record->Show(v1::FACET_CLASS_VERSION, newest, version)) continue;
    if (version.shared().strengths().empty()) continue;
    praise.set_visits(praise.visits() + 1);
    teachers.insert(facts.teacher);
    if (praise.words_size() >= kPraiseWords) continue;
    v1::PraiseWords& words = *praise.add_words();
    words.set_visit(std::string(id.view()));
    words.set_teacher(std::string(facts.teacher.view()));
    words.set_display_name(NameOf(question, facts.teacher));
    words.set_text(version.shared().strengths(0));
  }
  praise.set_teachers(static_cast<uint32_t>(teachers.size()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::WeeklyPackReply> ReadPackPage(const Question& question,
                                                 const v1::WeeklyPackRequest& request) {
  const absl::StatusOr<OrgAsked> asked = OrgAskedFor(question, request.org());
  if (!asked.ok()) return asked.status();
  if (request.ahead_days() > kMostAheadDays) {
    return absl::InvalidArgumentError("ahead_days is above 60");
  }
  constexpr int32_t kLastDay = 1'000'000;
  if (request.day() < 0 || request.day() > kLastDay) {
    return absl::InvalidArgumentError("day is not a day of a school year");
  }
  PackDays days;
  days.meeting = request.day() == 0 ? TodayAt(question, asked->id) : request.day();
  days.last = days.meeting +
              (request.ahead_days() == 0 ? kAheadDays : static_cast<int32_t>(request.ahead_days()));
  const uint16_t half_term = question.directory.HalfTermAt(
      asked->id, sync::NoonMs(question.directory, asked->id, days.meeting));

  v1::WeeklyPackReply pack;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, {}, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *pack.mutable_watermark() = *watermark;
  pack.set_org(request.org());
  pack.set_name(asked->org->name());
  pack.set_day(days.meeting);
  pack.set_h2(half_term);
  if (const absl::Status filled =
          FillPraise(question, *asked, days.meeting, *pack.mutable_praise());
      !filled.ok()) {
    return filled;
  }
  if (const absl::Status filled = FillCoverage(question, request.org(), half_term, pack);
      !filled.ok()) {
    return filled;
  }
  const auto due = DueRecordsOf(question, asked->site);
  if (!due.ok()) return due.status();
  for (const DueRecord& record : *due) {
    const absl::Status added = AddItems(question, *asked, days, record, pack);
    if (!added.ok()) return added;
  }
  bool cut = false;
  for (auto* list :
       {pack.mutable_decisions(), pack.mutable_to_share(), pack.mutable_not_acknowledged(),
        pack.mutable_referrals(), pack.mutable_steps()}) {
    cut = SortAndCut(list) || cut;
  }
  pack.set_cut(cut);
  if (const v1::Cycle* cycle = CycleAt(question.directory, asked->id, days.meeting)) {
    *pack.mutable_cycle() = CycleStateOf(*cycle, question.directory, days.meeting);
  }
  return pack;
}

}  // namespace halfterm::storage
