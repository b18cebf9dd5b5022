#include "tools/replay/replay_report.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

constexpr size_t kShownChoices = 5;  // Of each person.

// "DISPOSITION_COMMITTED" as "committed".
std::string Word(const std::string& name) {
  const size_t at = name.find('_');
  return absl::AsciiStrToLower(at == std::string::npos ? name : name.substr(at + 1));
}

template <typename Enum>
std::string NameOf(Enum value, const std::string& (*name)(Enum)) {
  return value == 0 ? "unsent" : Word(name(value));
}

json ToJson(const Fate& fate) {
  return {{"all", fate.all},           {"present", fate.present}, {"siblings", fate.siblings},
          {"replaced", fate.replaced}, {"aside", fate.aside},     {"unseen", fate.unseen},
          {"lost", fate.lost}};
}

std::string PersonOf(const ReplayReport& report, const core::Id16& person) {
  const auto found = report.names.find(person);
  return found == report.names.end() ? FormatUuid(person) : found->second;
}

std::string LessonDay(const Choice& choice) {
  if (choice.lesson_ms == 0) return "no date";
  return absl::FormatTime("%a %e %b", absl::FromUnixMillis(choice.lesson_ms), absl::UTCTimeZone());
}

void AddFate(const char* what, const Fate& fate, std::string& text) {
  absl::StrAppendFormat(
      &text, "  %s: %d; present %d, beside another value %d, replaced by a later one %d, ", what,
      fate.all, fate.present, fate.siblings, fate.replaced);
  absl::StrAppendFormat(&text, "set aside %d, out of their author's sight %d, lost %d\n",
                        fate.aside, fate.unseen, fate.lost);
}

void AddChoices(const ReplayReport& report, std::string& text) {
  const std::vector<Choice>& choices = report.merged.choices;
  absl::StrAppendFormat(&text, "Waiting for their author to choose: %d\n", choices.size());
  for (size_t i = 0; i < choices.size();) {
    const core::Id16& person = choices[i].person;
    size_t end = i;
    while (end < choices.size() && choices[end].person == person) ++end;
    absl::StrAppendFormat(&text, "  %s: %d\n", PersonOf(report, person), end - i);
    for (size_t k = i; k < std::min(end, i + kShownChoices); ++k) {
      const Choice& choice = choices[k];
      absl::StrAppendFormat(&text, "    %s, %s: %s is %s\n", PersonOf(report, choice.teacher),
                            LessonDay(choice), choice.what, absl::StrJoin(choice.values, " or "));
    }
    if (end - i > kShownChoices) {
      absl::StrAppendFormat(&text, "    and %d more\n", end - i - kShownChoices);
    }
    i = end;
  }
}

}  // namespace

json ToJson(const ReplayReport& report) {
  json dispositions = json::object(), reasons = json::object(), outcomes = json::object();
  for (const auto& [value, count] : report.merged.dispositions) {
    dispositions[NameOf(value, v1::Disposition_Name)] = count;
  }
  for (const auto& [value, count] : report.merged.reasons) {
    reasons[NameOf(value, v1::Reason_Name)] = count;
  }
  for (const auto& [value, count] : report.merged.outcomes) {
    outcomes[NameOf(value, v1::Outcome_Name)] = count;
  }
  json choices = json::array();
  for (const Choice& choice : report.merged.choices) {
    choices.push_back({{"person", FormatUuid(choice.person)},
                       {"visit", FormatUuid(choice.visit)},
                       {"teacher", FormatUuid(choice.teacher)},
                       {"what", choice.what},
                       {"values", choice.values}});
  }
  json object = {{"tenant", report.tenant},
                 {"tablets", report.tablets},
                 {"stores", report.stores},
                 {"seconds", report.seconds},
                 {"gestures", report.gestures},
                 {"skipped", report.skipped},
                 {"groups", report.merged.groups},
                 {"dispositions", std::move(dispositions)},
                 {"reasons", std::move(reasons)},
                 {"outcomes", std::move(outcomes)},
                 {"facets", report.merged.facets},
                 {"combined_facets", report.merged.combined_facets},
                 {"kept_beside", report.merged.kept_beside},
                 {"choices", std::move(choices)},
                 {"pushes", report.meetings.pushes},
                 {"pulls", report.meetings.pulls},
                 {"pulled_records", report.meetings.records},
                 {"healed_records", report.meetings.healed},
                 {"confirmed_pulls", report.meetings.confirmed},
                 {"lost_replies", report.faults.lost_replies},
                 {"repeated_pushes", report.faults.repeated_pushes},
                 {"cuts", report.faults.cuts},
                 {"restarts", report.faults.restarts},
                 {"bytes_up", report.bytes_up},
                 {"bytes_down", report.bytes_down}};
  if (report.check.has_value()) {
    const CheckReport& check = *report.check;
    object["check"] = {{"right", check.IsRight()},
                       {"stores", check.stores.stores},
                       {"facets", check.stores.facets},
                       {"different_stores", check.stores.different_stores},
                       {"first_difference", check.stores.first_difference},
                       {"groups", ToJson(check.groups)},
                       {"edits", ToJson(check.edits)}};
  }
  return object;
}

