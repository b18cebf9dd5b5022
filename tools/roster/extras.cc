#include "tools/roster/extras.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/replay/ids.h"
#include "tools/roster/calendar_files.h"
#include "tools/roster/csv_table.h"
#include "tools/roster/friendly_json.h"
#include "tools/roster/stable_id.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

class Reader {
 public:
  Reader(const RosterFiles& files, RosterBuilder& builder) : files_(files), builder_(builder) {}

  void Run() {
    ReadPeople();
    // Whoever is in neither of the two loses what an earlier roster gave them.
    if (files_.count("pairings.csv") != 0 && files_.count("grants.csv") == 0) {
      builder_.Fail({"grants.csv", 0}, "",
                    "is missing: with pairings.csv it is the whole list of who may do what");
    }
    ReadGrants();
    ReadPairings();
    ReadRubrics();
    ReadList<v1::Template>("templates.json", "template", v1::RECORD_KIND_TEMPLATE,
                           *builder_.request().mutable_templates());
    ReadList<v1::CoverageRule>("coverage.json", "rule", v1::RECORD_KIND_COVERAGE_RULE,
                               *builder_.request().mutable_rules());
    ReadList<v1::Cycle>("cycles.json", "cycle", v1::RECORD_KIND_CYCLE,
                        *builder_.request().mutable_cycles());
    ReadPolicies();
  }

 private:
  std::optional<CsvTable> Open(const std::string& name, const std::vector<std::string>& required) {
    const auto file = files_.find(name);
    if (file == files_.end()) return std::nullopt;
    return CsvTable::Read(name, file->second, required, builder_.faults());
  }

  // The days of a row; false, with a fault, where they are none.
  template <typename Dated>
  bool ReadDays(const CsvTable& table, const CsvTable::Row& row, Dated& dated) {
    const std::string& from = table.Get(row, "from");
    const std::string& to = table.Get(row, "to");
    const std::optional<int32_t> from_day = from.empty() ? 0 : ParseDay(from);
    const std::optional<int32_t> to_day = to.empty() ? 0 : ParseDay(to);
    if (!from_day) builder_.Fail(table.PlaceOf(row), "from", "is no day such as 2026-09-01");
    if (!to_day) builder_.Fail(table.PlaceOf(row), "to", "is no day such as 2026-09-01");
    if (!from_day || !to_day) return false;
    dated.set_from_day(*from_day);
    dated.set_to_day(*to_day);
    return true;
  }

  // The id of somebody by the roster's identifier; empty, with a fault, for nobody.
  std::string PersonIn(const CsvTable& table, const CsvTable::Row& row, const char* column) {
    return PersonNamed(table.PlaceOf(row), column, table.Get(row, column));
  }
  std::string PersonNamed(const Place& place, const char* column, const std::string& name) {
    const v1::Person* person = builder_.FindPerson(name);
    if (person != nullptr) return person->id();
    builder_.Fail(
        place, column,
        name.empty() ? "is missing" : absl::StrCat("\"", name, "\" is nobody of the roster"));
    return {};
  }

  void ReadPeople() {
    const auto table = Open("people.csv", {"person"});
    if (!table) return;
    for (const CsvTable::Row& row : table->rows()) {
      if (PersonIn(*table, row, "person").empty()) continue;
      v1::Person& person = *builder_.ChangePerson(table->Get(row, "person"), table->PlaceOf(row));
      const std::string& code = table->Get(row, "staff_code");
      if (!code.empty()) person.set_staff_code(code);
      const std::string& type = table->Get(row, "type");
      if (type.empty()) continue;
      const std::optional<int> choice = ParseChoice(v1::PersonType_descriptor(), type);
      if (!choice) {
        builder_.Fail(table->PlaceOf(row), "type",
                      absl::StrCat("is \"", type, "\", not staff, trainee, external or governor"));
        continue;
      }
      person.set_type(static_cast<v1::PersonType>(*choice));
    }
  }

