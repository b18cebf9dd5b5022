#include "storage/aggregates/tables.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "storage/aggregates/disclosure.h"
#include "storage/summary/coverage.h"
#include "storage/summary/figures.h"
#include "storage/summary/group_page.h"
#include "storage/summary/rows.h"
#include "sync/core/varint.h"
#include "sync/rollup_rows.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

std::string KeyOf(TableKind kind, const Id16& of = {}, uint32_t element = 0) {
  std::string key(1, static_cast<char>(kind));
  if (!of.IsZero()) key.append(of.view());
  if (element != 0) core::AppendBig16(key, static_cast<uint16_t>(element));
  return key;
}

int64_t At(const std::vector<int64_t>& row, size_t position) {
  return position < row.size() ? std::max<int64_t>(row[position], 0) : 0;
}

class Tables {
 public:
  Tables(const Snapshot& snapshot, const sync::Directory& directory, const FrozenTerm& term,
         int64_t now_ms)
      : directory_(directory), term_(term), rows_(snapshot, term.tenant), now_ms_(now_ms) {
    for (const v1::Org* org : DepartmentsBelow(directory, term.site)) {
      departments_.insert(*Id16::FromBytes(org->id()));
    }
  }

  absl::Status Fill() {
    for (const Id16& department : departments_) {
      for (const absl::Status& read : {ReadFigures(department), ReadLoop(department)}) {
        if (!read.ok()) return read;
      }
    }
    AddLevels();
    AddLoop();
    return AddCoverage();
  }

  std::vector<disk::FrozenAttribute> Take(uint64_t seq) {
    std::vector<disk::FrozenAttribute> all;
    for (auto& [key, shares] : tables_) {
      disk::FrozenAttribute& table = all.emplace_back();
      table.set_key(key);
      disk::FrozenVersion& version = *table.add_versions();
      version.set_made_ms(now_ms_);
      version.set_as_of_seq(seq);
      for (auto& [teacher, share] : shares) *version.add_shares() = std::move(share);
    }
    return all;
  }

 private:
  // Where a teacher stands who has lessons in `otherwise`.
  Id16 PlaceOf(const Id16& teacher, const Id16& otherwise) {
    const auto [place, is_new] = places_.try_emplace(teacher, otherwise);
    if (!is_new) return place->second;
    const v1::Person* person = directory_.Person(teacher);
    const v1::HalfTerm* half_term = directory_.HalfTerm(term_.site, term_.half_term);
    if (person == nullptr || half_term == nullptr) return place->second;
    const Id16 main = MainDepartment(*person, *half_term);
    if (departments_.count(main) > 0) place->second = main;
    return place->second;
  }

  disk::FrozenShare& ShareIn(const std::string& key, const Id16& teacher, const Id16& department) {
    disk::FrozenShare& share = tables_[key][teacher];
    share.set_teacher(std::string(teacher.view()));
    share.set_department(std::string(PlaceOf(teacher, department).view()));
    return share;
  }

  absl::Status ReadFigures(const Id16& department) {
    return rows_.ForEach(RowKey(RollupKind::kDeptTeacher).Id(department).U16(term_.half_term),
                         [&](KeyRest rest, const std::vector<int64_t>& row) {
                           const Id16 rubric = rest.Id(), teacher = rest.Id();
                           figures_[{rubric, teacher}].AddRow(row, directory_.Rubric(rubric));
                           PlaceOf(teacher, department);
                           return true;
                         });
  }

  void AddLevels() {
    for (const auto& [of, sums] : figures_) {
      const auto& [rubric, teacher] = of;
      for (uint32_t element = 1; element <= sums.last_element(); ++element) {
        const ElementSums& one = sums.Of(element);
        if (one.n == 0) continue;
        disk::FrozenShare& share = ShareIn(KeyOf(TableKind::kLevels, rubric, element), teacher, {});
        share.set_weight(one.n);
        share.add_values(MeanMillionths(one.sum, one.n));
        share.set_level(LowerMedian(one.histogram));
      }
    }
  }

  absl::Status ReadLoop(const Id16& department) {
    return rows_.ForEach(RowKey(RollupKind::kLoop).Id(department).U16(term_.half_term),
                         [&](KeyRest rest, const std::vector<int64_t>& row) {
                           const Id16 teacher = rest.Id();
                           std::vector<int64_t>& sum = loop_[teacher];
                           if (sum.size() < row.size()) sum.resize(row.size());
                           for (size_t i = 0; i < row.size(); ++i) sum[i] += row[i];
                           PlaceOf(teacher, department);
                           return true;
                         });
  }

