#include "tools/roster/academic_sessions.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace halfterm::tools {
namespace {

// What may be a half-term: a session of one school year.
struct Candidate {
  Session session;
  bool is_grading_period;
};

}  // namespace

std::vector<Session> ReadAcademicSessions(const CsvTable& table, RosterBuilder& builder) {
  static const std::set<std::string> kTypes = {"gradingPeriod", "semester", "schoolYear", "term"};
  std::map<uint32_t, std::vector<Candidate>> years;
  std::set<std::string> seen;
  for (const CsvTable::Row& row : table.rows()) {
    const Place place = table.PlaceOf(row);
    const auto fail = [&](const char* column, const std::string& reason) {
      builder.Fail(place, column, reason);
    };
    const std::string& sourced_id = table.Get(row, "sourcedId");
    if (sourced_id.empty()) fail("sourcedId", "is missing");
    if (!sourced_id.empty() && !seen.insert(sourced_id).second) {
      fail("sourcedId", "stands in an earlier row too");
    }
    const std::string& type = table.Get(row, "type");
    if (kTypes.count(type) == 0) {
      fail("type", absl::StrCat("is \"", type,
                                "\", not gradingPeriod, term, semester or "
                                "schoolYear"));
      continue;
    }
    const std::optional<int32_t> start = ParseDay(table.Get(row, "startDate"));
    const std::optional<int32_t> end = ParseDay(table.Get(row, "endDate"));
    if (!start) fail("startDate", "is no day such as 2026-09-01");
    if (!end) fail("endDate", "is no day such as 2026-09-01");
    uint32_t ends_in = 0;
    if (!absl::SimpleAtoi(table.Get(row, "schoolYear"), &ends_in) || ends_in < 2001 ||
        ends_in > 2101) {
      fail("schoolYear", "is not the year in which the school year ends, such as 2027");
      continue;
    }
    if (!start || !end) continue;
    if (*end < *start) {
      fail("endDate", "comes before startDate");
      continue;
    }
    if (type != "gradingPeriod" && type != "term") continue;
    years[ends_in - 1].push_back({{ends_in - 1, 0, *start, *end, place}, type == "gradingPeriod"});
  }

  std::vector<Session> half_terms;
  for (auto& [year, candidates] : years) {
    const bool has_periods =
        std::any_of(candidates.begin(), candidates.end(),
                    [](const Candidate& candidate) { return candidate.is_grading_period; });
    std::vector<Session> of_year;
    for (const Candidate& candidate : candidates) {
      if (candidate.is_grading_period == has_periods) of_year.push_back(candidate.session);
    }
    std::sort(of_year.begin(), of_year.end(),
              [](const Session& a, const Session& b) { return a.start_day < b.start_day; });
    if (of_year.size() != 6) {
      builder.Fail(of_year[0].place, "type",
                   absl::StrCat("begins a year of ", of_year.size(),
                                " terms or grading periods, not of six half-terms; say the "
                                "half-terms in half_terms.csv"));
      continue;
    }
    for (size_t i = 0; i < of_year.size(); ++i) {
      of_year[i].number = static_cast<uint32_t>(i + 1);
      half_terms.push_back(of_year[i]);
    }
  }
  return half_terms;
}

}  // namespace halfterm::tools