  std::optional<v1::Role> RoleIn(const CsvTable& table, const CsvTable::Row& row) {
    const std::string& name = table.Get(row, "role");
    const std::optional<int> role = ParseChoice(v1::Role_descriptor(), name);
    if (role) return static_cast<v1::Role>(*role);
    builder_.Fail(table.PlaceOf(row), "role",
                  absl::StrCat("is \"", name, "\", which is no role such as hod, slt or coach"));
    return std::nullopt;
  }

  void ReadGrants() {
    const auto table = Open("grants.csv", {"person", "role"});
    if (!table) return;
    for (const CsvTable::Row& row : table->rows()) {
      const Place place = table->PlaceOf(row);
      const std::string person = PersonIn(*table, row, "person");
      const std::optional<v1::Role> role = RoleIn(*table, row);
      v1::RoleGrant grant;
      bool stands = !person.empty() && role && ReadDays(*table, row, grant);
      const std::string& org = table->Get(row, "org");
      if (!org.empty()) {
        const v1::Org* found = builder_.FindOrg(org);
        if (found == nullptr) {
          builder_.Fail(place, "org",
                        absl::StrCat("\"", org, "\" is no organisation of the roster"));
          stands = false;
        } else {
          grant.set_org(found->id());
        }
      }
      std::vector<std::string> people =
          absl::StrSplit(table->Get(row, "people"), absl::ByAnyChar("; "), absl::SkipWhitespace());
      std::sort(people.begin(), people.end());
      for (const std::string& named : people) {
        const std::string id = PersonNamed(place, "people", named);
        stands = stands && !id.empty();
        grant.add_people(id);
      }
      if (!stands) continue;
      grant.set_role(*role);
      Add(place, table->Get(row, "person"),
          {table->Get(row, "role"), org, absl::StrJoin(people, " "), table->Get(row, "from")},
          person, std::move(grant));
    }
  }

  void ReadPairings() {
    const auto table = Open("pairings.csv", {"role", "observer", "teacher"});
    if (!table) return;
    for (const CsvTable::Row& row : table->rows()) {
      const std::string observer = PersonIn(*table, row, "observer");
      const std::string teacher = PersonIn(*table, row, "teacher");
      const std::optional<v1::Role> role = RoleIn(*table, row);
      v1::RoleGrant grant;
      if (observer.empty() || teacher.empty() || !role || !ReadDays(*table, row, grant)) continue;
      if (*role != v1::ROLE_COACH && *role != v1::ROLE_MENTOR && *role != v1::ROLE_PEER &&
          *role != v1::ROLE_AST) {
        builder_.Fail(table->PlaceOf(row), "role", "pairs nobody; coach, mentor, peer and ast do");
        continue;
      }
      grant.set_role(*role);
      grant.add_people(teacher);
      Add(table->PlaceOf(row), table->Get(row, "observer"),
          {table->Get(row, "role"), "", table->Get(row, "teacher"), table->Get(row, "from")},
          observer, std::move(grant));
    }
  }

  // `words`: role, organisation, people, first day. The last day is not among them, so that a grant
  // whose end is put off stays the same grant.
  void Add(const Place& place, const std::string& sourced_id, const std::vector<std::string>& words,
           const std::string& person, v1::RoleGrant grant) {
    v1::RoleGrant* added = builder_.AddGrant(sourced_id, absl::StrJoin(words, "\n"), place);
    if (added == nullptr) return;
    grant.set_id(added->id());
    grant.set_person(person);
    grant.set_origin(v1::GRANT_ORIGIN_IMPORTED);
    *added = std::move(grant);
  }

  // The objects of a file that is a list; nothing where it is not there or not one.
  std::optional<json> OpenList(const std::string& name) {
    const auto file = files_.find(name);
    if (file == files_.end()) return std::nullopt;
    std::optional<json> parsed = ParseJson(name, file->second, builder_);
    if (!parsed) return std::nullopt;
    if (parsed->is_array()) return parsed;
    builder_.Fail({name, 0}, "", "is no list of objects");
    return std::nullopt;
  }

