#include "storage/import/import_row.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "halfterm/v1/observation.pb.h"
#include "sync/core/types.h"

namespace halfterm::storage {
namespace {

constexpr size_t kMaxNameBytes = 128;
constexpr size_t kMaxSourcedIdBytes = 255;

bool IsZoneName(const std::string& name) {
  // Nothing that could be a path: the zone's rules are read from a file of its name.
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '_' || c == '-' ||
           c == '+';
  });
  if (!plain || name.empty() || name.size() > 64 || name[0] == '/' || name == "localtime") {
    return false;
  }
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone);
}

bool IsFieldOf(const google::protobuf::Descriptor* message, const std::string& name) {
  return message->FindFieldByName(name) != nullptr && name != "phase";
}

template <typename List>
bool IsStrictlyAscending(const List& list) {
  return std::adjacent_find(list.begin(), list.end(), [](auto a, auto b) { return a >= b; }) ==
         list.end();
}

bool IsVisitKind(int kind) {
  return kind != v1::VISIT_KIND_UNSPECIFIED && v1::VisitKind_IsValid(kind);
}

template <typename Kinds>
void CheckKinds(ImportRow& row, const Kinds& kinds, absl::string_view field) {
  std::set<int> seen;
  for (const int kind : kinds) {
    row.Unless(IsVisitKind(kind) && seen.insert(kind).second, field,
               "name a kind of visit that is unknown, or one twice");
  }
}

}  // namespace

void ImportRow::Reject(absl::string_view field, absl::string_view reason) {
  v1::ImportRejection& rejection = rejected_.emplace_back();
  rejection.set_kind(kind_);
  rejection.set_index(static_cast<uint32_t>(index_));
  if (id_.size() == core::Id16::kSize) rejection.set_id(id_);
  if (sourced_id_.size() <= kMaxSourcedIdBytes) rejection.set_sourced_id(sourced_id_);
  rejection.set_field(std::string(field));
  rejection.set_reason(std::string(reason));
}

void ImportRow::Line(const std::string& text, absl::string_view field, size_t max_bytes,
                     bool required) {
  if (text.empty()) return Unless(!required, field, "is missing");
  Unless(text.size() <= max_bytes, field, absl::StrCat("is longer than ", max_bytes, " bytes"));
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  Unless(plain, field, "holds a line break or another control character");
}

void ImportRow::Text(const std::string& text, absl::string_view field, size_t max_bytes) {
  Unless(text.size() <= max_bytes, field, absl::StrCat("is longer than ", max_bytes, " bytes"));
}

void ImportRow::Days(int32_t from_day, int32_t to_day, absl::string_view field) {
  Unless(from_day == 0 || to_day == 0 || from_day <= to_day, field, "ends before it begins");
}

void ImportRow::Range(bool is_set, uint32_t value, uint32_t min, uint32_t max,
                      absl::string_view field) {
  Unless(!is_set || (value >= min && value <= max), field,
         absl::StrCat("is ", value, ", not ", min, " to ", max));
}

void CheckAlone(ImportRow& row, const v1::Org& org) {
  row.Line(org.sourced_id(), "sourced_id", kMaxSourcedIdBytes, false);
  row.Line(org.name(), "name", kMaxNameBytes, true);
  row.Unless(org.kind() != v1::ORG_KIND_UNSPECIFIED && v1::OrgKind_IsValid(org.kind()), "kind",
             "is missing or unknown");
  row.Days(org.from_day(), org.to_day(), "to_day");
}

void CheckAlone(ImportRow& row, const v1::Person& person) {
  row.Line(person.sourced_id(), "sourced_id", kMaxSourcedIdBytes, false);
  row.Line(person.display_name(), "display_name", kMaxNameBytes, true);
  row.Line(person.staff_code(), "staff_code", 16, false);
  row.Unless(v1::PersonType_IsValid(person.type()), "type", "is unknown");
  row.Days(person.from_day(), person.to_day(), "to_day");
  row.Unless(person.departments_size() <= 16, "departments", "are more than 16");
  std::set<std::pair<std::string, int32_t>> memberships;
  for (const v1::DepartmentMembership& membership : person.departments()) {
    row.Days(membership.from_day(), membership.to_day(), "departments");
    row.Unless(memberships.insert({membership.org(), membership.from_day()}).second, "departments",
               "name the same department twice");
  }
}

