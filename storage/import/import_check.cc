#include "storage/import/import_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "storage/directory/reference.h"
#include "storage/import/import_row.h"
#include "sync/core/limits.h"

namespace halfterm::storage {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr int kMaxOrgDepth = 16;
constexpr char kNoOrg[] = "names no organisation of the import or the school";
constexpr char kNobody[] = "names nobody of the import or the school";

const std::string kNoSourcedId;

bool IsDepartment(v1::OrgKind kind) {
  return kind == v1::ORG_KIND_DEPARTMENT || kind == v1::ORG_KIND_YEAR_TEAM;
}
bool IsSchool(v1::OrgKind kind) { return kind == v1::ORG_KIND_SCHOOL || kind == v1::ORG_KIND_SITE; }

// Whose something is: a roster's identifier, the calendar of an org. Ids are bytes.
using Owners = std::map<std::string, std::string>;

class Checker {
 public:
  Checker(const v1::ImportRequest& request, const sync::Directory& held)
      : request_(request), content_(held.content()) {
    for (const v1::Org& org : content_.orgs) {
      orgs_[org.id()] = &org;
      if (!org.sourced_id().empty()) org_sourced_[org.sourced_id()] = org.id();
    }
    for (const v1::Person& person : content_.people) {
      people_.insert(person.id());
      if (!person.sourced_id().empty()) person_sourced_[person.sourced_id()] = person.id();
    }
    for (const v1::RubricVersion& rubric : content_.rubrics) held_rubrics_[rubric.id()] = &rubric;
    for (const v1::RoleGrant& grant : content_.grants) held_grants_[grant.id()] = &grant;
    for (const v1::Calendar& calendar : content_.calendars) {
      calendar_of_[calendar.org()] = calendar.id();
    }
    for (const v1::Policy& policy : content_.policies) policy_of_[policy.org()] = policy.id();
    for (const v1::Reference& reference : ReferencesOf(content_)) {
      held_kind_[std::string(IdOf(reference).view())] = KindOf(reference);
    }
    for (const v1::Org& org : request.orgs()) orgs_[org.id()] = &org;
    for (const v1::Person& person : request.people()) people_.insert(person.id());
    for (const v1::RubricVersion& rubric : request.rubrics()) new_rubrics_.insert(rubric.id());
  }

  std::vector<v1::ImportRejection> Run() {
    for (int i = 0; i < request_.orgs_size(); ++i) Check(request_.orgs(i), i);
    for (int i = 0; i < request_.people_size(); ++i) Check(request_.people(i), i);
    for (int i = 0; i < request_.grants_size(); ++i) Check(request_.grants(i), i);
    for (int i = 0; i < request_.calendars_size(); ++i) Check(request_.calendars(i), i);
    for (int i = 0; i < request_.policies_size(); ++i) Check(request_.policies(i), i);
    for (int i = 0; i < request_.rubrics_size(); ++i) Check(request_.rubrics(i), i);
    for (int i = 0; i < request_.templates_size(); ++i) Check(request_.templates(i), i);
    for (int i = 0; i < request_.rules_size(); ++i) Check(request_.rules(i), i);
    for (int i = 0; i < request_.cycles_size(); ++i) Check(request_.cycles(i), i);
    return std::move(rejected_);
  }

 private:
  // The faults that every reference record may have.
  template <typename Message>
  ImportRow Begin(v1::RecordKind kind, const Message& message, int index,
                  const std::string& sourced_id = kNoSourcedId) {
    ImportRow row(kind, index, message.id(), sourced_id, rejected_);
    if (HasId(row, message.id(), seen_)) {
      const auto held = held_kind_.find(message.id());
      row.Unless(held == held_kind_.end() || held->second == kind, "id",
                 "is already that of a record of another kind");
    }
    row.Unless(message.ByteSizeLong() <= core::kMaxValueBytes, "",
               "is larger than a record may be (16 KiB)");
    CheckAlone(row, message);
    return row;
  }

  static bool HasId(ImportRow& row, const std::string& id, std::unordered_set<std::string>& seen) {
    const auto parsed = core::Id16::FromBytes(id);
    if (!parsed || parsed->IsZero()) {
      row.Reject("id", "is not an id of 16 bytes");
      return false;
    }
    row.Unless(seen.insert(id).second, "id", "stands in the import twice");
    return true;
  }

