#include "storage/summary/coverage_page.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/summary/coverage.h"
#include "storage/summary/group_page.h"
#include "storage/summary/rows.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

// The COVER rows of teachers, of some half-terms.
class CoverRows {
 public:
  explicit CoverRows(const Question& question) : rows_(question.snapshot, question.tenant) {}

  // Reads the teacher's rows into what Of() gives.
  absl::Status Read(const Id16& teacher, uint16_t half_term) {
    return rows_.ForEach(RowKey(RollupKind::kCover).U16(half_term).Id(teacher),
                         [&](KeyRest rest, std::vector<int64_t>& row) {
                           CoverRow cover;
                           cover.half_term = half_term;
                           rest.Id();  // The department at the lesson: visits in any count.
                           cover.kind = static_cast<v1::VisitKind>(rest.Number(1));
                           cover.roles = static_cast<uint16_t>(rest.Number(2));
                           cover.row = std::move(row);
                           by_teacher_[teacher].push_back(std::move(cover));
                           return true;
                         });
  }

  const std::vector<CoverRow>& Of(const Id16& teacher) const {
    static const std::vector<CoverRow> kNone;
    const auto found = by_teacher_.find(teacher);
    return found == by_teacher_.end() ? kNone : found->second;
  }

 private:
  RollupRows rows_;
  std::map<Id16, std::vector<CoverRow>> by_teacher_;
};

struct AskedRule {
  const v1::CoverageRule* rule;
  CoverPeriod period;
};

using People = PeopleByDepartment;

class CoveragePage {
 public:
  CoveragePage(const Question& question, const Id16& org, uint16_t half_term)
      : question_(question),
        directory_(question.directory),
        org_(org),
        half_term_(half_term),
        zone_(directory_.ZoneOf(org)),
        today_(sync::DayOf(question.now_ms, zone_)),
        policy_(directory_.PolicyOf(directory_.SiteOf(org))),
        rows_(question) {}

  absl::Status Fill(const std::vector<const v1::Org*>& departments, const People& people,
                    const Id16& rule, bool numbers_only, v1::CoverageReply& reply) {
    const std::vector<AskedRule> rules = RulesAsked(rule);
    const absl::Status read = ReadRows(rules, people);
    if (!read.ok()) return read;
    for (const v1::Org* org : departments) {
      const Id16 department = *Id16::FromBytes(org->id());
      const auto members = people.find(department);
      if (members == people.end()) continue;
      for (const AskedRule& asked : rules) {
        if (!HoldsFor(*asked.rule, directory_, department)) continue;
        *reply.add_rules() = CoverageUnder(asked, *org, department, members->second, numbers_only);
      }
    }
    return absl::OkStatus();
  }

 private:
  // In the order in which they lie.
  absl::Status ReadRows(const std::vector<AskedRule>& rules, const People& people) {
    std::set<std::pair<uint16_t, Id16>> wanted;
    for (const AskedRule& asked : rules) {
      for (const CoverPeriod::HalfTerm& half_term : asked.period.half_terms) {
        for (const auto& [department, members] : people) {
          for (const v1::Person* person : members) {
            wanted.emplace(half_term.number, *Id16::FromBytes(person->id()));
          }
        }
      }
    }
    for (const auto& [half_term, teacher] : wanted) {
      const absl::Status read = rows_.Read(teacher, half_term);
      if (!read.ok()) return read;
    }
    return absl::OkStatus();
  }

  // By title.
  std::vector<AskedRule> RulesAsked(const Id16& wanted) const {
    std::vector<AskedRule> rules;
    for (const v1::CoverageRule& rule : directory_.content().rules) {
      if (!wanted.IsZero() && rule.id() != wanted.view()) continue;
      std::optional<CoverPeriod> period = PeriodOf(rule, directory_, org_, half_term_, today_);
      if (period) rules.push_back({&rule, *std::move(period)});
    }
    std::stable_sort(rules.begin(), rules.end(), [](const AskedRule& a, const AskedRule& b) {
      return a.rule->title() < b.rule->title();
    });
    return rules;
  }