void CheckAlone(ImportRow& row, const v1::RoleGrant& grant) {
  row.Unless(grant.role() != v1::ROLE_UNSPECIFIED && v1::Role_IsValid(grant.role()), "role",
             "is missing or unknown");
  row.Days(grant.from_day(), grant.to_day(), "to_day");
  row.Unless(v1::GrantOrigin_IsValid(grant.origin()), "origin", "is unknown");
  row.Unless(grant.people_size() <= 64, "people", "are more than 64");
  const auto& people = grant.people();
  row.Unless(std::find(people.begin(), people.end(), grant.person()) == people.end(), "people",
             "name the person who holds it");
}

void CheckAlone(ImportRow& row, const v1::Calendar& calendar) {
  row.Unless(IsZoneName(calendar.zone()), "zone", "is no time zone such as Europe/London");
  row.Unless(!calendar.years().empty(), "years", "are missing");
  int64_t last_day = INT32_MIN;
  uint32_t last_year = 0;
  for (const v1::SchoolYear& year : calendar.years()) {
    row.Range(true, year.first_year(), 2000, 2100, "years");
    row.Unless(year.first_year() > last_year, "years", "do not ascend");
    last_year = year.first_year();
    row.Unless(!year.half_terms().empty(), "half_terms", "are missing");
    uint32_t last_number = 0;
    for (const v1::HalfTerm& term : year.half_terms()) {
      const std::string where = absl::StrCat("half_terms ", year.first_year(), "/", term.number());
      row.Range(true, term.number(), 1, 6, "half_terms");
      row.Unless(term.number() > last_number, where, "is not in order");
      last_number = term.number();
      row.Unless(term.start_day() <= term.end_day(), where, "ends before it begins");
      row.Unless(term.start_day() > last_day, where, "begins before the one before has ended");
      last_day = std::max<int64_t>(last_day, term.end_day());
      row.Unless(IsStrictlyAscending(term.closed_days()), where,
                 "has closed days that are not in order, or twice");
      const bool within = std::all_of(
          term.closed_days().begin(), term.closed_days().end(),
          [&term](int32_t day) { return day >= term.start_day() && day <= term.end_day(); });
      row.Unless(within, where, "has a closed day outside of it");
    }
  }
}

void CheckAlone(ImportRow& row, const v1::Policy& policy) {
  row.Range(policy.has_load_cap_visits(), policy.load_cap_visits(), 1, 1000, "load_cap_visits");
  row.Range(policy.has_load_cap_minutes(), policy.load_cap_minutes(), 1, 60000, "load_cap_minutes");
  row.Range(policy.has_share_within_school_days(), policy.share_within_school_days(), 1, 60,
            "share_within_school_days");
  row.Range(policy.has_k_min(), policy.k_min(), 3, 50, "k_min");
  row.Range(policy.has_trend_min_each_side(), policy.trend_min_each_side(), 1, 20,
            "trend_min_each_side");
  row.Range(policy.has_trend_min_observers(), policy.trend_min_observers(), 1, 20,
            "trend_min_observers");
  row.Range(policy.has_at_risk_school_days(), policy.at_risk_school_days(), 0, 60,
            "at_risk_school_days");
  row.Range(policy.has_eligible_percent(), policy.eligible_percent(), 0, 100, "eligible_percent");
  row.Range(policy.has_grace_days(), policy.grace_days(), 0, 30, "grace_days");
  CheckKinds(row, policy.open_kinds(), "open_kinds");
  std::set<int> kinds;
  for (const v1::Retention& retention : policy.retention()) {
    row.Unless(IsVisitKind(retention.kind()), "retention", "names no kind of visit");
    row.Unless(kinds.insert(retention.kind()).second, "retention", "names a kind twice");
    row.Range(true, retention.days(), 1, 4000, "retention");
  }
}

