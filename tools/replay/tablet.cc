#include "tools/replay/tablet.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/core/limits.h"

namespace halfterm::tools {
namespace {

constexpr int kHealTries = 3;
constexpr size_t kFetchRecords = 256;
constexpr size_t kOfferedAtOnce = 1024;

void SetScope(const core::Scope& scope, v1::ScopeId& id) {
  id.set_type(scope.type);
  id.set_id(std::string(scope.id.view()));
}

Holding HoldingOf(const v1::ScopeDigest& digest) {
  return {digest.count(),
          core::SumDigest(core::Digest32::FromBytes(digest.digest()).value_or(core::Digest32{}))};
}

Holding Held(const Holdings& sums, const v1::ScopeDigest& digest) {
  const auto found = sums.find({ScopeOf(digest.scope()), digest.period()});
  return found == sums.end() ? Holding{} : found->second;
}

}  // namespace

MeetingCounts& MeetingCounts::operator+=(const MeetingCounts& other) {
  greetings += other.greetings;
  pushes += other.pushes;
  groups += other.groups;
  pulls += other.pulls;
  records += other.records;
  healed += other.healed;
  confirmed += other.confirmed;
  refills += other.refills;
  refilled_facets += other.refilled_facets;
  refilled_groups += other.refilled_groups;
  return *this;
}

Tablet::Tablet(TabletOptions options, const sync::Schema& schema, const storage::Clock& clock,
               TabletFaults faults)
    : options_(std::move(options)),
      schema_(schema),
      clock_(clock),
      faults_(std::move(faults)),
      parts_{std::make_unique<SyncCalls>(OpenChannel(options_.address), traffic_),
             [this] { return OpenTabletEngine(options_.directory); }},
      calls_(*parts_.calls) {}

Tablet::Tablet(TabletOptions options, const sync::Schema& schema, const storage::Clock& clock,
               TabletFaults faults, TabletParts parts)
    : options_(std::move(options)),
      schema_(schema),
      clock_(clock),
      faults_(std::move(faults)),
      parts_(std::move(parts)),
      calls_(*parts_.calls) {}

Tablet::~Tablet() { SwitchOff().IgnoreError(); }

absl::Status Tablet::SwitchOn() {
  absl::StatusOr<std::unique_ptr<storage::Engine>> engine = parts_.open_engine();
  if (!engine.ok()) return engine.status();
  engine_ = *std::move(engine);
  boot_ = static_cast<uint64_t>(clock_.NowMs()) * 1024 + boot_ % 1024 + 1;
  for (StoreNumber number = 0;; ++number) {
    absl::StatusOr<TabletStore> store = TabletStore::Open(*engine_, schema_, number);
    if (!store.ok()) return store.status();
    if (store->outbox().row().person().empty()) return absl::OkStatus();
    store_of_[store->outbox().person()] = stores_.size();
    stores_.push_back(std::make_unique<TabletStore>(*std::move(store)));
  }
}

absl::Status Tablet::SwitchOff() {
  if (engine_ == nullptr) return absl::OkStatus();
  stores_.clear();
  store_of_.clear();
  const absl::Status closed = engine_->Close();
  engine_.reset();
  return closed;
}

absl::Status Tablet::Enrol(const core::Id16& person, const v1::OpenSessionReply& session) {
  if (TabletStore* store = StoreOf(person)) return store->outbox().TakeSession(person, session);
  absl::StatusOr<TabletStore> store =
      TabletStore::Open(*engine_, schema_, static_cast<StoreNumber>(stores_.size()));
  if (!store.ok()) return store.status();
  if (absl::Status taken = store->outbox().TakeSession(person, session); !taken.ok()) return taken;
  store_of_[person] = stores_.size();
  stores_.push_back(std::make_unique<TabletStore>(*std::move(store)));
  return absl::OkStatus();
}

TabletStore* Tablet::StoreOf(const core::Id16& person) {
  const auto found = store_of_.find(person);
  return found == store_of_.end() ? nullptr : stores_[found->second].get();
}

std::vector<core::Id16> Tablet::people() const {
  std::vector<core::Id16> people;
  for (const std::unique_ptr<TabletStore>& store : stores_) {
    people.push_back(store->outbox().person());
  }
  return people;
}

// What the tablet's own clock shows; never before 1970.
uint64_t Tablet::WallMs(int64_t true_ms) const {
  return static_cast<uint64_t>(std::max<int64_t>(0, true_ms + faults_.clock_offset_ms()));
}

TabletMoment Tablet::Now() const {
  return {WallMs(clock_.NowMs()), static_cast<uint64_t>(clock_.MonotonicMs()), boot_};
}

absl::StatusOr<size_t> Tablet::Do(const core::Id16& person, absl::Span<const Gesture> gestures,
                                  Sealing sealing) {
  TabletStore* store = StoreOf(person);
  if (store == nullptr) return absl::NotFoundError("the tablet has no store of that person");
  return store->Do(gestures, sealing, [this](const Gesture& gesture) {
    TabletMoment moment = Now();
    moment.wall_ms = WallMs(gesture.at_ms);
    return moment;
  });
}

// Before each message: whether the meeting ends here.
absl::Status Tablet::Cut() {
  was_cut_ = faults_.IsCut();
  return was_cut_ ? absl::UnavailableError("cut off, by the replay's own fault") : absl::OkStatus();
}

absl::Status Tablet::Greet(const core::Id16& person) {
  TabletStore* store = StoreOf(person);
  if (store == nullptr) return absl::NotFoundError("the tablet has no store of that person");
  // What is offered from here on is never changed again.
  if (absl::Status sealed = store->Seal(); !sealed.ok()) return sealed;
  if (absl::Status greeted = GreetOnce(*store); !greeted.ok()) return greeted;
  if (!store->outbox().refills()) return absl::OkStatus();
  if (absl::Status refilled = Refill(*store); !refilled.ok()) return refilled;
  return GreetOnce(*store);  // The server counts who is through.
}

absl::Status Tablet::GreetOnce(TabletStore& of) {
  TabletStore* store = &of;
  if (absl::Status cut = Cut(); !cut.ok()) return cut;

  const TabletMoment now = Now();
  v1::HelloRequest request;
  request.set_device(std::string(options_.device.view()));
  *request.add_stores() = store->outbox().Greeting();
  request.set_epoch(store->outbox().row().epoch());
  request.set_cursor(store->base().cursor());
  request.set_app("halfterm replay");
  request.set_core_version(2);
  request.set_wall_ms(static_cast<int64_t>(now.wall_ms));
  request.set_mono_ms(now.mono_ms);
  const absl::StatusOr<v1::HelloReply> reply = calls_.Hello(store->outbox().row().token(), request);
  if (!reply.ok()) return reply.status();
  if (reply->stores_size() != 1) {
    return absl::DataLossError("a greeting was answered for another number of stores");
  }
  ++counts_.greetings;
  if (absl::Status cut = Cut(); !cut.ok()) return cut;
  return store->outbox().TakeGreeting(*reply, reply->stores(0), now);
}

// First what others may be waiting for, then what only this tablet has. An interrupted refill
// begins anew: what was taken is answered as held.
absl::Status Tablet::Refill(TabletStore& store) {
  const bool is_restored = store.outbox().is_restored();
  if (is_restored) {
    if (absl::Status facets = RefillFacets(store); !facets.ok()) return facets;
  }
  if (absl::Status groups = RefillGroups(store); !groups.ok()) return groups;
  if (is_restored) {
    if (absl::Status forgot = store.base().ForgetCursor(); !forgot.ok()) return forgot;
  }
  if (absl::Status adopted = store.outbox().Adopt(); !adopted.ok()) return adopted;
  counts_.refills += is_restored ? 1 : 0;
  return absl::OkStatus();
}

absl::Status Tablet::RefillFacets(TabletStore& store) {
  const std::string token = store.outbox().row().token();
  std::vector<v1::RefilledFacet> held;
  v1::OfferRequest offer;
  v1::RefillRequest refill;
  refill.set_epoch(store.outbox().row().next_epoch());
  size_t bytes = 0;
  const auto send = [&]() -> absl::Status {
    if (refill.facets().empty()) return absl::OkStatus();
    if (absl::Status cut = Cut(); !cut.ok()) return cut;
    const absl::StatusOr<v1::RefillReply> reply = calls_.Refill(token, refill);
    if (!reply.ok()) return reply.status();
    for (const v1::RefillResult& result : reply->facets()) {
      if (result.refilled() == v1::REFILLED_TAKEN) ++counts_.refilled_facets;
    }
    refill.clear_facets();
    bytes = 0;
    return absl::OkStatus();
  };
  const auto ask = [&]() -> absl::Status {
    if (held.empty()) return absl::OkStatus();
    if (absl::Status cut = Cut(); !cut.ok()) return cut;
    const absl::StatusOr<v1::OfferReply> reply = calls_.Offer(token, offer);
    if (!reply.ok()) return reply.status();
    for (const uint32_t place : reply->wanted()) {
      if (place >= held.size())
        return absl::DataLossError("a facet was asked for that nobody offered");
      const size_t size = held[place].state().size();
      if (bytes + size > core::kMaxPushBytes ||
          static_cast<size_t>(refill.facets_size()) >= core::kMaxPushGroups) {
        if (absl::Status sent = send(); !sent.ok()) return sent;
      }
      bytes += size;
      *refill.add_facets() = std::move(held[place]);
    }
    held.clear();
    offer.clear_facets();
    return absl::OkStatus();
  };
  absl::Status done;
  const absl::Status read =
      store.base().ForEach([&](const core::FacetId& id, const disk::TabletFacetRow& row) {
        if (!done.ok()) return;
        v1::OfferedFacet& offered = *offer.add_facets();
        offered.set_facet(id.Bytes());
        offered.set_digest(row.digest());
        v1::RefilledFacet& facet = held.emplace_back();
        facet.set_facet(id.Bytes());
        facet.set_epoch(row.epoch());
        facet.set_seq(row.seq());
        facet.set_state(row.facet());
        facet.set_receipt(row.receipt());
        if (held.size() >= kOfferedAtOnce) done = ask();
      });
  if (!read.ok()) return read;
  if (done.ok()) done = ask();
  return done.ok() ? send() : done;
}

absl::Status Tablet::RefillGroups(TabletStore& store) {
  Outbox& outbox = store.outbox();
  for (uint64_t from = 0;;) {
    const absl::StatusOr<v1::RefillRequest> request =
        outbox.NextRefill(from, core::kMaxPushGroups, core::kMaxPushBytes);
    if (!request.ok()) return request.status();
    if (request->groups().empty()) return absl::OkStatus();
    if (absl::Status cut = Cut(); !cut.ok()) return cut;
    const absl::StatusOr<v1::RefillReply> reply = calls_.Refill(outbox.row().token(), *request);
    if (!reply.ok()) return reply.status();
    if (faults_.LosesReply()) {
      was_cut_ = true;
      return absl::UnavailableError("the reply was lost, by the replay's own fault");
    }
    for (const v1::RefillResult& result : reply->groups()) {
      if (result.refilled() == v1::REFILLED_TAKEN) ++counts_.refilled_groups;
    }
    if (absl::Status taken = outbox.TakeRefill(*request, *reply); !taken.ok()) return taken;
  }
}

absl::Status Tablet::PushSome(const core::Id16& person, bool& more) {
  Outbox& outbox = StoreOf(person)->outbox();
  more = false;
  absl::StatusOr<v1::PushRequest> request =
      outbox.NextPush(faults_.PushGroups(core::kMaxPushGroups), core::kMaxPushBytes);
  if (!request.ok()) return request.status();
  if (request->groups().empty()) return absl::OkStatus();
  if (absl::Status cut = Cut(); !cut.ok()) return cut;
  const absl::StatusOr<v1::PushReply> reply = calls_.Push(outbox.row().token(), *request);
  if (!reply.ok()) return reply.status();
  ++counts_.pushes;
  if (faults_.LosesReply()) {
    was_cut_ = true;
    return absl::UnavailableError("the reply was lost, by the replay's own fault");
  }
  const uint64_t unsent = outbox.unsent();
  if (absl::Status taken = outbox.TakePush(*request, *reply); !taken.ok()) return taken;
  counts_.groups += unsent - outbox.unsent();
  if (faults_.RepeatsPush()) {
    const absl::StatusOr<v1::PushReply> second = calls_.Push(outbox.row().token(), *request);
    if (!second.ok()) return second.status();
    if (absl::Status taken = outbox.TakePush(*request, *second); !taken.ok()) return taken;
  }
  more = outbox.unsent() > 0;
  return absl::OkStatus();
}

absl::Status Tablet::Pull(const core::Id16& person) {
  TabletStore& store = *StoreOf(person);
  for (int tries = 0; tries < kHealTries; ++tries) {
    v1::PullRequest request;
    request.set_cursor(store.base().cursor());
    for (const uint32_t period : options_.periods) request.mutable_interest()->add_periods(period);
    v1::PullEnd end;
    bool has_ended = false;
    const absl::Status pulled =
        calls_.Pull(store.outbox().row().token(), request, [&](const v1::PullReply& chunk) {
          if (absl::Status cut = Cut(); !cut.ok()) return cut;
          counts_.records += static_cast<uint64_t>(chunk.items_size());
          has_ended = chunk.has_end();
          if (has_ended) end = chunk.end();
          return store.base().TakeChunk(chunk, store.outbox().row().epoch());
        });
    if (absl::IsFailedPrecondition(pulled) || absl::IsInvalidArgument(pulled)) {
      if (absl::Status forgot = store.base().ForgetCursor(); !forgot.ok()) return forgot;
      return absl::FailedPreconditionError(pulled.message());
    }
    if (!pulled.ok()) return pulled;
    if (!has_ended) return absl::UnavailableError("a pull stopped before its end");
    ++counts_.pulls;
    bool right = false;
    if (absl::Status compared = Compare(store, end, right); !compared.ok()) return compared;
    if (!right) continue;
    if (absl::Status confirmed = Confirm(store, end); !confirmed.ok()) return confirmed;
    return store.outbox().Prune();
  }
  return absl::DataLossError("the tablet's copy and the server's digests still differ");
}

// Fetches what lies behind digests that differ; right if none did.
absl::Status Tablet::Compare(TabletStore& store, const v1::PullEnd& end, bool& right) {
  const absl::StatusOr<Holdings> sums = store.base().Sums();
  if (!sums.ok()) return sums.status();
  right = true;
  uint64_t expected = 0, held = 0;
  for (const v1::ScopeDigest& digest : end.digests()) {
    expected += digest.count();
    if (Held(*sums, digest) == HoldingOf(digest)) continue;
    right = false;
    if (absl::Status healed = Heal(store, digest); !healed.ok()) return healed;
  }
  // What nobody listed must not be here either.
  for (const auto& [where, holding] : *sums) held += holding.count;
  if (right && held != expected) {
    return absl::DataLossError(
        absl::StrCat("the tablet holds ", held, " facets, and should hold ", expected));
  }
  return absl::OkStatus();
}

absl::Status Tablet::Heal(TabletStore& store, const v1::ScopeDigest& digest) {
  const absl::StatusOr<std::map<core::Id16, core::SumDigest>> ours =
      store.base().RecordSums(ScopeOf(digest.scope()), digest.period());
  if (!ours.ok()) return ours.status();
  std::map<core::Id16, core::SumDigest> theirs;
  v1::DescendRequest descend;
  *descend.mutable_scope() = digest.scope();
  descend.set_period(digest.period());
  for (bool more = true; more;) {
    const absl::StatusOr<v1::DescendReply> page =
        calls_.Descend(store.outbox().row().token(), descend);
    if (!page.ok()) return page.status();
    for (const v1::RecordDigest& record : page->records()) {
      theirs.emplace(core::Id16::FromBytes(record.record()).value_or(core::Id16{}),
                     core::Digest32::FromBytes(record.digest()).value_or(core::Digest32{}));
      descend.set_after_record(record.record());
    }
    more = page->more();
  }
  std::vector<core::Id16> wrong;
  for (const auto& [record, sum] : theirs) {
    const auto held = ours->find(record);
    if (held == ours->end() || held->second != sum) wrong.push_back(record);
  }
  for (const auto& [record, sum] : *ours) {
    if (theirs.count(record) == 0) wrong.push_back(record);
  }
  counts_.healed += wrong.size();
  while (!wrong.empty()) {
    v1::FetchRequest fetch;
    for (size_t i = 0; i < std::min(wrong.size(), kFetchRecords); ++i) {
      fetch.add_records(std::string(wrong[i].view()));
    }
    const absl::StatusOr<v1::FetchReply> fetched =
        calls_.Fetch(store.outbox().row().token(), fetch);
    if (!fetched.ok()) return fetched.status();
    if (fetched->items().empty()) return absl::DataLossError("a fetch brought nothing");
    if (absl::Status taken = store.base().TakeFetched(*fetched); !taken.ok()) return taken;
    wrong.erase(wrong.begin(), wrong.begin() + fetched->items_size());
  }
  return absl::OkStatus();
}

absl::Status Tablet::Confirm(TabletStore& store, const v1::PullEnd& end) {
  if (absl::Status cut = Cut(); !cut.ok()) return cut;
  const absl::StatusOr<Holdings> sums = store.base().Sums();
  if (!sums.ok()) return sums.status();
  v1::ConfirmRequest request;
  request.set_cursor(store.base().cursor());
  for (const auto& [where, holding] : *sums) {
    v1::ScopeDigest& held = *request.add_held();
    SetScope(where.first, *held.mutable_scope());
    held.set_period(where.second);
    held.set_count(holding.count);
    held.set_digest(std::string(holding.digest.bytes().view()));
  }
  const absl::StatusOr<v1::ConfirmReply> reply =
      calls_.Confirm(store.outbox().row().token(), request);
  if (!reply.ok()) return reply.status();
  if (reply->right()) ++counts_.confirmed;
  // Without a difference named, something changed since the pull; the next one will tell.
  if (!reply->right() && !reply->differing().empty()) {
    return absl::DataLossError(
        absl::StrCat("the server does not agree with what it sent at ", end.seq()));
  }
  return absl::OkStatus();
}

}  // namespace halfterm::tools
