#include "tools/school_calls.h"

#include <chrono>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

constexpr std::chrono::seconds kCallTime(30);
constexpr uint32_t kPage = 1000;

void Append(v1::Reference& record, sync::Directory::Content& content) {
  switch (record.record_case()) {
    case v1::Reference::kPerson:
      content.people.push_back(std::move(*record.mutable_person()));
      return;
    case v1::Reference::kOrg:
      content.orgs.push_back(std::move(*record.mutable_org()));
      return;
    case v1::Reference::kRubricVersion:
      content.rubrics.push_back(std::move(*record.mutable_rubric_version()));
      return;
    case v1::Reference::kTemplate:
      content.templates.push_back(std::move(*record.mutable_template_()));
      return;
    case v1::Reference::kCalendar:
      content.calendars.push_back(std::move(*record.mutable_calendar()));
      return;
    case v1::Reference::kCycle:
      content.cycles.push_back(std::move(*record.mutable_cycle()));
      return;
    case v1::Reference::kPolicy:
      content.policies.push_back(std::move(*record.mutable_policy()));
      return;
    case v1::Reference::kCoverageRule:
      content.rules.push_back(std::move(*record.mutable_coverage_rule()));
      return;
    case v1::Reference::RECORD_NOT_SET:
      return;
  }
}

bool SameText(const std::string& a, const std::string& b) {
  return !a.empty() && absl::AsciiStrToLower(a) == absl::AsciiStrToLower(b);
}

// The one that `fits`; those that fit best come first in `fits`' tries.
template <typename Message, typename Name, typename... Fits>
absl::StatusOr<const Message*> Meant(const std::vector<Message>& list, const std::string& words,
                                     absl::string_view sort, Name name, Fits... fits) {
  absl::StatusOr<const Message*> result =
      absl::NotFoundError(absl::StrCat("the school has no ", sort, " \"", words, "\""));
  bool decided = false;
  const auto attempt = [&](auto fit) {
    if (decided) return;
    std::vector<const Message*> found;
    for (const Message& message : list) {
      if (fit(message)) found.push_back(&message);
    }
    if (found.empty()) return;
    decided = true;
    if (found.size() == 1) {
      result = found[0];
      return;
    }
    std::vector<std::string> names;
    for (const Message* message : found) {
      const auto id = core::Id16::FromBytes(message->id());
      names.push_back(absl::StrCat(name(*message), " ", id ? FormatUuid(*id) : ""));
    }
    result = absl::NotFoundError(
        absl::StrCat("\"", words, "\" could be any of: ", absl::StrJoin(names, "; ")));
  };
  (attempt(fits), ...);
  return result;
}

}  // namespace

absl::StatusOr<sync::Directory::Content> FetchDirectory(const std::string& admin_address,
                                                        const std::string& school) {
  const auto stub = v1::Directory::NewStub(OpenChannel(admin_address));
  sync::Directory::Content content;
  for (int kind = v1::RECORD_KIND_PERSON; kind <= v1::RECORD_KIND_ROLE_GRANT; ++kind) {
    v1::ListRequest request;
    request.set_tenant(school);
    request.set_kind(static_cast<v1::RecordKind>(kind));
    request.set_page_size(kPage);
    do {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + kCallTime);
      v1::ListReply reply;
      const absl::Status status = ToStatus(stub->List(&context, request, &reply));
      if (!status.ok()) return status;
      for (v1::Reference& record : *reply.mutable_records()) Append(record, content);
      for (v1::RoleGrant& grant : *reply.mutable_grants()) {
        content.grants.push_back(std::move(grant));
      }
      request.set_page_token(reply.next_page_token());
    } while (!request.page_token().empty());
  }
  return content;
}

absl::StatusOr<std::string> SchoolMeant(const Invocation& invocation) {
  if (!invocation.school.empty()) return invocation.school;
  return absl::InvalidArgumentError("which school? Say --school NAME");
}

absl::StatusOr<const v1::Person*> PersonMeant(const sync::Directory::Content& content,
                                              const std::string& words) {
  const auto id = ParseUuid(words);
  return Meant(
      content.people, words, "person", [](const v1::Person& p) { return p.display_name(); },
      [&](const v1::Person& p) { return id && p.id() == Bytes(*id); },
      [&](const v1::Person& p) { return p.sourced_id() == words; },
      [&](const v1::Person& p) { return SameText(p.staff_code(), words); },
      [&](const v1::Person& p) { return SameText(p.display_name(), words); });
}

absl::StatusOr<const v1::Org*> OrgMeant(const sync::Directory::Content& content,
                                        const std::string& words) {
  const auto id = ParseUuid(words);
  return Meant(
      content.orgs, words, "organisation", [](const v1::Org& o) { return o.name(); },
      [&](const v1::Org& o) { return id && o.id() == Bytes(*id); },
      [&](const v1::Org& o) { return o.sourced_id() == words; },
      [&](const v1::Org& o) { return SameText(o.name(), words); });
}

absl::StatusOr<std::string> TokenOf(const std::string& admin_address, const std::string& school,
                                    const v1::Person& person) {
  AdminCalls admin(admin_address);
  const auto id = core::Id16::FromBytes(person.id());
  if (!id) return absl::InternalError("the server listed a person without an id");
  const absl::StatusOr<v1::OpenSessionReply> session =
      admin.OpenSession(school, *id, NamedId("the halfterm command line"), "halfterm");
  if (!session.ok()) return session.status();
  return session->token();
}

}  // namespace halfterm::tools
