#include "tools/bench/prepared_store.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/core/codec.h"
#include "sync/core/limits.h"
#include "sync/core/sha256.h"
#include "sync/schema.h"
#include "sync/view.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {

absl::StatusOr<PreparedStore> PreparedStore::Open(AdminCalls& admin, SyncCalls& calls,
                                                  const std::string& tenant,
                                                  const core::Id16& person,
                                                  const core::Id16& device) {
  PreparedStore store;
  store.person_ = person;
  absl::StatusOr<v1::OpenSessionReply> session = admin.OpenSession(tenant, person, device, "bench");
  if (!session.ok()) return session.status();
  store.session_ = *std::move(session);
  v1::HelloRequest hello;
  hello.set_device(Bytes(device));
  hello.add_stores();
  hello.set_app("halfterm bench");
  hello.set_core_version(2);
  const absl::StatusOr<v1::HelloReply> reply = calls.Hello(store.token(), hello);
  if (!reply.ok()) return reply.status();
  if (reply->stores_size() != 1) return absl::DataLossError("a greeting opened no store");
  store.replica_ = reply->stores(0).replica();
  store.epoch_ = reply->epoch();
  store.hello_no_ = reply->hello_no();
  return store;
}

absl::StatusOr<core::Dot> PreparedStore::Seal(const Gesture& gesture, const core::Facet& held,
                                              const core::Known& known) {
  const sync::Schema& schema = sync::Schema::OfThisBuild();
  core::GroupHeader header;
  header.replica = replica_;
  header.n = n_ + 1;
  header.session = core::Id16::FromBytes(session_.session()).value_or(core::Id16{});
  header.known = known;
  header.facet = gesture.facet;
  header.time = {static_cast<uint64_t>(gesture.at_ms), core::kClockRestarted, hello_no_, 0};
  std::string body;
  if (gesture.intent != nullptr) {
    header.kind = core::GroupKind::kIntent;
    body = gesture.intent->SerializeAsString();
  } else {
    header.kind = core::GroupKind::kDelta;
    const uint8_t facet_class = gesture.facet.facet_class;
    const std::unique_ptr<google::protobuf::Message> view = NewView(schema, facet_class);
    if (view == nullptr) return absl::NotFoundError("a gesture on a facet of an unknown class");
    absl::Status shown = sync::ReadView(schema, facet_class, held, *view, nullptr);
    if (!shown.ok()) return shown;
    if (absl::Status changed = ChangeView(schema, gesture, *view); !changed.ok()) return changed;
    absl::StatusOr<core::Facet> delta =
        sync::WriteChanges(schema, facet_class, held, *view, header.dot());
    if (!delta.ok()) return delta.status();
    if (delta->cells.empty()) return core::Dot{};
    body = core::Encode(*delta);
  }
  groups_.push_back(core::EncodeGroup(header, body, session_.key()));
  hashes_.push_back(hash_);
  n_ = header.n;
  hash_ = core::ChainHash(hash_, n_, core::Sha256(groups_.back()));
  return header.dot();
}

std::vector<v1::PushRequest> PreparedStore::TakeRequests(size_t max_groups) {
  std::vector<v1::PushRequest> requests;
  const uint64_t first = n_ - groups_.size() + 1;
  for (size_t i = 0; i < groups_.size();) {
    v1::PushRequest& request = requests.emplace_back();
    request.set_replica(replica_);
    request.set_epoch(epoch_);
    request.set_first_n(first + i);
    if (first + i > 1) request.set_hash_before(std::string(hashes_[i].view()));
    size_t bytes = 0;
    const size_t limit = std::min(max_groups, core::kMaxPushGroups);
    while (i < groups_.size() && static_cast<size_t>(request.groups_size()) < limit) {
      bytes += groups_[i].size();
      if (bytes > core::kMaxPushBytes && request.groups_size() > 0) break;
      request.add_groups(std::move(groups_[i++]));
    }
  }
  groups_.clear();
  hashes_.clear();
  return requests;
}

absl::Status AllCommitted(const v1::PushRequest& request, const v1::PushReply& reply) {
  if (reply.results_size() != request.groups_size()) {
    return absl::DataLossError("a push was answered for another number of groups");
  }
  for (const v1::PushResult& result : reply.results()) {
    if (result.disposition() == v1::DISPOSITION_COMMITTED) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "a group was set aside: ", v1::Reason_Name(result.reason()), " ", result.detail()));
  }
  return absl::OkStatus();
}

}  // namespace halfterm::tools