  // Each key has one owner.
  static void Own(ImportRow& row, absl::string_view field, absl::string_view reason,
                  const std::string& key, const std::string& id, Owners& owners) {
    const auto [held, is_new] = owners.emplace(key, id);
    row.Unless(is_new || held->second == id, field, reason);
  }
  static void OwnSourcedId(ImportRow& row, const std::string& sourced_id, const std::string& id,
                           Owners& owners) {
    if (sourced_id.empty()) return;
    Own(row, "sourced_id", "is already held under another id", sourced_id, id, owners);
  }

  bool IsOrg(const std::string& id) const { return orgs_.count(id) != 0; }
  bool IsPerson(const std::string& id) const { return people_.count(id) != 0; }
  v1::OrgKind KindOfOrg(const std::string& id) const {
    const auto found = orgs_.find(id);
    return found == orgs_.end() ? v1::ORG_KIND_UNSPECIFIED : found->second->kind();
  }

  void Check(const v1::Org& org, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_ORG, org, index, org.sourced_id());
    OwnSourcedId(row, org.sourced_id(), org.id(), org_sourced_);
    if (org.parent().empty()) return;
    if (!IsOrg(org.parent())) return row.Reject("parent", kNoOrg);
    std::string above = org.parent();
    for (int depth = 0; !above.empty(); ++depth) {
      if (above == org.id() || depth == kMaxOrgDepth) {
        return row.Reject("parent", "lies below itself, or too deep");
      }
      const auto found = orgs_.find(above);
      above = found == orgs_.end() ? "" : found->second->parent();
    }
  }

