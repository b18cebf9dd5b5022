#include "storage/import/import_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/string_view.h"
#include "google/protobuf/util/message_differencer.h"
#include "storage/directory/reference.h"

namespace halfterm::storage {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr int kMaxChangesListed = 1000;
constexpr int kMaxDepartments = 16;
// More leavers than one in this many are taken for a mistake of the roster.
constexpr uint32_t kLeaversTakenForAMistake = 10;

bool IsLive(v1::GrantState state) {
  return state == v1::GRANT_STATE_LIVE || state == v1::GRANT_STATE_UNSPECIFIED;
}

bool HasEnded(const v1::Reference& reference, int32_t today) {
  if (reference.has_person()) return reference.person().state() == v1::GRANT_STATE_ENDED;
  if (reference.has_org()) {
    return reference.org().to_day() != 0 && reference.org().to_day() < today;
  }
  return false;
}

std::vector<std::string> DifferingFields(const google::protobuf::Message& before,
                                         const google::protobuf::Message& after) {
  std::vector<std::string> names;
  const google::protobuf::Descriptor* type = before.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = type->field(i);
    MessageDifferencer differencer;
    if (!differencer.CompareWithFields(before, after, {field}, {field})) {
      names.push_back(field->name());
    }
  }
  return names;
}

class Planner {
 public:
  Planner(const v1::ImportRequest& request, const sync::Directory& held, int32_t today)
      : request_(request), held_(held), today_(today) {
    for (v1::Reference& reference : ReferencesOf(held.content())) {
      const core::Id16 id = IdOf(reference);
      held_references_.emplace(id, std::move(reference));
    }
    for (const v1::RoleGrant& grant : held.content().grants) held_grants_[grant.id()] = &grant;
    for (const v1::Org& org : request.orgs()) names_[org.id()] = org.name();
    for (const v1::Person& person : request.people()) names_[person.id()] = person.display_name();
  }

  ImportPlan Run() {
    for (const v1::Org& org : request_.orgs()) {
      v1::Reference wanted;
      *wanted.mutable_org() = org;
      Want(std::move(wanted));
    }
    for (const v1::Person& person : request_.people()) {
      v1::Reference wanted;
      *wanted.mutable_person() = WithHistory(person);
      Want(std::move(wanted));
    }
    WantAll(request_.calendars(), &v1::Reference::mutable_calendar);
    WantAll(request_.rubrics(), &v1::Reference::mutable_rubric_version);
    WantAll(request_.templates(), &v1::Reference::mutable_template_);
    WantAll(request_.rules(), &v1::Reference::mutable_coverage_rule);
    WantAll(request_.cycles(), &v1::Reference::mutable_cycle);
    for (const v1::Policy& policy : request_.policies()) WantPolicy(policy);
    for (const v1::RoleGrant& grant : request_.grants()) WantGrant(grant);
    if (request_.complete()) EndWhatIsMissing();
    CountLeavers();
    for (auto& [kind, difference] : differences_) {
      difference.set_kind(kind);
      *plan_.reply.add_differences() = difference;
    }
    std::sort(plan_.references.begin(), plan_.references.end(),
              [](const v1::Reference& a, const v1::Reference& b) {
                return KindOf(a) != KindOf(b) ? KindOf(a) < KindOf(b) : IdOf(a) < IdOf(b);
              });
    plan_.rederive = rederive_ && !held_references_.empty();
    return std::move(plan_);
  }

 private:
  template <typename List, typename Message>
  void WantAll(const List& list, Message* (v1::Reference::*into)()) {
    for (const Message& message : list) {
      v1::Reference wanted;
      *(wanted.*into)() = message;
      Want(std::move(wanted));
    }
  }

  const v1::Reference* Held(const core::Id16& id) const {
    const auto found = held_references_.find(id);
    return found == held_references_.end() ? nullptr : &found->second;
  }

