#include "storage/proofs/copies.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "halfterm/disk/proofs.pb.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/directory/schools.h"
#include "storage/keys.h"
#include "storage/pull/holdings.h"
#include "storage/scope_bytes.h"

namespace halfterm::storage {
namespace {

constexpr uint32_t kUsualPage = 200;
constexpr uint32_t kLargestPage = 1000;

using Name = std::pair<core::Id16, core::Id16>;  // Person, tablet.

// What the sessions say of a copy.
struct Signed {
  int64_t first_ms = 0;
  bool in = false;  // A session is alive.
};

absl::Status Damaged(absl::string_view what, absl::string_view key) {
  return absl::DataLossError(absl::StrCat("the stored ", what, " at ", absl::BytesToHexString(key),
                                          " cannot be read; run `halfterm verify`"));
}

template <typename Row>
bool Parse(absl::string_view value, Row& row) {
  return row.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

// An empty row where there is none.
template <typename Row>
absl::StatusOr<Row> ReadRow(const Snapshot& snapshot, const std::string& key) {
  Row row;
  const absl::StatusOr<std::string> stored = snapshot.Get(Family::kState, key);
  if (absl::IsNotFound(stored.status())) return row;
  if (!stored.ok()) return stored.status();
  if (!Parse(*stored, row)) return Damaged("row", key);
  return row;
}

absl::StatusOr<std::map<Name, Signed>> CopiesOf(const Snapshot& snapshot, Tenant tenant) {
  std::map<Name, Signed> copies;
  const std::string prefix = SessionPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::SessionRow row;
    if (!Parse(cursor->value(), row)) return Damaged("session", cursor->key());
    const auto person = core::Id16::FromBytes(row.person());
    const auto device = core::Id16::FromBytes(row.device());
    if (!person || !device) return Damaged("session", cursor->key());
    const auto [copy, is_new] = copies.try_emplace({*person, *device});
    Signed& state = copy->second;
    state.first_ms = is_new ? row.opened_ms() : std::min(state.first_ms, row.opened_ms());
    state.in = state.in || row.ended_ms() == 0;
  }
  if (!cursor->status().ok()) return cursor->status();
  return copies;
}

// How far a proof reaches in the present history: a later epoch may have branched off before it.
uint64_t ProvedSeq(const disk::ProofRow& proof, const disk::EpochsRow& epochs) {
  uint64_t seq = proof.seq();
  for (const disk::EpochRow& epoch : epochs.epochs()) {
    if (epoch.id() > proof.epoch()) seq = std::min(seq, epoch.branch_seq());
  }
  return seq;
}

class CopyList {
 public:
  CopyList(const Snapshot& snapshot, Tenant tenant, disk::EpochsRow epochs)
      : snapshot_(snapshot), tenant_(tenant), epochs_(std::move(epochs)) {}

  absl::StatusOr<v1::TabletCopy> Read(const Name& name, const Signed& sign) const {
    const auto& [person, device] = name;
    const auto proof = ReadRow<disk::ProofRow>(snapshot_, ProofKey(tenant_, person, device));
    if (!proof.ok()) return proof.status();
    const auto tablet = ReadRow<disk::DeviceRow>(snapshot_, DeviceKey(tenant_, device));
    if (!tablet.ok()) return tablet.status();
    const auto history =
        ReadRow<disk::ScopeHistoryRow>(snapshot_, ScopeHistoryKey(tenant_, person));
    if (!history.ok()) return history.status();

    v1::TabletCopy copy;
    copy.set_person(std::string(person.view()));
    copy.set_device(std::string(device.view()));
    copy.set_label(tablet->label());
    copy.set_app(tablet->app());
    copy.set_seen_ms(tablet->seen_ms());
    copy.set_signed_out(!sign.in);
    copy.set_proved_ms(proof->proved_ms());
    copy.set_proved_seq(ProvedSeq(*proof, epochs_));
    copy.set_proved_epoch(proof->epoch());
    std::vector<core::Scope> scopes;
    if (!ParseScopes(proof->scopes(), scopes)) {
      return Damaged("proof", ProofKey(tenant_, person, device));
    }
    for (const core::Scope& scope : scopes) SetScope(scope, *copy.add_scopes());
    for (const disk::LostScope& lost : history->lost()) {
      if (lost.seq() <= copy.proved_seq() || lost.lost_ms() < sign.first_ms) continue;
      if (!ParseScopes(lost.scope(), scopes) || scopes.size() != 1) {
        return Damaged("history of scopes", ScopeHistoryKey(tenant_, person));
      }
      v1::UnprovenLoss& loss = *copy.add_unproven();
      SetScope(scopes.front(), *loss.mutable_scope());
      loss.set_seq(lost.seq());
      loss.set_lost_ms(lost.lost_ms());
    }
    return copy;
  }

