// Push: takes the waiting groups of one store in their order, and never loses one.

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/commit/answering.h"
#include "storage/commit/certified.h"
#include "storage/commit/erasure.h"
#include "storage/commit/group_time.h"
#include "storage/commit/intents.h"
#include "storage/commit/joined_pages.h"
#include "storage/commit/push_result.h"
#include "storage/commit/release.h"
#include "storage/commit/shared_version.h"
#include "storage/commit/store_names.h"
#include "storage/commit/sync_jobs.h"
#include "sync/check.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/group.h"
#include "sync/core/rehome.h"
#include "sync/core/sha256.h"
#include "sync/judge.h"
#include "sync/referral.h"
#include "sync/schema.h"

namespace halfterm::storage {
namespace {

using PushDone = std::function<void(absl::StatusOr<v1::PushReply>)>;

struct Decision {
  v1::Disposition disposition = v1::DISPOSITION_COMMITTED;
  v1::Reason reason = v1::REASON_UNSPECIFIED;
  IntentResult intent{v1::OUTCOME_UNSPECIFIED, ""};
  std::string detail;
};

Decision Quarantine(v1::Reason reason, std::string detail) {
  return {v1::DISPOSITION_QUARANTINED, reason, {v1::OUTCOME_UNSPECIFIED, ""}, std::move(detail)};
}

Decision FromRefusal(const core::Refused& refused) {
  return Quarantine(refused.over_limit ? v1::REASON_TOO_LARGE : v1::REASON_MALFORMED,
                    refused.reason());
}

Decision FromCheck(const sync::DeltaCheck& check) {
  switch (check.fault) {
    case sync::DeltaFault::kServerOnly:
      return Quarantine(v1::REASON_SERVER_ONLY, check.problem);
    case sync::DeltaFault::kTooLarge:
      return Quarantine(v1::REASON_TOO_LARGE, check.problem);
    default:
      return Quarantine(v1::REASON_MALFORMED, check.problem);
  }
}

// One group on its way through the rules.
class GroupApplication {
 public:
  GroupApplication(Batch& batch, Tenant tenant, disk::ReplicaRow& store, core::Dot dot,
                   const std::vector<core::Rehome>& moves, const std::string& bytes)
      : batch_(batch), tenant_(tenant), store_(store), dot_(dot), moves_(moves), bytes_(bytes) {}

  // An error is damage of the store; the group then had no effect.
  absl::Status Apply(uint64_t seq, disk::LogRow& log, Decision& decision) {
    seq_ = seq;
    log_ = &log;
    log.set_replica(dot_.replica);
    log.set_n(dot_.count);
    log.set_upper_ms(batch_.now_ms());
    const core::Result<core::Group> decoded = core::DecodeGroup(bytes_);
    if (!decoded.ok()) {
      decision = FromRefusal(decoded.refused());
      return absl::OkStatus();
    }
    group_ = &*decoded;
    moves_ = core::MovesOf(group_->dot(), moves_);
    at_ = WrittenAtOf(group_->time, store_, batch_.now_ms());
    if (core::Rehomed(group_->dot(), moves_) != dot_) {
      decision = Quarantine(v1::REASON_MALFORMED, "its number is not the one that it was sent as");
      return absl::OkStatus();
    }
    const std::shared_ptr<const Session> session = batch_.SessionOf(tenant_, group_->session);
    if (session == nullptr || session->caller.person.view() != store_.person() ||
        session->caller.device.view() != store_.device()) {
      decision =
          Quarantine(v1::REASON_UNKNOWN_AUTHOR, "no session of this store's person wrote it");
      return absl::OkStatus();
    }
    if (!core::MacIsRight(*group_, session->key)) {
      decision = Quarantine(v1::REASON_MALFORMED, "its authentication code is wrong");
      return absl::OkStatus();
    }
    author_ = session->caller.person;
    log.set_author(author_.view().data(), author_.kSize);
    const absl::StatusOr<bool> erased = CountIfErased(batch_, tenant_, group_->facet.record);
    if (!erased.ok()) return erased.status();
    if (*erased) {
      decision.disposition = v1::DISPOSITION_ERASED;
      return absl::OkStatus();
    }
    const absl::StatusOr<RecordState*> record = batch_.Record(tenant_, group_->facet.record);
    if (!record.ok()) return record.status();
    switch (group_->kind) {
      case core::GroupKind::kDelta:
        return ApplyDelta(**record, decision);
      case core::GroupKind::kIntent:
        return ApplyIntent(**record, decision);
      case core::GroupKind::kRefill:
        break;
    }
    decision = Quarantine(v1::REASON_MALFORMED, "a refill that nobody asked for");
    return absl::OkStatus();
  }