  void Want(v1::Reference wanted) {
    named_.insert(IdOf(wanted));
    const v1::Reference* held = Held(IdOf(wanted));
    v1::ImportDifference& difference = differences_[KindOf(wanted)];
    if (held == nullptr) {
      difference.set_added(difference.added() + 1);
      return Write(std::move(wanted), v1::IMPORT_ACTION_ADDED, {});
    }
    if (MessageDifferencer::Equals(*held, wanted)) {
      difference.set_unchanged(difference.unchanged() + 1);
      return;
    }
    if (HasEnded(wanted, today_) && !HasEnded(*held, today_)) {
      difference.set_ended(difference.ended() + 1);
      return Write(std::move(wanted), v1::IMPORT_ACTION_ENDED, {});
    }
    difference.set_changed(difference.changed() + 1);
    std::vector<std::string> fields = DifferingFields(*MessageIn(*held), *MessageIn(wanted));
    Write(std::move(wanted), v1::IMPORT_ACTION_CHANGED, std::move(fields));
  }

  void Write(v1::Reference reference, v1::ImportAction action, std::vector<std::string> fields) {
    rederive_ = rederive_ || Decides(reference, fields);
    Note(KindOf(reference), IdOf(reference), SourcedIdOf(reference), NameOf(reference), action,
         fields);
    plan_.references.push_back(std::move(reference));
  }

  // Whether something that was derived may have asked for what changes in this record.
  static bool Decides(const v1::Reference& reference, const std::vector<std::string>& fields) {
    switch (KindOf(reference)) {
      case v1::RECORD_KIND_PERSON:
      case v1::RECORD_KIND_ORG:
        return fields.empty() || std::any_of(fields.begin(), fields.end(), [](const auto& field) {
                 return field == "departments" || field == "state" || field == "parent" ||
                        field == "kind";
               });
      case v1::RECORD_KIND_TEMPLATE:
      case v1::RECORD_KIND_CYCLE:
        return false;
      default:
        return true;
    }
  }

  void Note(v1::RecordKind kind, const core::Id16& id, const std::string& sourced_id,
            const std::string& name, v1::ImportAction action,
            const std::vector<std::string>& fields) {
    if (plan_.reply.changes_size() == kMaxChangesListed) return;
    v1::ImportChange& change = *plan_.reply.add_changes();
    change.set_kind(kind);
    change.set_id(std::string(id.view()));
    change.set_sourced_id(sourced_id);
    change.set_name(name);
    change.set_action(action);
    for (const std::string& field : fields) change.add_fields(field);
  }

  // The person as they shall be held: with their state, and with the departments where they taught.
  v1::Person WithHistory(v1::Person person) const {
    person.set_state(StateOn(today_, person.from_day(), person.to_day()));
    const v1::Reference* reference = Held(*core::Id16::FromBytes(person.id()));
    if (reference == nullptr) return person;
    std::vector<v1::DepartmentMembership> past;
    for (const v1::DepartmentMembership& before : reference->person().departments()) {
      auto* now = FindMembership(person, before);
      if (now != nullptr) {
        if (now->from_day() == 0) now->set_from_day(before.from_day());
        continue;
      }
      v1::DepartmentMembership left = before;
      if (left.to_day() == 0 || left.to_day() >= today_) left.set_to_day(today_ - 1);
      // What began only now, or was still to begin, leaves no trace.
      if (left.from_day() == 0 || left.from_day() <= left.to_day()) past.push_back(left);
    }
    for (v1::DepartmentMembership& now : *person.mutable_departments()) {
      if (now.from_day() == 0 && IsNewTo(reference->person(), now)) now.set_from_day(today_);
    }
    for (v1::DepartmentMembership& left : past) {
      if (person.departments_size() == kMaxDepartments) break;
      *person.add_departments() = std::move(left);
    }
    return person;
  }

  // The membership of `person` that goes on with `before`.
  static v1::DepartmentMembership* FindMembership(v1::Person& person,
                                                  const v1::DepartmentMembership& before) {
    for (v1::DepartmentMembership& now : *person.mutable_departments()) {
      if (now.org() != before.org()) continue;
      const bool goes_on = before.to_day() == 0;
      if (now.from_day() == before.from_day() && (goes_on || now.to_day() != 0)) return &now;
      if (now.from_day() == 0 && goes_on) return &now;
    }
    return nullptr;
  }

  static bool IsNewTo(const v1::Person& held, const v1::DepartmentMembership& membership) {
    return std::none_of(held.departments().begin(), held.departments().end(),
                        [&membership](const v1::DepartmentMembership& before) {
                          return before.org() == membership.org() && before.to_day() == 0;
                        });
  }