 private:
  const Snapshot& snapshot_;
  const Tenant tenant_;
  const disk::EpochsRow epochs_;
};

std::string TokenOf(const Name& name) {
  return absl::BytesToHexString(
      absl::StrCat(absl::string_view(name.first.view().data(), core::Id16::kSize),
                   absl::string_view(name.second.view().data(), core::Id16::kSize)));
}

// The name after which the page goes on; nothing for a token that is none of ours.
std::optional<Name> NameIn(const std::string& token) {
  if (token.size() != 4 * core::Id16::kSize) return std::nullopt;
  const std::string bytes = absl::HexStringToBytes(token);
  const Name name{*core::Id16::FromBytes({bytes.data(), core::Id16::kSize}),
                  *core::Id16::FromBytes({bytes.data() + core::Id16::kSize, core::Id16::kSize})};
  if (TokenOf(name) != token) return std::nullopt;
  return name;
}

absl::StatusOr<disk::EpochsRow> ReadEpochs(const Snapshot& snapshot) {
  disk::EpochsRow epochs;
  const absl::StatusOr<std::string> stored = snapshot.Get(Family::kMeta, EpochKey());
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  if (stored.ok() && !Parse(*stored, epochs)) return Damaged("history", EpochKey());
  return epochs;
}

}  // namespace

absl::StatusOr<v1::ListCopiesReply> ListCopies(const Engine& engine,
                                               const v1::ListCopiesRequest& request) {
  if (request.tenant().empty()) return absl::InvalidArgumentError("tenant: say which school");
  const absl::StatusOr<std::vector<Tenant>> schools = SchoolsNamed(engine, request.tenant());
  if (!schools.ok()) return schools.status();
  const Tenant tenant = schools->front();
  std::optional<Name> after;
  if (!request.page_token().empty()) {
    after = NameIn(request.page_token());
    if (!after) {
      return absl::InvalidArgumentError("page_token: give the one of the last reply, or none");
    }
  }
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, tenant);
  if (!head.ok()) return head.status();
  absl::StatusOr<disk::EpochsRow> epochs = ReadEpochs(*snapshot);
  if (!epochs.ok()) return epochs.status();
  const absl::StatusOr<std::map<Name, Signed>> copies = CopiesOf(*snapshot, tenant);
  if (!copies.ok()) return copies.status();

  const uint32_t size =
      request.page_size() == 0 ? kUsualPage : std::min(request.page_size(), kLargestPage);
  const CopyList list(*snapshot, tenant, *std::move(epochs));
  v1::ListCopiesReply reply;
  reply.set_head_seq(head->seq());
  Name last;
  for (auto copy = after ? copies->upper_bound(*after) : copies->begin(); copy != copies->end();
       ++copy) {
    absl::StatusOr<v1::TabletCopy> read = list.Read(copy->first, copy->second);
    if (!read.ok()) return read.status();
    if (request.unproven_only() && read->unproven().empty()) continue;
    if (reply.copies_size() == static_cast<int>(size)) {
      reply.set_next_page_token(TokenOf(last));
      break;
    }
    *reply.add_copies() = *std::move(read);
    last = copy->first;
  }
  return reply;
}

}  // namespace halfterm::storage
