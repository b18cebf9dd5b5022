#include "tools/roster/builder.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "tools/replay/ids.h"
#include "tools/roster/stable_id.h"

namespace halfterm::tools {
namespace {

constexpr absl::CivilDay kFirstDay(1970, 1, 1);

// "VISIT_KIND_" of VISIT_KIND_UNSPECIFIED.
std::string PrefixOf(const google::protobuf::EnumDescriptor* type) {
  const std::string& zero = type->value(0)->name();
  constexpr absl::string_view kZero = "UNSPECIFIED";
  return zero.substr(0, zero.size() - kZero.size());
}

}  // namespace

RosterBuilder::RosterBuilder(std::string tenant, const sync::Directory::Content& held)
    : held_(held) {
  request_.set_tenant(std::move(tenant));
  for (const v1::Org& org : held.orgs) {
    if (!org.sourced_id().empty()) held_orgs_[org.sourced_id()] = &org;
  }
  for (const v1::Person& person : held.people) {
    if (!person.sourced_id().empty()) held_people_[person.sourced_id()] = &person;
  }
}

v1::Org* RosterBuilder::AddOrg(const std::string& sourced_id, const Place& place) {
  const int index = request_.orgs_size();
  if (!orgs_.emplace(sourced_id, index).second) {
    Fail(place, "sourcedId", "stands in an earlier row too");
    return nullptr;
  }
  v1::Org* org = request_.add_orgs();
  org->set_id(Bytes(StableId(tenant(), "org", sourced_id)));
  org->set_sourced_id(sourced_id);
  Note(v1::RECORD_KIND_ORG, index, place);
  return org;
}

v1::Person* RosterBuilder::AddPerson(const std::string& sourced_id, const Place& place) {
  const int index = request_.people_size();
  if (!people_.emplace(sourced_id, index).second) {
    Fail(place, "sourcedId", "stands in an earlier row too");
    return nullptr;
  }
  v1::Person* person = request_.add_people();
  person->set_id(Bytes(StableId(tenant(), "person", sourced_id)));
  person->set_sourced_id(sourced_id);
  Note(v1::RECORD_KIND_PERSON, index, place);
  return person;
}

v1::RoleGrant* RosterBuilder::AddGrant(const std::string& person, const std::string& words,
                                       const Place& place) {
  const std::string name = absl::StrCat(person, "\n", words);
  if (!grants_.insert(name).second) {
    Fail(place, "", "says what an earlier row says");
    return nullptr;
  }
  v1::RoleGrant* grant = request_.add_grants();
  grant->set_id(Bytes(StableId(tenant(), "grant", name)));
  Note(v1::RECORD_KIND_ROLE_GRANT, request_.grants_size() - 1, place);
  return grant;
}

void RosterBuilder::Note(v1::RecordKind kind, int index, const Place& place) {
  places_[{kind, static_cast<uint32_t>(index)}] = place;
}

const v1::Org* RosterBuilder::FindOrg(const std::string& sourced_id) const {
  const auto found = orgs_.find(sourced_id);
  if (found != orgs_.end()) return &request_.orgs(found->second);
  const auto held = held_orgs_.find(sourced_id);
  return held == held_orgs_.end() ? nullptr : held->second;
}

const v1::Person* RosterBuilder::FindPerson(const std::string& sourced_id) const {
  const auto found = people_.find(sourced_id);
  if (found != people_.end()) return &request_.people(found->second);
  const auto held = held_people_.find(sourced_id);
  return held == held_people_.end() ? nullptr : held->second;
}

v1::Person* RosterBuilder::ChangePerson(const std::string& sourced_id, const Place& place) {
  const auto found = people_.find(sourced_id);
  if (found != people_.end()) return request_.mutable_people(found->second);
  const auto held = held_people_.find(sourced_id);
  if (held == held_people_.end()) return nullptr;
  people_.emplace(sourced_id, request_.people_size());
  v1::Person* person = request_.add_people();
  *person = *held->second;
  Note(v1::RECORD_KIND_PERSON, request_.people_size() - 1, place);
  return person;
}

std::optional<core::Id16> RosterBuilder::RubricNamed(const std::string& name) const {
  const core::Id16 id = StableId(tenant(), "rubric", name);
  if (rubrics_.count(name) != 0) return id;
  for (const v1::RubricVersion& rubric : held_.rubrics) {
    if (rubric.id() == Bytes(id)) return id;
  }
  return std::nullopt;
}

core::Id16 RosterBuilder::AddRubricName(const std::string& name) {
  rubrics_.insert(name);
  return StableId(tenant(), "rubric", name);
}

std::vector<const v1::Org*> RosterBuilder::TopOrgs() const {
  std::map<std::string, const v1::Org*> tops;
  for (const auto& [sourced_id, org] : held_orgs_) {
    if (org->parent().empty() && orgs_.count(sourced_id) == 0) tops[sourced_id] = org;
  }
  for (const v1::Org& org : request_.orgs()) {
    if (org.parent().empty()) tops[org.sourced_id()] = &org;
  }
  std::vector<const v1::Org*> list;
  for (const auto& [sourced_id, org] : tops) list.push_back(org);
  return list;
}

std::optional<int32_t> ParseDay(absl::string_view text) {
  absl::CivilDay day;
  // Only the one form: 10 characters, so that 2026-9-1 is a fault and not a guess.
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !absl::ParseCivilTime(text, &day)) {
    return std::nullopt;
  }
  if (day < absl::CivilDay(1900, 1, 1) || day > absl::CivilDay(9999, 12, 31)) return std::nullopt;
  return static_cast<int32_t>(day - kFirstDay);
}

std::string DayText(int32_t day) { return absl::FormatCivilTime(kFirstDay + day); }

std::optional<int> ParseChoice(const google::protobuf::EnumDescriptor* type,
                               absl::string_view text) {
  if (text != absl::AsciiStrToLower(text)) return std::nullopt;
  const auto* value =
      type->FindValueByName(absl::StrCat(PrefixOf(type), absl::AsciiStrToUpper(text)));
  if (value == nullptr || value->number() == 0) return std::nullopt;
  return value->number();
}

std::string ChoiceText(const google::protobuf::EnumDescriptor* type, int number) {
  const auto* value = type->FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  return absl::AsciiStrToLower(value->name().substr(PrefixOf(type).size()));
}

}  // namespace halfterm::tools