  void WantPolicy(v1::Policy policy) {
    const v1::Reference* held = Held(*core::Id16::FromBytes(policy.id()));
    policy.set_version(held == nullptr ? 1 : held->policy().version());
    if (held != nullptr && !MessageDifferencer::Equals(held->policy(), policy)) {
      policy.set_version(policy.version() + 1);
    }
    v1::Reference wanted;
    *wanted.mutable_policy() = std::move(policy);
    Want(std::move(wanted));
  }

  void WantGrant(v1::RoleGrant grant) {
    if (grant.origin() == v1::GRANT_ORIGIN_UNSPECIFIED) {
      grant.set_origin(v1::GRANT_ORIGIN_IMPORTED);
    }
    grant.set_state(StateOn(today_, grant.from_day(), grant.to_day()));
    named_grants_.insert(grant.id());
    v1::ImportDifference& difference = differences_[v1::RECORD_KIND_ROLE_GRANT];
    const auto held = held_grants_.find(grant.id());
    if (held == held_grants_.end()) {
      difference.set_added(difference.added() + 1);
      return WriteGrant(std::move(grant), v1::IMPORT_ACTION_ADDED, {});
    }
    if (held->second->origin() == v1::GRANT_ORIGIN_LOCAL &&
        grant.origin() != v1::GRANT_ORIGIN_LOCAL) {  // The same, or the check had refused it.
      difference.set_unchanged(difference.unchanged() + 1);
      return;
    }
    if (MessageDifferencer::Equals(*held->second, grant)) {
      difference.set_unchanged(difference.unchanged() + 1);
      return;
    }
    if (grant.state() == v1::GRANT_STATE_ENDED && held->second->state() != v1::GRANT_STATE_ENDED) {
      difference.set_ended(difference.ended() + 1);
      return WriteGrant(std::move(grant), v1::IMPORT_ACTION_ENDED, {});
    }
    difference.set_changed(difference.changed() + 1);
    std::vector<std::string> fields = DifferingFields(*held->second, grant);
    WriteGrant(std::move(grant), v1::IMPORT_ACTION_CHANGED, fields);
  }

  void WriteGrant(v1::RoleGrant grant, v1::ImportAction action,
                  const std::vector<std::string>& fields) {
    rederive_ = rederive_ || DecidesWhoReadsOrCounts(grant.role());
    Note(v1::RECORD_KIND_ROLE_GRANT, *core::Id16::FromBytes(grant.id()), "", InWords(grant), action,
         fields);
    plan_.grants.push_back(std::move(grant));
  }

  // "Una Kaur: HOD, Music"
  std::string InWords(const v1::RoleGrant& grant) const {
    constexpr absl::string_view kPrefix = "ROLE_";
    std::string words =
        NameOfRecord(grant.person()) + ": " + v1::Role_Name(grant.role()).substr(kPrefix.size());
    if (!grant.org().empty()) words += ", " + NameOfRecord(grant.org());
    for (const std::string& person : grant.people()) words += ", " + NameOfRecord(person);
    return words;
  }

  // The name of a person or organisation of the import or the school, by its id.
  std::string NameOfRecord(const std::string& id) const {
    const auto brought = names_.find(id);
    if (brought != names_.end()) return brought->second;
    const auto parsed = core::Id16::FromBytes(id);
    const v1::Reference* held = parsed ? Held(*parsed) : nullptr;
    return held == nullptr ? "?" : NameOf(*held);
  }