  // The `id` that an object gives itself: any text. Empty, with a fault, where there is none.
  std::string NameIn(const std::string& file, const json& object, const std::string& at) {
    if (object.is_object() && object.contains("id") && object["id"].is_string() &&
        !object["id"].get<std::string>().empty()) {
      return object["id"].get<std::string>();
    }
    builder_.Fail({file, 0}, at + "/id", "is missing");
    return {};
  }

  template <typename Message, typename List>
  void ReadList(const std::string& file, const std::string& sort, v1::RecordKind kind, List& into) {
    const std::optional<json> list = OpenList(file);
    if (!list) return;
    for (size_t i = 0; i < list->size(); ++i) {
      const std::string at = absl::StrCat("/", i);
      const std::string name = NameIn(file, (*list)[i], at);
      Message message;
      if (name.empty() || !FillFromJson((*list)[i], file, at, builder_, message)) continue;
      message.set_id(Bytes(StableId(builder_.tenant(), sort, name)));
      *into.Add() = std::move(message);
      builder_.Note(kind, into.size() - 1, {file, 0});
    }
  }

  void ReadRubrics() {
    const std::optional<json> list = OpenList("rubrics.json");
    if (!list) return;
    for (size_t i = 0; i < list->size(); ++i) {
      const json& object = (*list)[i];
      if (object.is_object() && object.contains("id") && object["id"].is_string()) {
        builder_.AddRubricName(object["id"].get<std::string>());
      }
    }
    ReadList<v1::RubricVersion>("rubrics.json", "rubric", v1::RECORD_KIND_RUBRIC_VERSION,
                                *builder_.request().mutable_rubrics());
  }

  // A policy is that of its organisation and needs no id of its own.
  void ReadPolicies() {
    const std::string file = "policies.json";
    const std::optional<json> list = OpenList(file);
    if (!list) return;
    for (size_t i = 0; i < list->size(); ++i) {
      v1::Policy policy;
      if (!FillFromJson((*list)[i], file, absl::StrCat("/", i), builder_, policy)) continue;
      policy.set_id(Bytes(StableId(builder_.tenant(), "policy", FormatPolicyOrg(policy))));
      *builder_.request().add_policies() = std::move(policy);
      builder_.Note(v1::RECORD_KIND_POLICY, builder_.request().policies_size() - 1, {file, 0});
    }
  }

  static std::string FormatPolicyOrg(const v1::Policy& policy) {
    const auto org = core::Id16::FromBytes(policy.org());
    return org ? "of " + FormatUuid(*org) : "of nothing";
  }

  const RosterFiles& files_;
  RosterBuilder& builder_;
};

}  // namespace

SchoolNames ReadSchoolNames(const RosterFiles& files, Faults& faults) {
  SchoolNames names;
  const auto file = files.find("halfterm.json");
  if (file == files.end()) return names;
  const sync::Directory::Content nothing;
  RosterBuilder builder("", nothing);
  const std::optional<json> object = ParseJson("halfterm.json", file->second, builder);
  faults = builder.faults();
  if (!object) return names;
  if (!object->is_object()) {
    faults.push_back({{"halfterm.json", 0}, "", "is no object"});
    return names;
  }
  for (const auto& [member, value] : object->items()) {
    std::string* into = member == "school" ? &names.school
                        : member == "name" ? &names.name
                        : member == "zone" ? &names.zone
                                           : nullptr;
    if (into == nullptr) {
      faults.push_back({{"halfterm.json", 0}, "/" + member, "is no member that this file has"});
    } else if (!value.is_string()) {
      faults.push_back({{"halfterm.json", 0}, "/" + member, "is no text"});
    } else {
      *into = value.get<std::string>();
    }
  }
  return names;
}

void ReadExtras(const RosterFiles& files, const std::string& zone, std::vector<Session> half_terms,
                RosterBuilder& builder) {
  Reader(files, builder).Run();
  ReadCalendars(files, zone, std::move(half_terms), builder);
}

}  // namespace halfterm::tools