  void Check(const v1::Person& person, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_PERSON, person, index, person.sourced_id());
    OwnSourcedId(row, person.sourced_id(), person.id(), person_sourced_);
    for (const v1::DepartmentMembership& membership : person.departments()) {
      row.Unless(IsDepartment(KindOfOrg(membership.org())), "departments",
                 "name something that is no department of the import or the school");
    }
  }

  void Check(const v1::RoleGrant& grant, int index) {
    ImportRow row(v1::RECORD_KIND_ROLE_GRANT, index, grant.id(), kNoSourcedId, rejected_);
    HasId(row, grant.id(), grants_seen_);
    CheckAlone(row, grant);
    row.Unless(IsPerson(grant.person()), "person", kNobody);
    for (const std::string& named : grant.people()) row.Unless(IsPerson(named), "people", kNobody);
    CheckWhere(row, grant);
    const auto held = held_grants_.find(grant.id());
    if (held != held_grants_.end()) CheckAgainst(row, grant, *held->second);
  }

  // Where a role may hold.
  void CheckWhere(ImportRow& row, const v1::RoleGrant& grant) {
    const v1::OrgKind kind = KindOfOrg(grant.org());
    switch (grant.role()) {
      case v1::ROLE_HOD:
      case v1::ROLE_TEACHER:
        return row.Unless(IsDepartment(kind), "org", "must be a department");
      case v1::ROLE_SLT:
      case v1::ROLE_HEAD:
        return row.Unless(IsSchool(kind), "org", "must be a school or site");
      case v1::ROLE_PEER:
      case v1::ROLE_COACH:
      case v1::ROLE_MENTOR:
      case v1::ROLE_AST:
        if (!grant.org().empty()) return row.Unless(IsOrg(grant.org()), "org", kNoOrg);
        return row.Unless(!grant.people().empty(), "people",
                          "are missing: for whom, or in which organisation?");
      case v1::ROLE_EXEC:
      case v1::ROLE_GOVERNOR:
      case v1::ROLE_ADMIN:
      case v1::ROLE_DPO:
        return row.Unless(IsOrg(grant.org()), "org", kNoOrg);
      case v1::ROLE_REVIEWER:
      case v1::ROLE_CHAMPION:
      case v1::ROLE_EXTERNAL:
        return row.Unless(grant.org().size() == core::Id16::kSize, "org",
                          "must be the id of a review");
      default:
        return;
    }
  }

  static void CheckAgainst(ImportRow& row, const v1::RoleGrant& grant, const v1::RoleGrant& held) {
    row.Unless(held.person() == grant.person(), "person", "is not the one who holds that grant");
    if (held.origin() != v1::GRANT_ORIGIN_LOCAL || grant.origin() == v1::GRANT_ORIGIN_LOCAL) return;
    v1::RoleGrant mine = grant, theirs = held;
    for (v1::RoleGrant* either : {&mine, &theirs}) {
      either->clear_state();
      either->clear_origin();
      either->clear_granted_by();
    }
    row.Unless(MessageDifferencer::Equals(mine, theirs), "",
               "was made by hand in Halfterm; a roster cannot change it");
  }

  void Check(const v1::Calendar& calendar, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_CALENDAR, calendar, index);
    if (!IsOrg(calendar.org())) return row.Reject("org", kNoOrg);
    Own(row, "org", "has another calendar already, under another id", calendar.org(), calendar.id(),
        calendar_of_);
  }

  void Check(const v1::Policy& policy, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_POLICY, policy, index);
    if (!IsOrg(policy.org())) return row.Reject("org", kNoOrg);
    Own(row, "org", "has another policy already, under another id", policy.org(), policy.id(),
        policy_of_);
  }

  void Check(const v1::RubricVersion& rubric, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_RUBRIC_VERSION, rubric, index);
    const auto held = held_rubrics_.find(rubric.id());
    if (held == held_rubrics_.end()) return;
    row.Unless(MessageDifferencer::Equals(*held->second, rubric), "",
               "differs from the version that is held; give the new version an id of its own");
  }

  void Check(const v1::Template& form, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_TEMPLATE, form, index);
    const std::string& rubric = form.rubric_version();
    row.Unless(rubric.empty() || held_rubrics_.count(rubric) || new_rubrics_.count(rubric),
               "rubric_version", "names no rubric version of the import or the school");
  }

  void Check(const v1::CoverageRule& rule, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_COVERAGE_RULE, rule, index);
    row.Unless(IsOrg(rule.org()), "org", kNoOrg);
    for (const std::string& department : rule.departments()) {
      row.Unless(IsDepartment(KindOfOrg(department)), "departments",
                 "name something that is no department of the import or the school");
    }
    for (const v1::Exemption& exemption : rule.exemptions()) {
      row.Unless(IsPerson(exemption.person()), "exemptions", kNobody);
    }
  }

  void Check(const v1::Cycle& cycle, int index) {
    ImportRow row = Begin(v1::RECORD_KIND_CYCLE, cycle, index);
    row.Unless(IsOrg(cycle.org()), "org", kNoOrg);
  }

  const v1::ImportRequest& request_;
  const sync::Directory::Content& content_;
  std::vector<v1::ImportRejection> rejected_;
  // Held, with what the import brings over it.
  std::unordered_map<std::string, const v1::Org*> orgs_;
  std::unordered_set<std::string> people_;
  // Held alone.
  std::unordered_map<std::string, const v1::RubricVersion*> held_rubrics_;
  std::unordered_map<std::string, const v1::RoleGrant*> held_grants_;
  std::unordered_map<std::string, v1::RecordKind> held_kind_;
  // Of the import alone.
  std::unordered_set<std::string> new_rubrics_, seen_, grants_seen_;
  Owners calendar_of_, policy_of_, person_sourced_, org_sourced_;
};

}  // namespace

absl::Status CheckImportRequest(const v1::ImportRequest& request) {
  const std::string& name = request.tenant();
  const bool well_formed = !name.empty() && name.size() <= 63 && name[0] >= 'a' && name[0] <= 'z' &&
                           std::all_of(name.begin(), name.end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                           });
  if (!well_formed) {
    return absl::InvalidArgumentError(
        "tenant: the school's handle is 1 to 63 of a-z, 0-9 and hyphens, beginning with a letter");
  }
  if (request.tenant_name().size() > 128) {
    return absl::InvalidArgumentError("tenant_name: is longer than 128 bytes");
  }
  const int rows = request.orgs_size() + request.people_size() + request.grants_size() +
                   request.calendars_size() + request.policies_size() + request.rubrics_size() +
                   request.templates_size() + request.rules_size() + request.cycles_size();
  if (rows > kMaxImportRows) {
    return absl::InvalidArgumentError(
        absl::StrCat("an import holds at most ", kMaxImportRows, " rows, this one has ", rows));
  }
  return absl::OkStatus();
}

std::vector<v1::ImportRejection> CheckImportRows(const v1::ImportRequest& request,
                                                 const sync::Directory& held) {
  return Checker(request, held).Run();
}

}  // namespace halfterm::storage