  void EndWhatIsMissing() {
    for (const auto& [id, held] : held_references_) {
      if (named_.count(id) != 0 || SourcedIdOf(held).empty() || HasEnded(held, today_)) continue;
      if (held.has_person() ? request_.people().empty() : request_.orgs().empty()) continue;
      v1::Reference ended = held;
      if (ended.has_person()) {
        ended.mutable_person()->set_to_day(today_ - 1);
        ended.mutable_person()->set_state(v1::GRANT_STATE_ENDED);
      } else {
        ended.mutable_org()->set_to_day(today_ - 1);
      }
      v1::ImportDifference& difference = differences_[KindOf(ended)];
      difference.set_ended(difference.ended() + 1);
      Write(std::move(ended), v1::IMPORT_ACTION_ENDED, {});
    }
    if (request_.grants().empty()) return;
    for (const v1::RoleGrant& held : held_.content().grants) {
      if (named_grants_.count(held.id()) != 0 || held.origin() == v1::GRANT_ORIGIN_LOCAL ||
          held.state() == v1::GRANT_STATE_ENDED) {
        continue;
      }
      v1::RoleGrant ended = held;
      ended.set_to_day(today_ - 1);
      ended.set_state(v1::GRANT_STATE_ENDED);
      v1::ImportDifference& difference = differences_[v1::RECORD_KIND_ROLE_GRANT];
      difference.set_ended(difference.ended() + 1);
      WriteGrant(std::move(ended), v1::IMPORT_ACTION_ENDED, {});
    }
  }

  void CountLeavers() {
    uint32_t active = 0, leavers = 0;
    for (const v1::Person& person : held_.content().people) active += IsLive(person.state());
    for (const v1::Reference& reference : plan_.references) {
      if (!reference.has_person() || IsLive(reference.person().state())) continue;
      const v1::Reference* before = Held(IdOf(reference));
      leavers += before != nullptr && IsLive(before->person().state());
    }
    plan_.reply.set_active_people(active);
    plan_.reply.set_deactivated_people(leavers);
    if (leavers * kLeaversTakenForAMistake > active && !request_.allow_many_leavers()) {
      plan_.reply.set_refusal(v1::IMPORT_REFUSAL_MANY_LEAVERS);
    }
  }

  const v1::ImportRequest& request_;
  const sync::Directory& held_;
  const int32_t today_;
  std::map<core::Id16, v1::Reference> held_references_;
  std::unordered_map<std::string, const v1::RoleGrant*> held_grants_;
  std::unordered_map<std::string, std::string> names_;  // Of the import, by id.
  std::set<core::Id16> named_;
  std::unordered_set<std::string> named_grants_;
  std::map<v1::RecordKind, v1::ImportDifference> differences_;
  bool rederive_ = false;
  ImportPlan plan_;
};

}  // namespace

ImportPlan PlanImport(const v1::ImportRequest& request, const sync::Directory& held,
                      int32_t today) {
  return Planner(request, held, today).Run();
}

sync::Directory::Content Changed(const sync::Directory::Content& held,
                                 const std::vector<v1::Reference>& references,
                                 const std::vector<v1::RoleGrant>& grants) {
  std::map<core::Id16, v1::Reference> all;
  for (v1::Reference& reference : ReferencesOf(held)) {
    const core::Id16 id = IdOf(reference);
    all.emplace(id, std::move(reference));
  }
  for (const v1::Reference& reference : references) {
    all.insert_or_assign(IdOf(reference), reference);
  }
  std::map<std::string, v1::RoleGrant> all_grants;
  for (const v1::RoleGrant& grant : held.grants) all_grants.emplace(grant.id(), grant);
  for (const v1::RoleGrant& grant : grants) all_grants.insert_or_assign(grant.id(), grant);

  sync::Directory::Content content;
  for (auto& [id, reference] : all) Append(std::move(reference), content);
  for (auto& [id, grant] : all_grants) content.grants.push_back(std::move(grant));
  content.held_back = held.held_back;
  content.as_of = held.as_of;
  return content;
}

v1::GrantState StateOn(int32_t day, int32_t from_day, int32_t to_day) {
  if (to_day != 0 && to_day < day) return v1::GRANT_STATE_ENDED;
  if (from_day != 0 && from_day > day) return v1::GRANT_STATE_COMING;
  return v1::GRANT_STATE_LIVE;
}

int32_t DayAt(const sync::Directory& directory, const core::Id16& org, int64_t moment_ms) {
  return sync::DayOf(moment_ms, directory.ZoneOf(directory.SiteOf(org)));
}

bool DecidesWhoReadsOrCounts(v1::Role role) {
  switch (role) {
    case v1::ROLE_EXEC:
    case v1::ROLE_GOVERNOR:
    case v1::ROLE_ADMIN:
    case v1::ROLE_DPO:
      return false;
    default:
      return true;
  }
}

}  // namespace halfterm::storage