  uint64_t stamp() const { return stamp_; }
  // Those that this very group was read by.
  const std::vector<core::Rehome>& moves() const { return moves_; }
  const WrittenAt& at() const { return at_; }

 private:
  bool BaseCovers(const FacetState* state) const {
    return state != nullptr && group_->base_epoch == batch_.epoch() &&
           group_->base_seq >= state->seq;
  }

  absl::Status ApplyDelta(RecordState& record, Decision& decision) {
    core::Result<core::Facet> body = core::Decode(group_->body, core::kDeltaLimits, moves_);
    if (!body.ok()) {
      decision = FromRefusal(body.refused());
      return absl::OkStatus();
    }
    core::Facet delta = std::move(body).value();
    if (!core::IsDeltaOf(delta, dot_)) {
      decision = Quarantine(v1::REASON_MALFORMED, "it holds a value that is not its own");
      return absl::OkStatus();
    }
    const core::FacetId& id = group_->facet;
    const sync::DeltaCheck check = sync::CheckDelta(sync::Schema::OfThisBuild(), id, delta);
    if (!check.ok()) {
      decision = FromCheck(check);
      return absl::OkStatus();
    }
    const FacetState* held = record.Find(id);
    if (held != nullptr && WouldOutgrow(*held, delta, group_->body.size())) {
      decision = Quarantine(v1::REASON_TOO_LARGE, "the page is full");
      return absl::OkStatus();
    }
    core::Attribute(delta, dot_, author_);
    const core::FacetId leading = sync::LeadingFacet(record.View(), batch_.FactsOf(record));
    const absl::StatusOr<bool> too_much = ClaimsTooMuch(
        batch_, tenant_, store_,
        sync::ClaimsBeyond(delta, dot_.replica, held == nullptr ? nullptr : &held->facet));
    if (!too_much.ok()) return too_much.status();
    const sync::Submission submission{*group_,
                                      delta,
                                      dot_.replica,
                                      author_,
                                      at_.lower_ms,
                                      BaseCovers(held),
                                      BaseCovers(record.Find(leading)),
                                      check.writes_once,
                                      *too_much};
    const sync::Judgement judgement =
        sync::Judge(submission, record.View(), batch_.FactsOf(record), batch_.DirectoryOf(tenant_));
    decision.disposition = judgement.disposition;
    decision.reason = judgement.reason;
    decision.detail = judgement.detail;
    const absl::Status joined = DecideWhereJoined(record, delta, decision);
    if (!joined.ok() || decision.disposition != v1::DISPOSITION_COMMITTED) return joined;
    const absl::StatusOr<uint64_t> floor = LatestOfWhatIsGone(held, delta);
    if (!floor.ok()) return floor.status();
    stamp_ = StampOf(at_, store_, held == nullptr ? nullptr : &held->facet, delta, *floor);
    core::Stamp(delta, dot_, stamp_);
    const absl::Status written = batch_.Write(record, id, std::move(delta), seq_);
    if (!written.ok()) return written;
    record.Find(id)->bytes += group_->body.size();
    const absl::Status raised = RaiseDraft(batch_, record, id, seq_, *log_);
    if (!raised.ok()) return raised;
    return CarryPages(batch_, record, seq_, *log_);
  }

