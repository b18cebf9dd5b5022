#include "tools/roster/one_roster.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/replay/ids.h"
#include "tools/roster/academic_sessions.h"
#include "tools/roster/csv_table.h"
#include "tools/roster/manifest.h"

namespace halfterm::tools {
namespace {

// Who is read, and who is let go.
enum class RoleSort { kStaff, kStudent, kOther, kUnknown };

RoleSort SortOf(const std::string& role) {
  static const std::set<std::string> kStaff = {"teacher",
                                               "aide",
                                               "administrator",
                                               "counselor",
                                               "principal",
                                               "proctor",
                                               "siteAdministrator",
                                               "districtAdministrator",
                                               "systemAdministrator"};
  static const std::set<std::string> kOther = {"guardian", "parent", "relative"};
  if (kStaff.count(role) != 0) return RoleSort::kStaff;
  if (role == "student") return RoleSort::kStudent;
  if (kOther.count(role) != 0 || absl::StartsWith(role, "ext:")) return RoleSort::kOther;
  return RoleSort::kUnknown;
}

class Reader {
 public:
  Reader(const RosterFiles& files, int32_t today, RosterBuilder& builder)
      : files_(files), today_(today), builder_(builder) {}

  OneRosterResult Run() {
    std::optional<Manifest> manifest = ReadManifest(files_, builder_);
    if (!manifest) return std::move(result_);
    manifest_ = *std::move(manifest);
    const bool has_roles = ModeOf("roles") != FileMode::kAbsent;
    ReadOrgs();
    if (has_roles) ReadWhoIsStaff();
    ReadUsers(has_roles);
    if (has_roles) ReadRoles();
    ReadSessions();
    const bool users_are_whole =
        ModeOf("users") == FileMode::kBulk && (!has_roles || ModeOf("roles") == FileMode::kBulk);
    builder_.request().set_complete(users_are_whole && ModeOf("orgs") != FileMode::kDelta);
    Count(students_, "students, not read");
    Count(others_, "parents, guardians and others outside the staff, not read");
    Count(disabled_, "members of staff whose accounts are disabled, left out");
    Count(deleted_, "rows marked tobedeleted in a bulk file, left out");
    return std::move(result_);
  }

 private:
  void Count(size_t count, const char* what) {
    if (count > 0) result_.notes.push_back(absl::StrCat(what, ": ", count));
  }

  FileMode ModeOf(const std::string& file) const { return manifest_.ModeOf(file); }

  std::optional<CsvTable> Open(const std::string& stem, const std::vector<std::string>& required) {
    if (ModeOf(stem) == FileMode::kAbsent) return std::nullopt;
    return CsvTable::Read(stem + ".csv", files_.at(stem + ".csv"), required, builder_.faults());
  }

  // Whether the row is to be read; what is deleted in a delta file is said by `deleted`.
  bool IsToBeRead(const CsvTable& table, const CsvTable::Row& row, FileMode mode, bool& deleted) {
    const std::string& status = table.Get(row, "status");
    deleted = false;
    if (status == "tobedeleted") {
      if (mode == FileMode::kDelta) {
        deleted = true;
        return true;
      }
      ++deleted_;
      return false;
    }
    if (status == "active" || (status.empty() && mode == FileMode::kBulk)) return true;
    builder_.Fail(table.PlaceOf(row), "status",
                  status.empty() ? "is missing in a delta file"
                                 : absl::StrCat("is \"", status, "\", not active or tobedeleted"));
    return false;
  }

  // The identifier of a row; empty, with a fault, where there is none.
  const std::string& IdIn(const CsvTable& table, const CsvTable::Row& row, const char* column) {
    const std::string& id = table.Get(row, column);
    if (id.empty()) builder_.Fail(table.PlaceOf(row), column, "is missing");
    return id;
  }

