#include "storage/verify/sums.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "storage/commit/rollups.h"
#include "storage/feed_row.h"

namespace halfterm::storage {

void SchoolSums::AddHeld(const core::Scope& scope, uint16_t period, uint32_t count,
                         const core::Digest32& digest) {
  Held& held = held_[{scope, period}];
  held.count += count;
  held.digest.Add(digest);
}

void SchoolSums::AddContribution(const std::string& kind_and_key, absl::string_view vector) {
  const absl::StatusOr<std::vector<int64_t>> added = DecodeVector(vector);
  if (!added.ok()) return;
  std::vector<int64_t>& sum = rollups_[kind_and_key];
  if (sum.size() < added->size()) sum.resize(added->size());
  for (size_t i = 0; i < added->size(); ++i) sum[i] += (*added)[i];
}

absl::Status SchoolSums::Compare(const Snapshot& snapshot, Tenant tenant, Findings& findings) {
  const absl::Status digests = CompareDigests(snapshot, tenant, findings);
  return digests.ok() ? CompareRollups(snapshot, tenant, findings) : digests;
}

absl::Status SchoolSums::CompareDigests(const Snapshot& snapshot, Tenant tenant,
                                        Findings& findings) {
  const std::string prefix = DigestPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedDigestKey> key = ParseDigestKey(cursor->key());
    const std::optional<DigestRow> row = ParseDigestRow(cursor->value());
    if (!key || !row) {
      findings.Differs("digest", Named("key", cursor->key()), "cannot be read");
      if (key) held_.erase({key->scope, key->period});
      continue;
    }
    findings.reply().set_digests(findings.reply().digests() + 1);
    const std::string where = absl::StrCat(Named(key->scope), " period ", key->period);
    const auto found = held_.find({key->scope, key->period});
    if (found == held_.end()) {
      findings.Differs("digest", where, "no record is held there");
      continue;
    }
    if (row->count != found->second.count) {
      findings.Differs("digest", where,
                       absl::StrCat("counts ", row->count, ", not ", found->second.count));
    } else if (row->digest != found->second.digest.bytes()) {
      findings.Differs("digest", where, "is not the sum of what is held");
    }
    held_.erase(found);
  }
  if (!cursor->status().ok()) return cursor->status();
  for (const auto& [pair, held] : held_) {
    findings.Differs("digest", absl::StrCat(Named(pair.first), " period ", pair.second),
                     "is missing");
  }
  held_.clear();
  return absl::OkStatus();
}

absl::Status SchoolSums::CompareRollups(const Snapshot& snapshot, Tenant tenant,
                                        Findings& findings) {
  const std::string prefix = RollupPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedRollupKey> key = ParseRollupKey(cursor->key());
    if (!key) {
      findings.Differs("rollup", Named("key", cursor->key()), "is no key of a roll-up");
      continue;
    }
    findings.reply().set_rollups(findings.reply().rollups() + 1);
    const std::string name = std::string(1, static_cast<char>(key->kind)) + key->key;
    const std::string where = absl::StrCat("kind ", key->kind, Named("", key->key));
    const auto found = rollups_.find(name);
    // A row of zeros is not kept, so a sum of zeros finds no row either.
    if (found == rollups_.end() || EncodeVector(found->second).empty()) {
      findings.Differs("rollup", where, "no record adds to it");
    } else if (cursor->value() != EncodeVector(found->second)) {
      findings.Differs("rollup", where, "is not the sum of what records add to it");
    }
    if (found != rollups_.end()) rollups_.erase(found);
  }
  if (!cursor->status().ok()) return cursor->status();
  std::vector<std::string> missing;
  for (const auto& [name, vector] : rollups_) {
    if (!EncodeVector(vector).empty()) missing.push_back(name);
  }
  std::sort(missing.begin(), missing.end());
  for (const std::string& name : missing) {
    findings.Differs("rollup",
                     absl::StrCat("kind ", static_cast<int>(static_cast<uint8_t>(name[0])),
                                  Named("", absl::string_view(name).substr(1))),
                     "is missing");
  }
  rollups_.clear();
  return absl::OkStatus();
}

}  // namespace halfterm::storage
