#include "tools/roster/staff_list.h"

#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/roster/csv_table.h"

namespace halfterm::tools {
namespace {

constexpr const char* kMeanings[] = {"id", "name", "departments", "code", "type"};

// The school and its departments have no identifiers in such a list: their names stand for them.
std::string SchoolId() { return "the school"; }
std::string DepartmentId(const std::string& name) {
  return absl::StrCat("department ", absl::AsciiStrToLower(name));
}

}  // namespace

absl::StatusOr<ColumnMap> ParseColumnMap(absl::string_view text) {
  const std::set<std::string> meanings(std::begin(kMeanings), std::end(kMeanings));
  ColumnMap columns;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    const std::string meaning(absl::StripAsciiWhitespace(pair.first));
    const std::string column(absl::StripAsciiWhitespace(pair.second));
    if (meanings.count(meaning) == 0 || column.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", part, "\" is not one of id=, name=, departments=, code=, type= and a column"));
    }
    if (!columns.emplace(meaning, column).second) {
      return absl::InvalidArgumentError(absl::StrCat(meaning, "= is there twice"));
    }
  }
  for (const char* meaning : kMeanings) columns.emplace(meaning, meaning);
  return columns;
}

void ReadStaffList(const std::string& file, absl::string_view bytes, const ColumnMap& columns,
                   const std::string& school_name, RosterBuilder& builder) {
  const auto table =
      CsvTable::Read(file, bytes, {columns.at("id"), columns.at("name")}, builder.faults());
  if (!table) return;
  v1::Org* school = builder.AddOrg(SchoolId(), {file, 0});
  school->set_kind(v1::ORG_KIND_SCHOOL);
  school->set_name(school_name.empty() ? builder.tenant() : school_name);
  const std::string school_id = school->id();
  for (const CsvTable::Row& row : table->rows()) {
    const Place place = table->PlaceOf(row);
    const std::string& id = table->Get(row, columns.at("id"));
    const std::string& name = table->Get(row, columns.at("name"));
    if (id.empty()) builder.Fail(place, columns.at("id"), "is missing");
    if (name.empty()) builder.Fail(place, columns.at("name"), "is missing");
    if (id.empty() || name.empty()) continue;
    v1::Person* person = builder.AddPerson(id, place);
    if (person == nullptr) continue;
    person->set_display_name(name);
    person->set_staff_code(table->Get(row, columns.at("code")));
    person->set_type(v1::PERSON_TYPE_STAFF);
    const std::string& type = table->Get(row, columns.at("type"));
    if (!type.empty()) {
      const std::optional<int> choice =
          ParseChoice(v1::PersonType_descriptor(), absl::AsciiStrToLower(type));
      if (choice) {
        person->set_type(static_cast<v1::PersonType>(*choice));
      } else {
        builder.Fail(place, columns.at("type"),
                     absl::StrCat("is \"", type, "\", not staff, trainee, external or governor"));
      }
    }
    for (const absl::string_view part :
         absl::StrSplit(table->Get(row, columns.at("departments")), ';', absl::SkipWhitespace())) {
      const std::string department(absl::StripAsciiWhitespace(part));
      const v1::Org* org = builder.FindOrg(DepartmentId(department));
      if (org == nullptr || org->to_day() != 0) {
        v1::Org* added = builder.AddOrg(DepartmentId(department), place);
        added->set_kind(v1::ORG_KIND_DEPARTMENT);
        added->set_name(department);
        added->set_parent(school_id);
        org = added;
      }
      person->add_departments()->set_org(org->id());
    }
  }
  builder.request().set_complete(true);
}

}  // namespace halfterm::tools
