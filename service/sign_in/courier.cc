#include "service/sign_in/courier.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/rows.pb.h"
#include "service/limits.h"
#include "storage/accounts/account_rows.h"
#include "storage/commit/sync_jobs.h"
#include "storage/sign_in/guess_jobs.h"
#include "sync/core/group.h"
#include "sync/core/sha256.h"

namespace halfterm::service {

struct Courier::Round {
  storage::ShownTablet tablet;
  v1::CourierRequest request;
  std::function<void(absl::StatusOr<v1::CourierReply>)> done;
  v1::CourierReply reply;
  // By store: its groups as their authors wrote them.
  std::vector<std::vector<absl::StatusOr<std::string>>> opened;
  int next = 0;
};

namespace {

void SetHeld(const disk::ReplicaRow& row, v1::StoreReply& store) {
  store.set_applied_n(row.last_n());
  store.set_applied_hash(row.last_hash());
  store.set_max_seen_n(row.max_seen_n());
  store.set_action(v1::STORE_ACTION_OK);
}

// The tablet whose groups these are; nothing where the bytes name none.
std::optional<core::Id16> SealedBy(const v1::SealedStore& store, const core::Id16& bringer) {
  return store.sealed_by().empty() ? bringer : core::Id16::FromBytes(store.sealed_by());
}

bool IsFromAFile(const v1::SealedStore& store) { return !store.sealed_by().empty(); }

// Whether what the tablet has sealed is no continuation of what is held.
bool HaveParted(const disk::ReplicaRow& row, const v1::SealedStore& store) {
  if (row.rehomed_to() != 0 || store.last_n() < row.last_n()) return true;
  return store.last_n() == row.last_n() && row.last_n() > 0 && store.last_hash() != row.last_hash();
}

// The chain hash after the first `taken` groups.
std::string HashAfter(const v1::SealedStore& store,
                      const std::vector<absl::StatusOr<std::string>>& groups, uint32_t taken) {
  core::Digest16 hash = core::Digest16::FromBytes(store.hash_before()).value_or(core::Digest16{});
  for (uint32_t i = 0; i < taken; ++i) {
    hash = core::ChainHash(hash, store.first_n() + i, core::Sha256(*groups[i]));
  }
  return taken == 0 ? "" : std::string(hash.view());
}

}  // namespace

void Courier::Bring(const Answer& answer, v1::CourierRequest request) {
  const absl::StatusOr<storage::ShownTablet> tablet =
      entrance_.Show(request.school(), request.proof(), /*also_ended=*/true);
  if (!tablet.ok()) {
    answer.Refuse(tablet.status());
    return;
  }
  auto round = std::make_shared<Round>(Round{*tablet, std::move(request), nullptr, {}, {}, 0});
  round->reply.set_epoch(parts_.epochs.current());
  for (const v1::SealedStore& store : round->request.stores()) {
    auto& opened = round->opened.emplace_back();
    for (const std::string& group : store.groups()) {
      opened.push_back(
          parts_.keys.OpenSealed(SealedBy(store, tablet->device).value_or(tablet->device), group));
    }
  }
  // The lane counts the call in and answers it; the jobs of the stores follow each other.
  parts_.writes.Submit<v1::CourierReply>(answer, round->request.ByteSizeLong(), [&](auto done) {
    round->done = std::move(done);
    return storage::MakeUseNonce(round->tablet, [this, round](const absl::Status& used) {
      if (used.ok()) {
        Next(round);
      } else {
        round->done(used);
      }
    });
  });
}

bool Courier::Prepare(Round& round, const v1::SealedStore& store, storage::Caller& caller,
                      v1::PushRequest& push, v1::CourierResult& result) const {
  result.mutable_store()->set_replica(store.replica());
  const absl::StatusOr<std::string> bytes = parts_.engine.Get(
      storage::Family::kState, storage::ReplicaKey(round.tablet.tenant, store.replica()));
  disk::ReplicaRow row;
  const bool read = bytes.ok() && row.ParseFromString(*bytes);
  const auto person = core::Id16::FromBytes(row.person());
  const std::optional<core::Id16> device = SealedBy(store, round.tablet.device);
  if (!read || !person || !device || row.device() != device->view()) {
    result.set_problem("no such store on this tablet");
    return false;
  }
  SetHeld(row, *result.mutable_store());
  caller = {round.tablet.tenant, core::Id16{}, *person, *device};
  if (IsFromAFile(store)) {
    // An older file holds what is here already, and the push finds that out. Its tablet has gone
    // on.
    if (row.rehomed_to() != 0) {
      result.set_problem("the store was renumbered after the file was written");
      return false;
    }
  } else if (HaveParted(row, store)) {
    result.mutable_store()->set_action(v1::STORE_ACTION_REHOME);
    return false;
  }
  push.set_replica(store.replica());
  *push.mutable_rehomes() = store.rehomes();
  push.set_first_n(store.first_n());
  push.set_hash_before(store.hash_before());
  push.set_epoch(round.request.epoch());
  for (int i = 0; i < store.groups_size(); ++i) {
    const absl::StatusOr<std::string>& group =
        round.opened[static_cast<size_t>(round.next - 1)][static_cast<size_t>(i)];
    if (!group.ok()) {
      result.set_unopened(static_cast<uint32_t>(i + 1));
      result.set_problem("a group is sealed to another key, or damaged");
      return false;
    }
    push.add_groups(*group);
  }
  return push.groups_size() > 0;
}

void Courier::Next(const std::shared_ptr<Round>& round) {
  if (round->next >= round->request.stores_size()) {
    round->reply.set_retry_after_ms(parts_.writes.RetryAfterMs());
    return round->done(std::move(round->reply));
  }
  const v1::SealedStore& store = round->request.stores(round->next++);
  v1::CourierResult& result = *round->reply.add_results();
  storage::Caller caller{round->tablet.tenant, {}, {}, round->tablet.device};
  v1::PushRequest push;
  if (!Prepare(*round, store, caller, push, result)) {
    if (result.store().action() == v1::STORE_ACTION_REHOME) return Greet(round, caller, store);
    return Next(round);
  }
  const auto groups = static_cast<uint32_t>(push.groups_size());
  parts_.committer.Submit(storage::MakePush(
      caller, std::move(push),
      [this, round, &store, &result, groups](const absl::StatusOr<v1::PushReply>& pushed) {
        if (pushed.ok()) {
          result.set_taken(std::min(groups, static_cast<uint32_t>(pushed->results_size())));
          const auto index = static_cast<size_t>(round->next - 1);
          result.set_taken_hash(HashAfter(store, round->opened[index], result.taken()));
          result.mutable_store()->set_applied_n(pushed->applied_n());
          result.mutable_store()->set_applied_hash(pushed->applied_hash());
        } else {
          result.set_problem(std::string(pushed.status().message()));
        }
        Next(round);
      }));
}

void Courier::Greet(const std::shared_ptr<Round>& round, const storage::Caller& caller,
                    const v1::SealedStore& store) {
  v1::HelloRequest hello;
  hello.set_device(std::string(caller.device.view()));
  const absl::StatusOr<disk::DeviceRow> tablet =
      storage::TabletOf(storage::FromEngine(parts_.engine), caller.tenant, caller.device);
  if (tablet.ok()) {
    hello.set_app(tablet->app());
    hello.set_wall_ms(parts_.clock.NowMs() + tablet->clock_offset_ms());
  }
  v1::Store& greeted = *hello.add_stores();
  greeted.set_replica(store.replica());
  greeted.set_last_n(store.last_n());
  greeted.set_last_hash(store.last_hash());
  v1::CourierResult& result = *round->reply.mutable_results(round->reply.results_size() - 1);
  parts_.committer.Submit(storage::MakeHello(
      caller, std::move(hello),
      [this, round, &result](const absl::StatusOr<v1::HelloReply>& greeted_reply) {
        if (greeted_reply.ok() && greeted_reply->stores_size() == 1) {
          *result.mutable_store() = greeted_reply->stores(0);
        } else {
          result.set_problem("the store could not be greeted");
        }
        Next(round);
      }));
}

}  // namespace halfterm::service
