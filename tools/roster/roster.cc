#include "tools/roster/roster.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/roster/extras.h"
#include "tools/roster/one_roster.h"

namespace halfterm::tools {
namespace {

// Every file that some part of the reader looks at.
const std::set<std::string>& KnownFiles() {
  static const std::set<std::string> kKnown = {
      "manifest.csv",         "orgs.csv",       "users.csv",       "roles.csv",
      "academicSessions.csv", "halfterm.json",  "people.csv",      "grants.csv",
      "pairings.csv",         "half_terms.csv", "closed_days.csv", "policies.json",
      "rubrics.json",         "templates.json", "coverage.json",   "cycles.json"};
  return kKnown;
}

bool IsOneRoster(const RosterFiles& files) {
  return files.count("manifest.csv") != 0 || files.count("users.csv") != 0 ||
         files.count("orgs.csv") != 0;
}

// The only file of its folder that nothing else is: a plain list of staff.
std::string StaffListIn(const RosterFiles& files) {
  std::string found;
  for (const auto& [name, bytes] : files) {
    if (KnownFiles().count(name) != 0 || !absl::EndsWithIgnoreCase(name, ".csv")) continue;
    if (!found.empty()) return {};
    found = name;
  }
  return found;
}

void NoteWhatIsNotRead(const RosterFiles& files, Roster& roster) {
  std::vector<std::string> others;
  for (const auto& [name, bytes] : files) {
    if (KnownFiles().count(name) == 0) others.push_back(name);
  }
  if (!others.empty()) roster.notes.push_back("not read: " + absl::StrJoin(others, ", "));
}

// Some systems list a person twice, under two identifiers, when two sources first meet.
void NoteNamesakes(Roster& roster) {
  std::map<std::string, int> names;
  for (const v1::Person& person : roster.request.people()) ++names[person.display_name()];
  std::vector<std::string> twice;
  for (const auto& [name, count] : names) {
    if (count > 1) twice.push_back(name);
  }
  if (!twice.empty()) {
    roster.notes.push_back("the same name under several identifiers (one person twice?): " +
                           absl::StrJoin(twice, ", "));
  }
}

}  // namespace

absl::StatusOr<Roster> ReadRoster(const RosterFiles& files, const RosterOptions& options,
                                  const sync::Directory::Content& held) {
  Faults first_faults;
  const SchoolNames names = ReadSchoolNames(files, first_faults);
  const std::string school = options.school.empty() ? names.school : options.school;
  if (school.empty() && !first_faults.empty()) {
    Roster unnamed;
    unnamed.faults = std::move(first_faults);
    return unnamed;
  }
  if (school.empty()) {
    return absl::InvalidArgumentError(
        "whose roster is it? Say --school NAME, or \"school\" in halfterm.json");
  }
  const std::string zone = options.zone.empty() ? names.zone : options.zone;
  RosterBuilder builder(school, held);
  builder.faults() = std::move(first_faults);
  builder.request().set_tenant_name(names.name);

  Roster roster;
  std::vector<Session> half_terms;
  const std::string list = StaffListIn(files);
  if (IsOneRoster(files)) {
    OneRosterResult read = ReadOneRoster(files, options.today, builder);
    half_terms = std::move(read.half_terms);
    roster.notes = std::move(read.notes);
    NoteWhatIsNotRead(files, roster);
  } else if (!list.empty()) {
    absl::StatusOr<ColumnMap> usual = ParseColumnMap("");
    ReadStaffList(list, files.at(list), options.columns.empty() ? *usual : options.columns,
                  names.name, builder);
  }
  // Without anybody in it every other file would be full of strangers.
  const bool readable = builder.faults().empty() || !builder.request().people().empty();
  if (readable) ReadExtras(files, zone, std::move(half_terms), builder);

  roster.request = std::move(builder.request());
  roster.faults = std::move(builder.faults());
  roster.places = builder.places();
  NoteNamesakes(roster);
  return roster;
}

absl::StatusOr<v1::ImportRequest> ImportOfFolder(const std::string& path) {
  const absl::StatusOr<RosterFiles> files = ReadRosterFiles(path);
  if (!files.ok()) return files.status();
  absl::StatusOr<Roster> roster = ReadRoster(*files, {}, {});
  if (!roster.ok()) return roster.status();
  if (!roster->faults.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, "/", InWords(roster->faults.front())));
  }
  return std::move(roster->request);
}

std::string SchoolNamedIn(const RosterFiles& files) {
  Faults faults;
  return ReadSchoolNames(files, faults).school;
}

Faults FaultsOf(const v1::ImportReply& reply, const RowPlaces& places) {
  Faults faults;
  for (const v1::ImportRejection& rejection : reply.rejected()) {
    const auto found = places.find({rejection.kind(), rejection.index()});
    Fault& fault = faults.emplace_back();
    if (found != places.end()) fault.place = found->second;
    fault.where = rejection.field();
    fault.reason = rejection.reason();
    if (fault.place.line != 0) continue;
    // Of a JSON file only the place in its list is known.
    const std::string at = absl::StrCat("/", rejection.index());
    fault.where = fault.where.empty() ? at : absl::StrCat(at, "/", fault.where);
  }
  return faults;
}

std::string InWords(const Fault& fault) {
  std::string words = fault.place.file.empty() ? "the roster" : fault.place.file;
  if (fault.place.line != 0) absl::StrAppend(&words, " line ", fault.place.line);
  if (!fault.where.empty()) absl::StrAppend(&words, ", ", fault.where);
  return absl::StrCat(words, ": ", fault.reason);
}

}  // namespace halfterm::tools
