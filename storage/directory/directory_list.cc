#include "storage/directory/directory_list.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "storage/directory/reference.h"

namespace halfterm::storage {
namespace {

constexpr size_t kUsualPage = 200;
constexpr size_t kLargestPage = 1000;

// The messages of `list` after the id `after`, at most `count`, ascending by id; true if there are
// more.
template <typename Message>
bool PageOf(const std::vector<Message>& list, const std::string& after, size_t count,
            std::vector<const Message*>& page) {
  for (const Message& message : list) {
    if (message.id() > after) page.push_back(&message);
  }
  std::sort(page.begin(), page.end(),
            [](const Message* a, const Message* b) { return a->id() < b->id(); });
  const bool more = page.size() > count;
  page.resize(std::min(page.size(), count));
  return more;
}

template <typename Message, typename Add>
void Fill(const std::vector<Message>& list, const std::string& after, size_t count,
          v1::ListReply& reply, const Add& add) {
  std::vector<const Message*> page;
  const bool more = PageOf(list, after, count, page);
  for (const Message* message : page) add(*message);
  if (more) reply.set_next_page_token(absl::BytesToHexString(page.back()->id()));
}

}  // namespace

absl::StatusOr<v1::ListReply> ListDirectory(const sync::Directory& directory,
                                            const v1::ListRequest& request) {
  const std::string& token = request.page_token();
  const std::string after = absl::HexStringToBytes(token);
  if (!token.empty() &&
      (after.size() != core::Id16::kSize || absl::BytesToHexString(after) != token)) {
    return absl::InvalidArgumentError("page_token: give the one of the last reply, or none");
  }
  const size_t count =
      request.page_size() == 0 ? kUsualPage : std::min<size_t>(request.page_size(), kLargestPage);
  const sync::Directory::Content& content = directory.content();
  v1::ListReply reply;
  const auto fill = [&](const auto& list, auto into) {
    Fill(list, after, count, reply,
         [&](const auto& message) { *(reply.add_records()->*into)() = message; });
  };
  switch (request.kind()) {
    case v1::RECORD_KIND_PERSON:
      fill(content.people, &v1::Reference::mutable_person);
      return reply;
    case v1::RECORD_KIND_ORG:
      fill(content.orgs, &v1::Reference::mutable_org);
      return reply;
    case v1::RECORD_KIND_RUBRIC_VERSION:
      fill(content.rubrics, &v1::Reference::mutable_rubric_version);
      return reply;
    case v1::RECORD_KIND_TEMPLATE:
      fill(content.templates, &v1::Reference::mutable_template_);
      return reply;
    case v1::RECORD_KIND_CALENDAR:
      fill(content.calendars, &v1::Reference::mutable_calendar);
      return reply;
    case v1::RECORD_KIND_CYCLE:
      fill(content.cycles, &v1::Reference::mutable_cycle);
      return reply;
    case v1::RECORD_KIND_POLICY:
      fill(content.policies, &v1::Reference::mutable_policy);
      return reply;
    case v1::RECORD_KIND_COVERAGE_RULE:
      fill(content.rules, &v1::Reference::mutable_coverage_rule);
      return reply;
    case v1::RECORD_KIND_ROLE_GRANT:
      Fill(content.grants, after, count, reply,
           [&reply](const v1::RoleGrant& grant) { *reply.add_grants() = grant; });
      return reply;
    default:
      return absl::InvalidArgumentError("kind: say which kind of record to list");
  }
}

}  // namespace halfterm::storage