  void ReadOrgs() {
    const FileMode mode = ModeOf("orgs");
    const auto table = Open("orgs", {"sourcedId", "name", "type"});
    if (!table) return;
    std::vector<std::pair<v1::Org*, const CsvTable::Row*>> added;
    for (const CsvTable::Row& row : table->rows()) {
      bool deleted = false;
      const std::string& id = IdIn(*table, row, "sourcedId");
      if (id.empty() || !IsToBeRead(*table, row, mode, deleted)) continue;
      const v1::Org* held = builder_.FindOrg(id);
      const v1::Org before = held == nullptr ? v1::Org() : *held;
      v1::Org* org = builder_.AddOrg(id, table->PlaceOf(row));
      if (org == nullptr) continue;
      org->set_name(table->Get(row, "name"));
      if (org->name().empty()) builder_.Fail(table->PlaceOf(row), "name", "is missing");
      org->set_kind(KindOf(*table, row));
      if (deleted) {
        org->set_to_day(today_ - 1);
        org->set_parent(before.parent());
      }
    }
    // Parents may stand below their children.
    for (const CsvTable::Row& row : table->rows()) {
      const std::string& parent = table->Get(row, "parentSourcedId");
      const std::string& id = table->Get(row, "sourcedId");
      if (parent.empty() || id.empty()) continue;
      const v1::Org* above = builder_.FindOrg(parent);
      if (above == nullptr) {
        builder_.Fail(table->PlaceOf(row), "parentSourcedId",
                      absl::StrCat("\"", parent, "\" is no organisation of orgs.csv"));
        continue;
      }
      for (v1::Org& org : *builder_.request().mutable_orgs()) {
        if (org.sourced_id() != id) continue;
        org.set_parent(above->id());
        // A school below a school is one of its sites.
        if (org.kind() == v1::ORG_KIND_SCHOOL && above->kind() == v1::ORG_KIND_SCHOOL) {
          org.set_kind(v1::ORG_KIND_SITE);
        }
      }
    }
  }

  v1::OrgKind KindOf(const CsvTable& table, const CsvTable::Row& row) {
    const std::string& type = table.Get(row, "type");
    if (type == "department") return v1::ORG_KIND_DEPARTMENT;
    if (type == "school") return v1::ORG_KIND_SCHOOL;
    if (type == "district" || type == "local" || type == "state" || type == "national") {
      return v1::ORG_KIND_FEDERATION;
    }
    builder_.Fail(table.PlaceOf(row), "type",
                  absl::StrCat("is \"", type,
                               "\", not school, department, district, local, state "
                               "or national"));
    return v1::ORG_KIND_UNSPECIFIED;
  }

  // Of OneRoster 1.2: which users are staff, before any user is read.
  void ReadWhoIsStaff() {
    const auto table = Open("roles", {"userSourcedId", "roleType", "role", "orgSourcedId"});
    if (!table) return;
    for (const CsvTable::Row& row : table->rows()) {
      const std::string& user = table->Get(row, "userSourcedId");
      switch (SortOf(table->Get(row, "role"))) {
        case RoleSort::kStaff:
          staff_.insert(user);
          break;
        case RoleSort::kStudent:
          student_users_.insert(user);
          break;
        default:
          other_users_.insert(user);
      }
    }
  }

  void ReadUsers(bool has_roles) {
    const FileMode mode = ModeOf("users");
    std::vector<std::string> required = {"sourcedId", "givenName", "familyName"};
    if (!has_roles) required.insert(required.end(), {"role", "orgSourcedIds"});
    const auto table = Open("users", required);
    if (!table) return;
    for (const CsvTable::Row& row : table->rows()) {
      const std::string& id = table->Get(row, "sourcedId");
      const RoleSort sort = has_roles ? SortByRoles(id, mode) : SortOf(table->Get(row, "role"));
      if (sort == RoleSort::kStudent) {
        ++students_;
        continue;
      }
      if (sort == RoleSort::kOther) {
        ++others_;
        continue;
      }
      if (IdIn(*table, row, "sourcedId").empty()) continue;
      if (sort == RoleSort::kUnknown) {
        builder_.Fail(table->PlaceOf(row), "role",
                      has_roles ? "is in no row of roles.csv"
                                : absl::StrCat("is \"", table->Get(row, "role"),
                                               "\", which OneRoster 1.1 does not know"));
        continue;
      }
      ReadUser(*table, row, mode, has_roles);
    }
  }

  RoleSort SortByRoles(const std::string& user, FileMode mode) const {
    if (staff_.count(user) != 0) return RoleSort::kStaff;
    if (student_users_.count(user) != 0) return RoleSort::kStudent;
    if (other_users_.count(user) != 0) return RoleSort::kOther;
    // A delta file may change somebody whose roles stay as they were.
    if (mode == FileMode::kDelta && builder_.FindPerson(user) != nullptr) return RoleSort::kStaff;
    return RoleSort::kUnknown;
  }