void CheckAlone(ImportRow& row, const v1::RubricVersion& rubric) {
  row.Unless(rubric.rubric().empty() || rubric.rubric().size() == core::Id16::kSize, "rubric",
             "is not an id of 16 bytes");
  row.Line(rubric.title(), "title", kMaxNameBytes, true);
  row.Line(rubric.version(), "version", 32, true);
  row.Line(rubric.licence(), "licence", 64, false);
  row.Text(rubric.attribution(), "attribution", 1000);
  row.Unless(!rubric.elements().empty(), "elements", "are missing");
  uint32_t last = 0;
  for (const v1::RubricElement& element : rubric.elements()) {
    const std::string where = absl::StrCat("elements ", element.number());
    row.Range(true, element.number(), 1, 255, "elements");
    row.Unless(element.number() > last, where, "is not in order, or stands twice");
    last = element.number();
    row.Line(element.code(), absl::StrCat(where, " code"), 16, false);
    row.Line(element.title(), absl::StrCat(where, " title"), 200, true);
    row.Unless(element.levels_size() >= 2 && element.levels_size() <= 10,
               absl::StrCat(where, " levels"), "are fewer than 2 or more than 10");
    for (const std::string& level : element.levels()) {
      row.Text(level, absl::StrCat(where, " levels"), 1000);
    }
    for (const std::string& tag : element.tags()) {
      row.Line(tag, absl::StrCat(where, " tags"), 64, true);
    }
  }
}

void CheckAlone(ImportRow& row, const v1::Template& form) {
  row.Unless(IsVisitKind(form.kind()), "kind", "is missing or unknown");
  row.Line(form.title(), "title", kMaxNameBytes, true);
  for (const std::string& section : form.sections()) {
    row.Unless(IsFieldOf(v1::Sheet::descriptor(), section) ||
                   IsFieldOf(v1::Feedback::descriptor(), section) ||
                   IsFieldOf(v1::Steps::descriptor(), section),
               "sections", "name no field of a sheet, of the feedback or of the steps");
  }
  for (const std::string& field : form.required_at_share()) {
    row.Unless(IsFieldOf(v1::Feedback::descriptor(), field), "required_at_share",
               "name no field of the feedback");
  }
  for (const std::string& code : form.tally_codes()) row.Line(code, "tally_codes", 32, true);
}

void CheckAlone(ImportRow& row, const v1::CoverageRule& rule) {
  row.Line(rule.title(), "title", kMaxNameBytes, true);
  row.Unless(!rule.kinds().empty(), "kinds", "are missing");
  CheckKinds(row, rule.kinds(), "kinds");
  row.Range(rule.min_count() != 0, rule.min_count(), 1, 50, "min_count");
  row.Unless(v1::CoveragePeriod_IsValid(rule.per()), "per", "is unknown");
  for (const int role : rule.by_roles()) {
    row.Unless(role != v1::ROLE_UNSPECIFIED && v1::Role_IsValid(role), "by_roles",
               "name a role that is unknown");
  }
  for (const int type : rule.person_types()) {
    row.Unless(type != v1::PERSON_TYPE_UNSPECIFIED && v1::PersonType_IsValid(type), "person_types",
               "name a type that is unknown");
  }
  for (const v1::Exemption& exemption : rule.exemptions()) {
    row.Days(exemption.from_day(), exemption.to_day(), "exemptions");
  }
  row.Days(rule.days().from_day(), rule.days().to_day(), "days");
}

void CheckAlone(ImportRow& row, const v1::Cycle& cycle) {
  row.Line(cycle.title(), "title", kMaxNameBytes, true);
  row.Unless(cycle.start_day() != 0, "start_day", "is missing");
  row.Range(cycle.weeks() != 0, cycle.weeks(), 1, 52, "weeks");
  row.Unless(cycle.checkpoint_days_size() <= 52, "checkpoint_days", "are more than 52");
}

}  // namespace halfterm::storage
