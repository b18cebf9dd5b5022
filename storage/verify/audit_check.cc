#include "storage/verify/audit_check.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/audit.pb.h"
#include "storage/audit/audit_log.h"

namespace halfterm::storage {

absl::Status CheckAudit(const Snapshot& snapshot, Tenant tenant, const disk::HeadRow& head,
                        Findings& findings) {
  uint64_t last_n = 0;
  core::Digest32 chain{};
  const std::string prefix = AuditPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kLog, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    if (!findings.GoOn()) return absl::CancelledError("stopped");
    const std::optional<ParsedLogKey> key = ParseAuditKey(cursor->key());
    disk::AuditRow row;
    if (!key ||
        !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      findings.Differs("audit", Named("key", cursor->key()), "cannot be read");
      continue;
    }
    const std::string where = absl::StrCat("row ", key->number);
    if (key->number != last_n + 1) {
      findings.Differs("audit", absl::StrCat("row ", last_n + 1),
                       absl::StrCat("is missing; the next is ", key->number));
    }
    if (AuditChain(chain, key->number, row.event()).view() != row.chain()) {
      findings.Differs("audit", where, "does not follow from the row before it");
    }
    last_n = key->number;
    // One difference, not one for each row that follows.
    chain = core::Digest32::FromBytes(row.chain()).value_or(core::Digest32{});
  }
  if (!cursor->status().ok()) return cursor->status();
  if (last_n != head.audit_n() || (last_n > 0 && chain.view() != head.audit_chain())) {
    findings.Differs("audit", absl::StrCat("row ", head.audit_n()),
                     absl::StrCat("is the last one by the head; the rows end with ", last_n));
  }
  return absl::OkStatus();
}

}  // namespace halfterm::storage