  void AddLoop() {
    for (const auto& [teacher, row] : loop_) {
      const auto shared = static_cast<uint64_t>(At(row, sync::kLoopShared));
      const auto due = static_cast<uint64_t>(At(row, sync::kLoopStepsDue));
      if (shared > 0) {
        disk::FrozenShare& share = ShareIn(KeyOf(TableKind::kAcknowledgement), teacher, {});
        share.set_weight(shared);
        share.add_values(At(row, sync::kLoopAcknowledged));
        uint64_t known = 0;
        for (size_t i = sync::kLoopLags; i < row.size(); ++i) {
          known += static_cast<uint64_t>(At(row, i));
        }
        if (known > 0) {
          disk::FrozenShare& lags = ShareIn(KeyOf(TableKind::kSharing), teacher, {});
          lags.set_weight(known);
          for (size_t i = sync::kLoopLags; i < row.size(); ++i) lags.add_values(At(row, i));
        }
      }
      if (due > 0) {
        disk::FrozenShare& share = ShareIn(KeyOf(TableKind::kSteps), teacher, {});
        share.set_weight(due);
        share.add_values(At(row, sync::kLoopStepsChecked));
      }
    }
  }

  // Rules by half-term only: what grows from one half-term to the next could be taken apart by
  // them.
  absl::Status AddCoverage() {
    const v1::HalfTerm* half_term = directory_.HalfTerm(term_.site, term_.half_term);
    if (half_term == nullptr) return absl::OkStatus();
    const absl::TimeZone zone = directory_.ZoneOf(term_.site);
    const int32_t today = sync::DayOf(now_ms_, zone);
    const v1::Policy& policy = directory_.PolicyOf(term_.site);
    for (const v1::CoverageRule& rule : directory_.content().rules) {
      const auto id = Id16::FromBytes(rule.id());
      if (!id || (rule.per() != v1::COVERAGE_PERIOD_HALF_TERM &&
                  rule.per() != v1::COVERAGE_PERIOD_UNSPECIFIED)) {
        continue;
      }
      const std::optional<CoverPeriod> period =
          PeriodOf(rule, directory_, term_.site, term_.half_term, today);
      if (!period) continue;
      for (const v1::Person& person : directory_.content().people) {
        const Id16 department = MainDepartment(person, *half_term);
        if (departments_.count(department) == 0 || !HoldsFor(rule, directory_, department) ||
            !IsOfItsPeople(rule, person) ||
            !IsAskedFor(rule, person, *period, policy.eligible_percent())) {
          continue;
        }
        const Id16 teacher = *Id16::FromBytes(person.id());
        const absl::StatusOr<const std::vector<CoverRow>*> rows = CoverRowsOf(teacher);
        if (!rows.ok()) return rows.status();
        const v1::TeacherCoverage coverage =
            CoverageOf(rule, *period, **rows, /*is_asked_for=*/true, policy.at_risk_school_days(),
                       today, zone);
        disk::FrozenShare& share = ShareIn(KeyOf(TableKind::kCoverage, *id), teacher, department);
        share.set_department(std::string(department.view()));
        share.set_weight(1);
        share.add_values(coverage.state() == v1::COVERAGE_STATE_DONE ? 1 : 0);
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<const std::vector<CoverRow>*> CoverRowsOf(const Id16& teacher) {
    const auto [found, is_new] = cover_.try_emplace(teacher);
    if (!is_new) return &found->second;
    const absl::Status read =
        rows_.ForEach(RowKey(RollupKind::kCover).U16(term_.half_term).Id(teacher),
                      [&](KeyRest rest, std::vector<int64_t>& row) {
                        CoverRow cover;
                        cover.half_term = term_.half_term;
                        rest.Id();  // The department at the lesson: visits in any count.
                        cover.kind = static_cast<v1::VisitKind>(rest.Number(1));
                        cover.roles = static_cast<uint16_t>(rest.Number(2));
                        cover.row = std::move(row);
                        found->second.push_back(std::move(cover));
                        return true;
                      });
    if (!read.ok()) return read;
    return &found->second;
  }

  const sync::Directory& directory_;
  const FrozenTerm term_;
  RollupRows rows_;
  const int64_t now_ms_;
  std::set<Id16> departments_;
  std::map<Id16, Id16> places_;                    // By teacher.
  std::map<std::pair<Id16, Id16>, Sums> figures_;  // By rubric version and teacher.
  std::map<Id16, std::vector<int64_t>> loop_;      // By teacher.
  std::map<Id16, std::vector<CoverRow>> cover_;    // By teacher.
  std::map<std::string, std::map<Id16, disk::FrozenShare>> tables_;  // By key, then teacher.
};

}  // namespace

absl::StatusOr<std::vector<disk::FrozenAttribute>> TablesNow(const Snapshot& snapshot,
                                                             const sync::Directory& directory,
                                                             const FrozenTerm& term, uint64_t seq,
                                                             int64_t now_ms) {
  Tables tables(snapshot, directory, term, now_ms);
  const absl::Status filled = tables.Fill();
  if (!filled.ok()) return filled;
  return tables.Take(seq);
}

}  // namespace halfterm::storage
