#include "storage/verify/sign_in_check.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "halfterm/disk/sign_in.pb.h"
#include "storage/sign_in/sign_in_keys.h"

namespace halfterm::storage {
namespace {

constexpr size_t kDigestBytes = 32;

template <class Row>
std::optional<Row> Read(absl::string_view bytes) {
  Row row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return row;
}

bool IsCount(absl::string_view bytes) {
  const auto row = Read<disk::GuessRow>(bytes);
  return row && row->tries_ms_size() > 0 &&
         std::all_of(row->tries_ms().begin(), row->tries_ms().end(),
                     [](int64_t try_ms) { return try_ms > 0; });
}

}  // namespace

absl::Status CheckSignIns(const Snapshot& snapshot, Tenant tenant, Findings& findings) {
  const auto differs = [&findings](absl::string_view kind, absl::string_view id,
                                   absl::string_view detail) {
    findings.Differs("sign-in", Named(kind, id), std::string(detail));
  };
  const auto is_known = [&](const core::Id16& device) {
    return snapshot.Get(Family::kState, DeviceKey(tenant, device)).ok();
  };
  const std::string prefix = SignInPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    if (!findings.GoOn()) return absl::CancelledError("stopped");
    const std::optional<ParsedSignInKey> key = ParseSignInKey(cursor->key());
    if (!key) {
      differs("row", "", "has a key of no known kind");
      continue;
    }
    switch (key->kind) {
      case SignInRow::kBegun: {
        const auto row = Read<disk::BegunSignInRow>(cursor->value());
        const absl::string_view id(key->device.view().data(), key->device.view().size());
        if (!row || row->until_ms() <= 0 || row->sealed().empty()) {
          differs("begun", id, "cannot be read");
        } else if (!is_known(key->device)) {
          differs("begun", id, "is on no tablet that is known");
        }
        break;
      }
      case SignInRow::kGuesses:
        if (!IsCount(cursor->value())) differs("count", "", "cannot be read");
        break;
      case SignInRow::kUsedNonce: {
        const auto row = Read<disk::UsedNonceRow>(cursor->value());
        const auto device =
            row ? core::Id16::FromBytes(row->device()) : std::optional<core::Id16>();
        if (!device || row->used_ms() <= 0) {
          differs("nonce", "", "cannot be read");
        } else if (!is_known(*device)) {
          differs("nonce", row->device(), "was used by no tablet that is known");
        }
        break;
      }
    }
  }
  return cursor->status();
}

absl::Status CheckGuesses(const Snapshot& snapshot, Findings& findings) {
  const std::string prefix = GuessPrefix();
  const auto cursor = snapshot.NewCursor(Family::kMeta, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    if (cursor->key().size() != prefix.size() + kDigestBytes || !IsCount(cursor->value())) {
      findings.Differs("sign-in", "count", "cannot be read");
    }
  }
  return cursor->status();
}

}  // namespace halfterm::storage
