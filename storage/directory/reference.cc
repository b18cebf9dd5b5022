#include "storage/directory/reference.h"

#include <utility>

#include "absl/status/status.h"
#include "sync/schema.h"
#include "sync/view.h"

namespace halfterm::storage {
namespace {

const google::protobuf::FieldDescriptor* FieldIn(const v1::Reference& reference) {
  return reference.GetReflection()->GetOneofFieldDescriptor(
      reference, v1::Reference::descriptor()->oneof_decl(0));
}

// A string or bytes field of the message, by name; empty where it has none.
std::string TextIn(const v1::Reference& reference, const char* name) {
  const google::protobuf::Message* message = MessageIn(reference);
  if (message == nullptr) return {};
  const google::protobuf::FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return {};
  return message->GetReflection()->GetString(*message, field);
}

}  // namespace

v1::RecordKind KindOf(const v1::Reference& reference) {
  const google::protobuf::FieldDescriptor* field = FieldIn(reference);
  return field == nullptr ? v1::RECORD_KIND_UNSPECIFIED
                          : static_cast<v1::RecordKind>(field->number());
}

const google::protobuf::Message* MessageIn(const v1::Reference& reference) {
  const google::protobuf::FieldDescriptor* field = FieldIn(reference);
  return field == nullptr ? nullptr : &reference.GetReflection()->GetMessage(reference, field);
}

core::Id16 IdOf(const v1::Reference& reference) {
  return core::Id16::FromBytes(TextIn(reference, "id")).value_or(core::Id16{});
}

std::string SourcedIdOf(const v1::Reference& reference) { return TextIn(reference, "sourced_id"); }

std::string NameOf(const v1::Reference& reference) {
  for (const char* name : {"display_name", "name", "title"}) {
    std::string found = TextIn(reference, name);
    if (!found.empty()) return found;
  }
  return {};
}

core::FacetId ReferenceFacet(const core::Id16& record) {
  return core::FacetId{record, core::kBody, core::Id16{}};
}

std::string ReferenceIndexKey(Tenant tenant, v1::RecordKind kind, const core::Id16& record) {
  const std::string_view id = record.view();
  return DirectoryKey(tenant, static_cast<uint8_t>(kind), absl::string_view(id.data(), id.size()));
}

absl::StatusOr<v1::Reference> ReferenceIn(const core::Facet& facet) {
  v1::Reference reference;
  const absl::Status read =
      sync::ReadView(sync::Schema::OfThisBuild(), core::kBody, facet, reference, nullptr);
  if (!read.ok()) return read;
  if (MessageIn(reference) == nullptr) {
    return absl::DataLossError("a reference record holds no message that this version knows");
  }
  return reference;
}

absl::StatusOr<core::Facet> ReferenceDelta(const core::Facet& held, const v1::Reference& wanted,
                                           const core::Dot& dot, uint64_t stamp) {
  absl::StatusOr<core::Facet> delta =
      sync::WriteChanges(sync::Schema::OfThisBuild(), core::kBody, held, wanted, dot);
  if (delta.ok()) core::Stamp(*delta, dot, stamp);
  return delta;
}

std::vector<v1::Reference> ReferencesOf(const sync::Directory::Content& content) {
  std::vector<v1::Reference> all;
  const auto add = [&all](const auto& list, auto into) {
    for (const auto& message : list) *(all.emplace_back().*into)() = message;
  };
  add(content.people, &v1::Reference::mutable_person);
  add(content.orgs, &v1::Reference::mutable_org);
  add(content.rubrics, &v1::Reference::mutable_rubric_version);
  add(content.templates, &v1::Reference::mutable_template_);
  add(content.calendars, &v1::Reference::mutable_calendar);
  add(content.cycles, &v1::Reference::mutable_cycle);
  add(content.policies, &v1::Reference::mutable_policy);
  add(content.rules, &v1::Reference::mutable_coverage_rule);
  return all;
}

void Append(v1::Reference reference, sync::Directory::Content& content) {
  switch (reference.record_case()) {
    case v1::Reference::kPerson:
      content.people.push_back(std::move(*reference.mutable_person()));
      return;
    case v1::Reference::kOrg:
      content.orgs.push_back(std::move(*reference.mutable_org()));
      return;
    case v1::Reference::kRubricVersion:
      content.rubrics.push_back(std::move(*reference.mutable_rubric_version()));
      return;
    case v1::Reference::kTemplate:
      content.templates.push_back(std::move(*reference.mutable_template_()));
      return;
    case v1::Reference::kCalendar:
      content.calendars.push_back(std::move(*reference.mutable_calendar()));
      return;
    case v1::Reference::kCycle:
      content.cycles.push_back(std::move(*reference.mutable_cycle()));
      return;
    case v1::Reference::kPolicy:
      content.policies.push_back(std::move(*reference.mutable_policy()));
      return;
    case v1::Reference::kCoverageRule:
      content.rules.push_back(std::move(*reference.mutable_coverage_rule()));
      return;
    case v1::Reference::RECORD_NOT_SET:
      return;
  }
}

}  // namespace halfterm::storage
