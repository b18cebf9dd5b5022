#include "tools/roster/manifest.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/roster/csv_table.h"

namespace halfterm::tools {
namespace {

constexpr char kFile[] = "manifest.csv";

bool IsRead(const std::string& stem) {
  return stem == "orgs" || stem == "users" || stem == "roles" || stem == "academicSessions";
}

}  // namespace

std::optional<Manifest> ReadManifest(const RosterFiles& files, RosterBuilder& builder) {
  const auto file = files.find(kFile);
  if (file == files.end()) {
    builder.Fail({kFile, 0}, "",
                 "is missing; it must say for each file whether it is bulk or delta");
    return std::nullopt;
  }
  const size_t faults_before = builder.faults().size();
  const auto table =
      CsvTable::Read(kFile, file->second, {"propertyName", "value"}, builder.faults());
  if (!table) return std::nullopt;

  Manifest manifest;
  for (const CsvTable::Row& row : table->rows()) {
    const std::string& name = table->Get(row, "propertyName");
    const std::string& value = table->Get(row, "value");
    if (name == "oneroster.version") manifest.version = value;
    if (!absl::StartsWith(name, "file.")) continue;
    const std::string wanted = name.substr(5);
    const bool is_there = files.count(wanted + ".csv") != 0;
    if (value != "bulk" && value != "delta" && value != "absent") {
      builder.Fail(table->PlaceOf(row), "value",
                   absl::StrCat("is \"", value, "\", not bulk, delta or absent"));
    } else if (IsRead(wanted) && is_there == (value == "absent")) {
      builder.Fail(table->PlaceOf(row), "value",
                   absl::StrCat("is ", value, ", but ", wanted, ".csv is ",
                                is_there ? "there" : "not there"));
    } else {
      manifest.modes[wanted] = value == "absent"  ? FileMode::kAbsent
                               : value == "delta" ? FileMode::kDelta
                                                  : FileMode::kBulk;
    }
  }
  if (manifest.version != "1.1" && manifest.version != "1.2") {
    builder.Fail({kFile, 0}, "oneroster.version",
                 manifest.version.empty()
                     ? "is missing"
                     : absl::StrCat("is \"", manifest.version, "\", not 1.1 or 1.2"));
  }
  if (manifest.version == "1.2" && manifest.ModeOf("users") != FileMode::kAbsent &&
      manifest.ModeOf("roles") == FileMode::kAbsent && files.count("roles.csv") == 0) {
    builder.Fail({kFile, 0}, "file.roles",
                 "is absent; without roles nobody can be told from a student");
  }
  for (const auto& [name, bytes] : files) {
    const std::string stem = name.substr(0, name.rfind('.'));
    if (IsRead(stem) && name == stem + ".csv" && manifest.modes.count(stem) == 0 &&
        builder.faults().size() == faults_before) {
      builder.Fail({kFile, 0}, "file." + stem, absl::StrCat("is missing, but ", name, " is there"));
    }
  }
  if (builder.faults().size() != faults_before) return std::nullopt;
  return manifest;
}

}  // namespace halfterm::tools