  // A page goes on in the visit that its own was joined into, also where its tablet had heard that
  // its own is over: nobody has to write a sentence twice because of it.
  absl::Status DecideWhereJoined(RecordState& record, const core::Facet& delta,
                                 Decision& decision) {
    const bool knew =
        decision.disposition == v1::DISPOSITION_QUARANTINED && decision.reason == v1::REASON_CLOSED;
    if (decision.disposition != v1::DISPOSITION_COMMITTED && !knew) return absl::OkStatus();
    const absl::StatusOr<Following> following =
        FollowingOf(batch_, record, group_->facet, delta, group_->body.size());
    if (!following.ok()) return following.status();
    if (std::string why = WhyAside(*following); !why.empty()) {
      const bool is_full = *following == Following::kHasNoRoom;
      decision = Quarantine(is_full ? v1::REASON_TOO_LARGE : v1::REASON_CLOSED, std::move(why));
    } else if (knew && *following == Following::kGoesOn) {
      decision = Decision();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> LatestOfWhatIsGone(const FacetState* held, const core::Facet& delta) {
    uint64_t latest = 0;
    if (held == nullptr) return latest;
    for (const core::Dot& dot : SeenAndGone(dot_.replica, held->facet, delta)) {
      const absl::StatusOr<std::optional<disk::ChainEntry>> entry = HeldAs(batch_, tenant_, dot);
      if (!entry.ok()) return entry.status();
      if (*entry) latest = std::max<uint64_t>(latest, (*entry)->stamp());
    }
    return latest;
  }

  absl::Status ApplyIntent(RecordState& record, Decision& decision) {
    v1::Intent intent;
    if (!intent.ParseFromArray(group_->body.data(), static_cast<int>(group_->body.size())) ||
        intent.what_case() == v1::Intent::WHAT_NOT_SET) {
      decision = Quarantine(v1::REASON_MALFORMED, "an intent that this server does not know");
      return absl::OkStatus();
    }
    absl::StatusOr<IntentResult> result =
        CarryOut(batch_, record, *group_, author_, intent, seq_, *log_);
    if (!result.ok()) return result.status();
    decision.intent = *std::move(result);
    decision.detail = decision.intent.detail;
    return absl::OkStatus();
  }

  Batch& batch_;
  const Tenant tenant_;
  disk::ReplicaRow& store_;
  const core::Dot dot_;
  std::vector<core::Rehome> moves_;
  const std::string& bytes_;
  uint64_t seq_ = 0;
  disk::LogRow* log_ = nullptr;
  const core::Group* group_ = nullptr;
  core::Id16 author_;
  WrittenAt at_;
  uint64_t stamp_ = 0;
};

class PushJob final : public Job {
 public:
  PushJob(const Caller& caller, v1::PushRequest request, PushDone done)
      : caller_(caller), request_(std::move(request)), done_(std::move(done)) {
    for (const std::string& group : request_.groups()) bytes_ += group.size();
  }

  void Foresee(Batch& batch) override {
    batch.Foresee(Family::kMeta, HeadKey(caller_.tenant));
    batch.Foresee(Family::kState, ReplicaKey(caller_.tenant, request_.replica()));
    const sync::Directory& directory = batch.DirectoryOf(caller_.tenant);
    const core::Id16 school = directory.SiteOf(directory.FirstDepartmentOf(caller_.person));
    for (std::string& key :
         CalibrationKeys(caller_.tenant, directory, caller_.person, school, batch.now_ms())) {
      batch.Foresee(Family::kDerived, std::move(key));
    }
    for (const std::string& bytes : request_.groups()) {
      const core::Result<core::Group> group = core::DecodeGroup(bytes);
      if (!group.ok()) continue;
      batch.Foresee(Family::kErased, ErasedKey(caller_.tenant, group->facet.record));
      batch.Foresee(Family::kState, FacetKey(caller_.tenant, group->facet));
      batch.ForeseeRecord(caller_.tenant, group->facet.record);
      // Sharing makes the first version, mostly, and looks first that none is there.
      if (group->kind == core::GroupKind::kIntent) {
        const core::FacetId version = VersionFacet(group->facet.record, 1);
        batch.Foresee(Family::kState, FacetKey(caller_.tenant, version));
      }
    }
  }

  void Apply(Batch& batch) override { error_ = TryApply(batch); }

  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, error_, committed, std::move(reply_));
  }

  size_t Groups() const override { return static_cast<size_t>(request_.groups_size()); }
  size_t Bytes() const override { return bytes_; }

 private:
  absl::Status TryApply(Batch& batch);
  absl::Status CheckChain(const disk::ReplicaRow& store, Batch& batch, size_t& repeated,
                          bool& has_parted);
  absl::Status ApplyNext(Batch& batch, disk::ReplicaRow& store, const std::string& bytes,
                         disk::ChainRow& chain);
  absl::Status KeepAside(Batch& batch, disk::ReplicaRow& store, const Decision& decision,
                         const core::Id16& record, uint64_t seq, size_t bytes);
  void Answer(const core::Dot& dot, const disk::ChainEntry& entry, const core::Digest32& hash,
              const Secrets& secrets);

