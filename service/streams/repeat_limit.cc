#include "service/streams/repeat_limit.h"

#include <algorithm>
#include <iterator>

#include "absl/hash/hash.h"
#include "service/grpc_status.h"

namespace halfterm::service {
namespace {

// More accounts than tablets that pull in an hour; beyond it those that owe nothing are forgotten.
constexpr size_t kMostAccounts = 65'536;

}  // namespace

RepeatLimit::Account& RepeatLimit::Of(const storage::Caller& caller) {
  const int64_t now_ms = clock_.MonotonicMs();
  if (accounts_.size() >= kMostAccounts) {
    for (auto account = accounts_.begin(); account != accounts_.end();) {
      const Account& of = account->second;
      const bool owes = of.owed > (now_ms - of.at_ms) * kRepeatBytesAMs;
      account = owes ? std::next(account) : accounts_.erase(account);
    }
  }
  Account& account = accounts_[{caller.tenant.handle(), {caller.person, caller.device}}];
  account.owed = std::max<int64_t>(0, account.owed - (now_ms - account.at_ms) * kRepeatBytesAMs);
  account.at_ms = now_ms;
  return account;
}

bool RepeatLimit::IsRepeat(const storage::Caller& caller, absl::string_view cursor,
                           uint64_t complete) {
  const size_t name = absl::Hash<absl::string_view>{}(cursor) | 1;  // 0 is no call.
  const std::lock_guard<std::mutex> lock(mutex_);
  Account& account = Of(caller);
  if (complete < account.complete) return true;
  if (std::find(account.begun.begin(), account.begun.end(), name) != account.begun.end()) {
    return true;
  }
  account.begun[account.next++ % account.begun.size()] = name;
  return false;
}

void RepeatLimit::Note(const storage::Caller& caller, uint64_t complete, size_t repeated_bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Account& account = Of(caller);
  account.complete = std::max(account.complete, complete);
  account.owed += static_cast<int64_t>(repeated_bytes);
}

absl::Status RepeatLimit::MayRepeat(const storage::Caller& caller) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int64_t beyond = Of(caller).owed - kRepeatAllowanceBytes;
  if (beyond <= 0) return absl::OkStatus();
  return Later("the same was sent too often; go on from the last cursor, later",
               1000 + beyond / kRepeatBytesAMs);
}

}  // namespace halfterm::service
