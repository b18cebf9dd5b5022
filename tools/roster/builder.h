// Puts an import together from a roster's files: who is who by the roster's identifiers, which row
// came from which line, and every fault on the way.

#ifndef HALFTERM_TOOLS_ROSTER_BUILDER_H_
#define HALFTERM_TOOLS_ROSTER_BUILDER_H_
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "halfterm/v1/directory.pb.h"
#include "sync/directory.h"
#include "tools/roster/fault.h"

namespace halfterm::tools {

// Where each row of a request came from, by kind and place in its list.
using RowPlaces = std::map<std::pair<int, uint32_t>, Place>;

class RosterBuilder {
 public:
  // `held` is what the school has already; it must outlive the builder.
  RosterBuilder(std::string tenant, const sync::Directory::Content& held);

  v1::ImportRequest& request() { return request_; }
  const v1::ImportRequest& request() const { return request_; }
  Faults& faults() { return faults_; }
  const RowPlaces& places() const { return places_; }
  const std::string& tenant() const { return request_.tenant(); }
  const sync::Directory::Content& held() const { return held_; }

  void Fail(Place place, std::string where, std::string reason) {
    faults_.push_back({std::move(place), std::move(where), std::move(reason)});
  }

  // A new row of the request with its id set. Null, with a fault, where the roster's identifier
  // stands already in another row.
  v1::Org* AddOrg(const std::string& sourced_id, const Place& place);
  v1::Person* AddPerson(const std::string& sourced_id, const Place& place);
  // `words` tell the grant from every other one of the same person. Null as above.
  v1::RoleGrant* AddGrant(const std::string& person, const std::string& words, const Place& place);
  // Says where the last row of a kind came from.
  void Note(v1::RecordKind kind, int index, const Place& place);

  // By the roster's identifier: of the request, else held; null or nothing for an unknown one. A
  // person that is held alone is copied into the request when it is to be changed.
  const v1::Org* FindOrg(const std::string& sourced_id) const;
  const v1::Person* FindPerson(const std::string& sourced_id) const;
  bool HasRowOf(const std::string& person) const { return people_.count(person) != 0; }
  v1::Person* ChangePerson(const std::string& sourced_id, const Place& place);
  std::optional<core::Id16> RubricNamed(const std::string& name) const;
  core::Id16 AddRubricName(const std::string& name);

  // Organisations of the request and held ones that have no parent, ascending by identifier.
  std::vector<const v1::Org*> TopOrgs() const;

 private:
  const sync::Directory::Content& held_;
  v1::ImportRequest request_;
  Faults faults_;
  RowPlaces places_;
  std::map<std::string, int> orgs_, people_;  // By the roster's identifier: index in the request.
  std::map<std::string, const v1::Org*> held_orgs_;
  std::map<std::string, const v1::Person*> held_people_;
  std::set<std::string> grants_, rubrics_;
};

// "2026-09-01" as days since 1970. Nothing for any other form, or a day that is none.
std::optional<int32_t> ParseDay(absl::string_view text);
std::string DayText(int32_t day);

// A choice by its lower-case name without the enum's prefix ("dept" for VISIT_KIND_DEPT). Nothing
// for an unknown one and for "unspecified".
std::optional<int> ParseChoice(const google::protobuf::EnumDescriptor* type,
                               absl::string_view text);
std::string ChoiceText(const google::protobuf::EnumDescriptor* type, int number);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_BUILDER_H_