std::string ToText(const ReplayReport& report) {
  std::string text;
  absl::StrAppendFormat(&text, "%d tablets with %d stores did %d gestures in %.1f s.\n",
                        report.tablets, report.stores, report.gestures, report.seconds);
  if (report.skipped > 0) {
    absl::StrAppendFormat(&text, "%d of them could not be done where they were to be done.\n",
                          report.skipped);
  }
  absl::StrAppendFormat(&text,
                        "They sent %d groups in %d pushes (%.1f MB) and received %d records in %d "
                        "pulls (%.1f MB).\n",
                        report.merged.groups, report.meetings.pushes,
                        static_cast<double>(report.bytes_up) / 1e6, report.meetings.records,
                        report.meetings.pulls, static_cast<double>(report.bytes_down) / 1e6);
  absl::StrAppendFormat(&text,
                        "On the way %d replies were lost, %d pushes came twice, %d meetings were "
                        "cut and %d tablets switched off.\n",
                        report.faults.lost_replies, report.faults.repeated_pushes,
                        report.faults.cuts, report.faults.restarts);
  std::vector<std::string> parts;
  for (const auto& [value, count] : report.merged.dispositions) {
    parts.push_back(absl::StrCat(NameOf(value, v1::Disposition_Name), " ", count));
  }
  absl::StrAppend(&text, "Groups: ", absl::StrJoin(parts, ", "), "\n");
  parts.clear();
  for (const auto& [value, count] : report.merged.reasons) {
    parts.push_back(absl::StrCat(NameOf(value, v1::Reason_Name), " ", count));
  }
  if (!parts.empty()) absl::StrAppend(&text, "Set aside: ", absl::StrJoin(parts, ", "), "\n");
  parts.clear();
  for (const auto& [value, count] : report.merged.outcomes) {
    parts.push_back(absl::StrCat(NameOf(value, v1::Outcome_Name), " ", count));
  }
  if (!parts.empty()) absl::StrAppend(&text, "Intents: ", absl::StrJoin(parts, ", "), "\n");
  absl::StrAppendFormat(&text,
                        "Pages merged from more than one tablet: %d of %d. Values kept beside the "
                        "one that is shown: %d.\n",
                        report.merged.combined_facets, report.merged.facets,
                        report.merged.kept_beside);
  AddChoices(report, text);
  if (!report.check.has_value()) return text;
  const CheckReport& check = *report.check;
  absl::StrAppendFormat(&text, "Check: %s\n", check.IsRight() ? "right" : "WRONG");
  absl::StrAppendFormat(&text,
                        "  stores: %d, %d facets compared with a fresh tablet's; different: %d\n",
                        check.stores.stores, check.stores.facets, check.stores.different_stores);
  if (!check.stores.first_difference.empty()) {
    absl::StrAppend(&text, "  the first difference: ", check.stores.first_difference, "\n");
  }
  AddFate("groups", check.groups, text);
  if (check.edits.all > 0) AddFate("edits", check.edits, text);
  return text;
}

absl::StatusOr<std::map<core::Id16, std::string>> NamesOf(const std::string& admin_address,
                                                          const std::string& tenant) {
  AdminCalls admin(admin_address);
  std::map<core::Id16, std::string> names;
  v1::ListRequest request;
  request.set_tenant(tenant);
  request.set_kind(v1::RECORD_KIND_PERSON);
  request.set_page_size(1000);
  do {
    const absl::StatusOr<v1::ListReply> page = admin.List(request);
    if (!page.ok()) return page.status();
    for (const v1::Reference& reference : page->records()) {
      const std::optional<core::Id16> id = core::Id16::FromBytes(reference.person().id());
      if (id.has_value()) names[*id] = reference.person().display_name();
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return names;
}

}  // namespace halfterm::tools