  v1::RuleCoverage CoverageUnder(const AskedRule& asked, const v1::Org& org, const Id16& department,
                                 const std::vector<const v1::Person*>& people, bool numbers_only) {
    v1::RuleCoverage coverage;
    coverage.set_rule(asked.rule->id());
    coverage.set_title(asked.rule->title());
    coverage.set_department(org.id());
    coverage.set_department_name(org.name());
    coverage.set_from_day(asked.period.from_day);
    coverage.set_to_day(asked.period.to_day);
    for (const v1::Person* person : people) {
      if (!IsOfItsPeople(*asked.rule, *person)) continue;
      const Id16 teacher = *Id16::FromBytes(person->id());
      // Numbers are sums of what could be listed: a difference would tell of whoever is not.
      if (!MayList(teacher, department)) continue;
      const bool is_asked_for =
          IsAskedFor(*asked.rule, *person, asked.period, policy_.eligible_percent());
      v1::TeacherCoverage one =
          CoverageOf(*asked.rule, asked.period, rows_.Of(teacher), is_asked_for,
                     policy_.at_risk_school_days(), today_, zone_);
      Count(one, coverage);
      if (numbers_only) continue;
      one.set_teacher(person->id());
      one.set_display_name(person->display_name());
      *coverage.add_teachers() = std::move(one);
    }
    return coverage;
  }

  // Asked for every rule, and the same for all of them.
  bool MayList(const Id16& teacher, const Id16& department) {
    const auto [known, is_new] = may_list_.try_emplace(teacher, false);
    if (is_new) {
      known->second =
          teacher == question_.caller || question_.access.LeadsPage(teacher, department);
    }
    return known->second;
  }

  const Question& question_;
  const sync::Directory& directory_;
  Id16 org_;
  uint16_t half_term_;
  absl::TimeZone zone_;
  int32_t today_;
  const v1::Policy& policy_;
  CoverRows rows_;
  std::map<Id16, bool> may_list_;
};

}  // namespace

absl::StatusOr<v1::CoverageReply> ReadCoveragePage(const Question& question,
                                                   const v1::CoverageRequest& request) {
  const absl::StatusOr<Id16> org = RequiredId(request.org(), "org");
  if (!org.ok()) return org.status();
  const absl::StatusOr<Id16> rule = OptionalId(request.rule(), "rule");
  if (!rule.ok()) return rule.status();
  std::vector<const v1::Org*> departments;
  if (question.access.Department(*org)) {
    departments = {question.directory.Org(*org)};
  } else if (question.access.School(*org)) {
    departments = DepartmentsBelow(question.directory, *org);
  } else {
    return NotThereOrNotYours();
  }
  const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question, *org, request.h2());
  if (!half_term.ok()) return half_term.status();

  const People people =
      PeopleOf(question.directory, departments, question.directory.HalfTerm(*org, *half_term));
  std::set<std::string> behind;
  for (const auto& [department, members] : people) {
    for (const v1::Person* person : members) {
      behind.insert(
          RowKey(RollupKind::kCover).U16(*half_term).Id(*Id16::FromBytes(person->id())).bytes());
    }
  }
  v1::CoverageReply reply;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, {}, request.last_view_seq(), [&](absl::string_view row) {
        constexpr size_t kPrefix = 1 + 2 + Id16::kSize;  // Kind, half-term, teacher.
        return behind.count(std::string(row.substr(0, kPrefix))) > 0;
      });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  reply.set_org(request.org());
  reply.set_h2(*half_term);
  const absl::Status filled = CoveragePage(question, *org, *half_term)
                                  .Fill(departments, people, *rule, request.numbers_only(), reply);
  if (!filled.ok()) return filled;
  return reply;
}

}  // namespace halfterm::storage
