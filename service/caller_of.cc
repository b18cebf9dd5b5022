#include "service/caller_of.h"

#include <memory>
#include <optional>

#include "absl/strings/match.h"

namespace halfterm::service {
namespace {

constexpr absl::string_view kBearer = "bearer ";
constexpr size_t kMaxTokenBytes = 256;

}  // namespace

std::string TokenOf(const grpc::CallbackServerContext& context) {
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  if (first == last || std::next(first) != last) return "";
  const absl::string_view entry(first->second.data(), first->second.size());
  if (!absl::StartsWithIgnoreCase(entry, kBearer)) return "";
  const absl::string_view token = entry.substr(kBearer.size());
  return token.size() > kMaxTokenBytes ? "" : std::string(token);
}

absl::Status NoSession() { return absl::UnauthenticatedError("no such session, or it has ended"); }

absl::Status Gate::Open() const {
  if (closed_) return absl::UnavailableError("the server is stopping");
  return absl::OkStatus();
}

absl::StatusOr<storage::Caller> Gate::CallerOf(const grpc::CallbackServerContext& context) const {
  return CallerOf(TokenOf(context));
}

absl::StatusOr<storage::Caller> Gate::CallerOf(absl::string_view token) const {
  return Find(token, true);
}

absl::StatusOr<storage::Caller> Gate::StillCallerOf(absl::string_view token) const {
  return Find(token, false);
}

absl::StatusOr<storage::Caller> Gate::Find(absl::string_view token, bool counts) const {
  if (absl::Status open = Open(); !open.ok()) return open;
  if (token.empty()) return NoSession();
  const std::optional<storage::Caller> caller = sessions_.Find(token, clock_.NowMs(), counts);
  if (!caller) return NoSession();
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller->tenant);
  if (directory == nullptr) return NoSession();
  const v1::Person* const person = directory->Person(caller->person);
  if (person == nullptr || person->state() == v1::GRANT_STATE_ENDED) return NoSession();
  return *caller;
}

}  // namespace halfterm::service