  void ReadUser(const CsvTable& table, const CsvTable::Row& row, FileMode mode, bool has_roles) {
    const Place place = table.PlaceOf(row);
    const std::string& id = table.Get(row, "sourcedId");
    bool deleted = false;
    if (!IsToBeRead(table, row, mode, deleted)) return;
    const std::string& enabled = table.Get(row, "enabledUser");
    if (!enabled.empty() && enabled != "true" && enabled != "false") {
      builder_.Fail(place, "enabledUser", "is neither true nor false");
      return;
    }
    if (enabled == "false" && mode == FileMode::kBulk) {
      ++disabled_;
      left_out_.insert(id);
      return;
    }
    const v1::Person* held = mode == FileMode::kDelta ? builder_.FindPerson(id) : nullptr;
    const v1::Person before = held == nullptr ? v1::Person() : *held;
    if (deleted && held == nullptr) {
      builder_.Fail(place, "sourcedId", "is to be deleted, but nobody of that id is held");
      return;
    }
    v1::Person* person = builder_.AddPerson(id, place);
    if (person == nullptr) return;
    if (held != nullptr) *person = before;
    Name(table, row, *person);
    if (person->type() == v1::PERSON_TYPE_UNSPECIFIED) person->set_type(v1::PERSON_TYPE_STAFF);
    const std::string& code = table.Get(row, "identifier");
    if (!code.empty() && code.size() <= 16) person->set_staff_code(code);
    if (deleted || enabled == "false") person->set_to_day(today_ - 1);
    if (!has_roles) AddDepartments(table, row, *person);
  }

  void Name(const CsvTable& table, const CsvTable::Row& row, v1::Person& person) {
    const auto part = [&](const char* preferred, const char* usual) {
      const std::string& wanted = table.Get(row, preferred);
      return wanted.empty() ? table.Get(row, usual) : wanted;
    };
    const std::string given = part("preferredGivenName", "givenName");
    const std::string family = part("preferredFamilyName", "familyName");
    if (family.empty() && given.empty()) {
      return builder_.Fail(table.PlaceOf(row), "familyName", "is missing, and givenName too");
    }
    person.set_display_name(given.empty()    ? family
                            : family.empty() ? given
                                             : absl::StrCat(given, " ", family));
  }

  // OneRoster 1.1: the departments among a user's organisations, in their order.
  void AddDepartments(const CsvTable& table, const CsvTable::Row& row, v1::Person& person) {
    person.clear_departments();
    std::set<std::string> seen;
    for (const absl::string_view part :
         absl::StrSplit(table.Get(row, "orgSourcedIds"), ',', absl::SkipWhitespace())) {
      const std::string id(absl::StripAsciiWhitespace(part));
      const v1::Org* org = builder_.FindOrg(id);
      if (org == nullptr) {
        builder_.Fail(table.PlaceOf(row), "orgSourcedIds",
                      absl::StrCat("\"", id, "\" is no organisation of orgs.csv"));
      } else if (org->kind() == v1::ORG_KIND_DEPARTMENT && seen.insert(id).second) {
        person.add_departments()->set_org(org->id());
      }
    }
  }

  struct Membership {
    std::string org;  // Id.
    int32_t from_day = 0, to_day = 0;
    bool is_primary = false, deleted = false;
  };

  void ReadRoles() {
    const FileMode mode = ModeOf("roles");
    const auto table = Open("roles", {"userSourcedId", "roleType", "role", "orgSourcedId"});
    if (!table) return;
    std::map<std::string, std::vector<Membership>> departments;
    std::map<std::string, Place> places;
    for (const CsvTable::Row& row : table->rows()) {
      const RoleSort sort = SortOf(table->Get(row, "role"));
      if (sort == RoleSort::kStudent || sort == RoleSort::kOther) continue;
      const Place place = table->PlaceOf(row);
      if (sort == RoleSort::kUnknown) {
        builder_.Fail(place, "role",
                      absl::StrCat("is \"", table->Get(row, "role"),
                                   "\", which OneRoster 1.2 does not know"));
        continue;
      }
      Membership membership;
      if (!IsToBeRead(*table, row, mode, membership.deleted)) continue;
      const std::string& user = IdIn(*table, row, "userSourcedId");
      if (user.empty() || left_out_.count(user) != 0) continue;
      const bool is_known = ModeOf("users") == FileMode::kBulk
                                ? builder_.HasRowOf(user)
                                : builder_.FindPerson(user) != nullptr;
      if (!is_known) {
        builder_.Fail(place, "userSourcedId",
                      absl::StrCat("\"", user, "\" is no user of users.csv"));
        continue;
      }
      if (ReadMembership(*table, row, membership)) {
        departments[user].push_back(membership);
        places.emplace(user, place);
      }
    }
    for (const auto& [user, memberships] : departments) {
      v1::Person* person = builder_.ChangePerson(user, places[user]);
      if (person != nullptr) SetDepartments(memberships, mode, *person);
    }
  }