  const Caller caller_;
  const v1::PushRequest request_;
  const PushDone done_;
  size_t bytes_ = 0;
  std::vector<core::Rehome> moves_;
  std::vector<core::Digest32> hashes_;
  v1::PushReply reply_;
  absl::Status error_;
};

absl::Status PushJob::TryApply(Batch& batch) {
  if (request_.epoch() != batch.epoch()) {
    return absl::FailedPreconditionError("the server is in another epoch; call Hello");
  }
  if (request_.first_n() == 0) return absl::InvalidArgumentError("first_n starts at 1");
  for (const v1::Rehome& move : request_.rehomes()) {
    moves_.push_back({move.old_replica(), move.acked(), move.new_replica()});
  }
  const absl::StatusOr<disk::ReplicaRow*> found = batch.Replica(caller_.tenant, request_.replica());
  if (!found.ok()) return found.status();
  // "Not yours" and "not there" say the same.
  if (*found == nullptr || !IsStoreOf(**found, caller_)) {
    return absl::PermissionDeniedError("no such store of this person on this tablet");
  }
  disk::ReplicaRow& store = **found;
  if (EpochOf(store) != batch.epoch()) {
    return absl::FailedPreconditionError("the store's name is of an epoch before; call Hello");
  }
  for (const std::string& group : request_.groups()) hashes_.push_back(core::Sha256(group));
  size_t repeated = 0;
  bool has_parted = false;
  const absl::Status chained = CheckChain(store, batch, repeated, has_parted);
  if (has_parted && store.rehomed_to() == 0) {
    // The tablet was put back or copied, and has written on beyond what is held: the number of its
    // last group does not give it away. Its next greeting gives it another name; which one is not
    // known yet, so it is marked with its own.
    store.set_rehomed_to(request_.replica());
    batch.TouchReplica(caller_.tenant, request_.replica());
  }
  if (!chained.ok()) return chained;

  disk::ChainRow chain;
  chain.set_first_n(store.last_n() + 1);
  for (int i = static_cast<int>(repeated); i < request_.groups_size(); ++i) {
    const absl::Status applied = ApplyNext(batch, store, request_.groups(i), chain);
    if (applied.ok()) continue;
    // What came before stands and is answered; the tablet sends the rest again.
    if (i == 0 || reply_.results_size() == 0) return applied;
    break;
  }
  if (chain.groups_size() > 0) {
    batch.CountTaken(static_cast<size_t>(chain.groups_size()));
    batch.TouchReplica(caller_.tenant, request_.replica());
    batch.AddChain(caller_.tenant, request_.replica(), store.last_n(), std::move(chain));
  }
  reply_.set_applied_n(store.last_n());
  reply_.set_applied_hash(store.last_hash());
  return absl::OkStatus();
}

// That the request continues, or repeats, the chain that is held; answers what is repeated. Says
// whether it is another chain.
absl::Status PushJob::CheckChain(const disk::ReplicaRow& store, Batch& batch, size_t& repeated,
                                 bool& has_parted) {
  const uint64_t first = request_.first_n();
  if (first > store.last_n() + 1) {
    return absl::FailedPreconditionError(absl::StrCat("a gap: the server holds ", store.last_n(),
                                                      " groups of this store, the push starts at ",
                                                      first, "; call Hello"));
  }
  const std::string parted = "the chain does not continue what the server holds; call Hello";
  core::Digest16 hash;
  if (first > 1) {
    const auto before = core::Digest16::FromBytes(request_.hash_before());
    if (!before) return absl::InvalidArgumentError("hash_before is not 16 bytes");
    hash = *before;
  } else if (!request_.hash_before().empty() && request_.hash_before() != hash.view()) {
    return absl::InvalidArgumentError("hash_before of the first group is empty");
  }
  if (first == store.last_n() + 1) {
    const bool continues = first == 1 || hash.view() == store.last_hash();
    has_parted = !continues;
    return continues ? absl::OkStatus() : absl::FailedPreconditionError(parted);
  }
  const uint64_t last =
      std::min(store.last_n(), first + static_cast<uint64_t>(request_.groups_size()) - 1);
  const absl::StatusOr<std::vector<disk::ChainEntry>> held =
      batch.ChainFrom(caller_.tenant, request_.replica(), first, last);
  if (!held.ok()) return held.status();
  for (size_t i = 0; i < held->size(); ++i) {
    hash = core::ChainHash(hash, first + i, hashes_[i]);
    if (hash.view() != (*held)[i].hash()) {
      reply_.clear_results();
      has_parted = true;
      return absl::FailedPreconditionError(parted);
    }
    Answer({request_.replica(), first + i}, (*held)[i], hashes_[i], batch.context().secrets);
  }
  repeated = held->size();
  batch.CountRepeats(repeated);
  return absl::OkStatus();
}

absl::Status PushJob::ApplyNext(Batch& batch, disk::ReplicaRow& store, const std::string& bytes,
                                disk::ChainRow& chain) {
  const core::Dot dot{request_.replica(), store.last_n() + 1};
  const core::Digest32& hash = hashes_[dot.count - request_.first_n()];
  const absl::StatusOr<disk::HeadRow*> head = batch.Head(caller_.tenant);
  if (!head.ok()) return head.status();
  const uint64_t seq = (*head)->seq() + 1;

  disk::LogRow log;
  Decision decision;
  GroupApplication application(batch, caller_.tenant, store, dot, moves_, bytes);
  const absl::Status applied = application.Apply(seq, log, decision);
  if (!applied.ok()) return applied;
  if (decision.disposition == v1::DISPOSITION_QUARANTINED ||
      decision.disposition == v1::DISPOSITION_LATE) {
    const core::Result<core::Group> group = core::DecodeGroup(bytes);
    const absl::Status kept = KeepAside(
        batch, store, decision, group.ok() ? group->facet.record : core::Id16{}, seq, bytes.size());
    if (!kept.ok()) return kept;
  }
  (*head)->set_seq(seq);
  const int d = static_cast<int>(decision.disposition);
  (*head)->set_dispositions(d, (*head)->dispositions(d) + 1);

  const WrittenAt& at = application.at();
  const int64_t eff_ms = application.stamp() != 0 ? MsOfStamp(application.stamp())
                                                  : std::clamp(at.estimate_ms, at.lower_ms,
                                                               std::max(at.lower_ms, at.upper_ms));
  if (decision.disposition != v1::DISPOSITION_ERASED) log.set_group(bytes);
  log.set_disposition(static_cast<uint32_t>(d));
  log.set_reason(static_cast<uint32_t>(decision.reason));
  log.set_outcome(static_cast<uint32_t>(decision.intent.outcome));
  log.set_stamp(application.stamp());
  log.set_lower_ms(at.lower_ms);
  log.set_estimate_ms(at.estimate_ms);
  for (const core::Rehome& move : application.moves()) {
    disk::RehomeRow& row = *log.add_rehomes();
    row.set_old_replica(move.old_replica);
    row.set_acked(move.acked);
    row.set_new_replica(move.new_replica);
  }
  batch.PutUnread(Family::kLog, OplogKey(caller_.tenant, seq), log.SerializeAsString());

  core::Digest16 before;
  if (dot.count > 1) before = core::Digest16::FromBytes(store.last_hash()).value_or(before);
  store.set_last_n(dot.count);
  store.set_last_hash(std::string(core::ChainHash(before, dot.count, hash).view()));
  store.set_last_stamp(std::max(store.last_stamp(), application.stamp()));
  store.set_max_seen_n(std::max(store.max_seen_n(), dot.count));

  disk::ChainEntry& entry = *chain.add_groups();
  entry.set_hash(store.last_hash());
  entry.set_disposition(static_cast<uint32_t>(d));
  entry.set_reason(static_cast<uint32_t>(decision.reason));
  entry.set_seq(seq);
  entry.set_eff_ms(eff_ms);
  entry.set_outcome(static_cast<uint32_t>(decision.intent.outcome));
  entry.set_detail(decision.detail);
  entry.set_stamp(application.stamp());
  entry.set_epoch(batch.epoch());
  Answer(dot, entry, hash, batch.context().secrets);
  return absl::OkStatus();
}

absl::Status PushJob::KeepAside(Batch& batch, disk::ReplicaRow& store, const Decision& decision,
                                const core::Id16& record, uint64_t seq, size_t bytes) {
  const auto day = static_cast<int32_t>(batch.now_ms() / 86'400'000);
  const uint64_t today = store.quarantine_day() == day ? store.quarantine_bytes() : 0;
  if (today + bytes > core::kMaxQuarantineBytesADay) {
    return absl::ResourceExhaustedError(
        "this store had 16 MiB of groups kept aside today; they go on tomorrow");
  }
  store.set_quarantine_day(day);
  store.set_quarantine_bytes(today + bytes);
  const std::string reason = EncodeKeptRow({static_cast<uint32_t>(decision.reason), 0});
  if (decision.disposition == v1::DISPOSITION_LATE) {
    batch.PutUnread(Family::kDerived, LateKey(caller_.tenant, record, seq), reason);
  } else {
    batch.PutUnread(Family::kDerived, QuarantineKey(caller_.tenant, request_.replica(), seq),
                    reason);
  }
  return absl::OkStatus();
}

void PushJob::Answer(const core::Dot& dot, const disk::ChainEntry& entry,
                     const core::Digest32& hash, const Secrets& secrets) {
  *reply_.add_results() = ResultOf(caller_, dot, entry, hash, secrets);
}

}  // namespace

std::unique_ptr<Job> MakePush(const Caller& caller, v1::PushRequest request, PushDone done) {
  return std::make_unique<PushJob>(caller, std::move(request), std::move(done));
}

}  // namespace halfterm::storage
