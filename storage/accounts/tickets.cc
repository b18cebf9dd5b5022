#include "storage/accounts/tickets.h"

#include <memory>
#include <optional>
#include <utility>

#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

absl::Status NoSuchTicket() {
  return absl::UnauthenticatedError("this ticket has ended; ask for a new invitation");
}

bool IsTicketOf(const disk::InvitationRow& row, const core::Id16& device,
                const core::Digest32& hash, int64_t now_ms) {
  return row.ticket_hash() == hash.view() && row.used_by() == device.view() &&
         now_ms < row.ticket_expires_ms();
}

}  // namespace

absl::StatusOr<std::string> NewTicket(Batch& batch, FoundInvitation& invitation) {
  const absl::Status ended = ForEachInvitation(
      batch, invitation.tenant, [&](const std::string& key, disk::InvitationRow row) {
        if (key == invitation.key || row.ticket_hash().empty() ||
            row.person() != invitation.row.person() || row.used_by() != invitation.row.used_by()) {
          return;
        }
        row.clear_ticket_hash();
        batch.Put(Family::kState, key, row.SerializeAsString());
      });
  if (!ended.ok()) return ended;
  std::string ticket = batch.context().random(kTicketBytes);
  invitation.row.set_ticket_hash(std::string(core::Sha256(ticket).view()));
  invitation.row.set_ticket_expires_ms(batch.now_ms() + kTicketMs);
  return ticket;
}

absl::StatusOr<FoundInvitation> FindTicket(Batch& batch, Tenant tenant, const core::Id16& device,
                                           absl::string_view ticket) {
  const core::Digest32 hash = core::Sha256({ticket.data(), ticket.size()});
  std::optional<FoundInvitation> found;
  const absl::Status walked =
      ForEachInvitation(batch, tenant, [&](const std::string& key, disk::InvitationRow row) {
        if (IsTicketOf(row, device, hash, batch.now_ms())) found = {tenant, key, std::move(row)};
      });
  if (!walked.ok()) return walked;
  if (!found) return NoSuchTicket();
  return *std::move(found);
}

void TakeTicket(Batch& batch, FoundInvitation& invitation) {
  invitation.row.clear_ticket_hash();
  batch.Put(Family::kState, invitation.key, invitation.row.SerializeAsString());
}

absl::Status CheckTicket(const Engine& engine, Tenant tenant, const core::Id16& device,
                         absl::string_view ticket, int64_t now_ms) {
  const core::Digest32 hash = core::Sha256({ticket.data(), ticket.size()});
  const std::string prefix = InvitationPrefix(tenant);
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::InvitationRow row;
    if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return absl::DataLossError("an invitation's row cannot be read");
    }
    if (IsTicketOf(row, device, hash, now_ms)) return absl::OkStatus();
  }
  if (!cursor->status().ok()) return cursor->status();
  return NoSuchTicket();
}

}  // namespace halfterm::storage
