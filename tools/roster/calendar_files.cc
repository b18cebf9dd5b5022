#include "tools/roster/calendar_files.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/replay/ids.h"
#include "tools/roster/csv_table.h"
#include "tools/roster/stable_id.h"

namespace halfterm::tools {
namespace {

// Rows that name no organisation are everybody's: their key is empty.
using SessionsByOrg = std::map<std::string, std::vector<Session>>;

struct ClosedDays {
  int32_t from_day, to_day;
  Place place;
};
using ClosedByOrg = std::map<std::string, std::vector<ClosedDays>>;

class Reader {
 public:
  Reader(const RosterFiles& files, const std::string& zone, RosterBuilder& builder)
      : files_(files), zone_(zone), builder_(builder) {}

  void Run(std::vector<Session> half_terms) {
    SessionsByOrg sessions;
    if (!half_terms.empty()) sessions[""] = std::move(half_terms);
    if (files_.count("half_terms.csv") != 0) sessions = ReadHalfTerms();
    const ClosedByOrg closed = ReadClosedDays();
    if (sessions.empty() && closed.empty()) return;
    if (sessions.empty()) {
      return builder_.Fail({"closed_days.csv", 0}, "",
                           "needs half-terms: in academicSessions.csv or half_terms.csv");
    }
    if (zone_.empty()) {
      return builder_.Fail({"halfterm.json", 0}, "zone",
                           "is missing: say the time zone there, or with --zone Europe/London");
    }
    std::set<std::string> orgs;
    for (const v1::Org* top : builder_.TopOrgs()) orgs.insert(top->sourced_id());
    for (const auto& [org, list] : sessions) orgs.insert(org);
    for (const auto& [org, list] : closed) orgs.insert(org);
    orgs.erase("");
    for (const std::string& org : orgs) AddCalendar(org, sessions, closed);
  }

 private:
  // False, with a fault, where the row names an organisation that is none.
  bool HasOrg(const CsvTable& table, const CsvTable::Row& row) {
    const std::string& org = table.Get(row, "org");
    if (org.empty() || builder_.FindOrg(org) != nullptr) return true;
    builder_.Fail(table.PlaceOf(row), "org",
                  absl::StrCat("\"", org, "\" is no organisation of the roster"));
    return false;
  }

  std::optional<int32_t> DayIn(const CsvTable& table, const CsvTable::Row& row,
                               const char* column) {
    const std::optional<int32_t> day = ParseDay(table.Get(row, column));
    if (!day) builder_.Fail(table.PlaceOf(row), column, "is no day such as 2026-09-01");
    return day;
  }

  SessionsByOrg ReadHalfTerms() {
    SessionsByOrg sessions;
    const auto table = CsvTable::Read("half_terms.csv", files_.at("half_terms.csv"),
                                      {"year", "number", "from", "to"}, builder_.faults());
    if (!table) return sessions;
    for (const CsvTable::Row& row : table->rows()) {
      Session session;
      session.place = table->PlaceOf(row);
      const bool has_year = absl::SimpleAtoi(table->Get(row, "year"), &session.first_year) &&
                            session.first_year >= 2000 && session.first_year <= 2100;
      if (!has_year) {
        builder_.Fail(session.place, "year",
                      "is not the year in which the school year begins, such as 2026");
      }
      const bool has_number = absl::SimpleAtoi(table->Get(row, "number"), &session.number) &&
                              session.number >= 1 && session.number <= 6;
      if (!has_number) builder_.Fail(session.place, "number", "is not 1 to 6");
      const std::optional<int32_t> from = DayIn(*table, row, "from");
      const std::optional<int32_t> to = DayIn(*table, row, "to");
      if (!HasOrg(*table, row) || !has_year || !has_number || !from || !to) continue;
      session.start_day = *from;
      session.end_day = *to;
      sessions[table->Get(row, "org")].push_back(session);
    }
    return sessions;
  }

  ClosedByOrg ReadClosedDays() {
    ClosedByOrg closed;
    const auto file = files_.find("closed_days.csv");
    if (file == files_.end()) return closed;
    const auto table = CsvTable::Read("closed_days.csv", file->second, {"from"}, builder_.faults());
    if (!table) return closed;
    for (const CsvTable::Row& row : table->rows()) {
      const std::optional<int32_t> from = DayIn(*table, row, "from");
      const std::optional<int32_t> to =
          table->Get(row, "to").empty() ? from : DayIn(*table, row, "to");
      if (!HasOrg(*table, row) || !from || !to) continue;
      if (*to < *from || *to - *from > 366) {
        builder_.Fail(table->PlaceOf(row), "to", "comes before from, or more than a year after");
        continue;
      }
      closed[table->Get(row, "org")].push_back({*from, *to, table->PlaceOf(row)});
    }
    return closed;
  }

  void AddCalendar(const std::string& org, const SessionsByOrg& sessions,
                   const ClosedByOrg& closed) {
    const auto own = sessions.find(org);
    const auto shared = sessions.find("");
    if (own == sessions.end() && shared == sessions.end()) return;
    std::vector<Session> list = own == sessions.end() ? shared->second : own->second;
    std::stable_sort(list.begin(), list.end(), [](const Session& a, const Session& b) {
      return std::pair(a.first_year, a.number) < std::pair(b.first_year, b.number);
    });
    v1::Calendar& calendar = *builder_.request().add_calendars();
    calendar.set_id(Bytes(StableId(builder_.tenant(), "calendar", "of " + org)));
    calendar.set_org(builder_.FindOrg(org)->id());
    calendar.set_zone(zone_);
    builder_.Note(v1::RECORD_KIND_CALENDAR, builder_.request().calendars_size() - 1,
                  list.front().place);
    for (const Session& session : list) {
      if (calendar.years().empty() ||
          calendar.years(calendar.years_size() - 1).first_year() != session.first_year) {
        calendar.add_years()->set_first_year(session.first_year);
      }
      v1::HalfTerm& half_term =
          *calendar.mutable_years(calendar.years_size() - 1)->add_half_terms();
      half_term.set_number(session.number);
      half_term.set_start_day(session.start_day);
      half_term.set_end_day(session.end_day);
      std::set<int32_t> days;
      for (const std::string& whose : {std::string(), org}) {
        const auto found = closed.find(whose);
        if (found == closed.end()) continue;
        for (const ClosedDays& range : found->second) {
          const int32_t first = std::max(range.from_day, session.start_day);
          const int32_t last = std::min(range.to_day, session.end_day);
          for (int32_t day = first; day <= last; ++day) days.insert(day);
        }
      }
      for (const int32_t day : days) half_term.add_closed_days(day);
    }
  }

  const RosterFiles& files_;
  const std::string& zone_;
  RosterBuilder& builder_;
};

}  // namespace

void ReadCalendars(const RosterFiles& files, const std::string& zone,
                   std::vector<Session> half_terms, RosterBuilder& builder) {
  Reader(files, zone, builder).Run(std::move(half_terms));
}

}  // namespace halfterm::tools