  // False where the row is a fault, or is about a school as a whole.
  bool ReadMembership(const CsvTable& table, const CsvTable::Row& row, Membership& membership) {
    const Place place = table.PlaceOf(row);
    const std::string& type = table.Get(row, "roleType");
    if (type != "primary" && type != "secondary") {
      builder_.Fail(place, "roleType", absl::StrCat("is \"", type, "\", not primary or secondary"));
      return false;
    }
    membership.is_primary = type == "primary";
    const v1::Org* org = builder_.FindOrg(table.Get(row, "orgSourcedId"));
    if (org == nullptr) {
      builder_.Fail(
          place, "orgSourcedId",
          absl::StrCat("\"", table.Get(row, "orgSourcedId"), "\" is no organisation of orgs.csv"));
      return false;
    }
    membership.org = org->id();
    bool stands = true;
    for (const auto& [column, day] :
         {std::pair("beginDate", &membership.from_day), std::pair("endDate", &membership.to_day)}) {
      const std::string& text = table.Get(row, column);
      if (text.empty()) continue;
      const std::optional<int32_t> parsed = ParseDay(text);
      if (!parsed) builder_.Fail(place, column, "is no day such as 2026-09-01");
      stands = stands && parsed;
      *day = parsed.value_or(0);
    }
    if (stands && membership.to_day != 0 && membership.from_day > membership.to_day) {
      builder_.Fail(place, "endDate", "comes before beginDate");
      stands = false;
    }
    return stands && org->kind() == v1::ORG_KIND_DEPARTMENT;
  }

  // Primary roles first, then as the file has them.
  void SetDepartments(std::vector<Membership> memberships, FileMode mode,
                      v1::Person& person) const {
    std::stable_sort(
        memberships.begin(), memberships.end(),
        [](const Membership& a, const Membership& b) { return a.is_primary > b.is_primary; });
    if (mode == FileMode::kBulk) person.clear_departments();
    for (const Membership& membership : memberships) {
      v1::DepartmentMembership* held = nullptr;
      for (v1::DepartmentMembership& department : *person.mutable_departments()) {
        if (department.org() == membership.org) held = &department;
      }
      if (membership.deleted) {
        if (held != nullptr) held->set_to_day(today_ - 1);
        continue;
      }
      if (held == nullptr) {
        held = person.add_departments();
        held->set_org(membership.org);
      } else if (mode == FileMode::kBulk) {
        continue;  // Two roles in one department are one membership.
      }
      held->set_from_day(membership.from_day);
      held->set_to_day(membership.to_day);
    }
  }

  void ReadSessions() {
    if (ModeOf("academicSessions") == FileMode::kDelta) {
      return builder_.Fail({"academicSessions.csv", 0}, "",
                           "is a delta; send the sessions of the year in bulk");
    }
    const auto table =
        Open("academicSessions", {"sourcedId", "type", "startDate", "endDate", "schoolYear"});
    if (table) result_.half_terms = ReadAcademicSessions(*table, builder_);
  }

  const RosterFiles& files_;
  const int32_t today_;
  RosterBuilder& builder_;
  Manifest manifest_;
  std::set<std::string> staff_, student_users_, other_users_;  // OneRoster 1.2, by identifier.
  std::set<std::string> left_out_;
  size_t students_ = 0, others_ = 0, disabled_ = 0, deleted_ = 0;
  OneRosterResult result_;
};

}  // namespace

OneRosterResult ReadOneRoster(const RosterFiles& files, int32_t today, RosterBuilder& builder) {
  return Reader(files, today, builder).Run();
}

}  // namespace halfterm::tools
