#include "tests/simulation/whole/server.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/backup/fill_ledger.h"
#include "storage/backup/history.h"
#include "storage/backup/ledger.h"
#include "storage/backup/offer.h"
#include "storage/backup/replay.h"
#include "storage/commit/erasure.h"
#include "storage/commit/sync_jobs.h"
#include "storage/directory/directory_writer.h"
#include "storage/directory/reference.h"
#include "storage/feed_row.h"
#include "storage/import/import.h"
#include "storage/proofs/note_proof.h"
#include "storage/verify/verifier.h"
#include "sync/core/codec.h"
#include "sync/core/group.h"

namespace halfterm::testing {
namespace {

using storage::Family;

// So few that readers come between two steps of a filing.
constexpr size_t kFiledAtOnce = 7;

}  // namespace

// What a process has in memory.
struct SimulatedServer::Running {
  Running(SimulatedServer& server, std::unique_ptr<storage::Engine> opened,
          std::unique_ptr<storage::Engine> beside, std::unique_ptr<storage::Ledger> its_ledger,
          storage::Epochs its_epochs)
      : engine(std::move(opened)),
        ledger_engine(std::move(beside)),
        ledger(std::move(its_ledger)),
        epochs(std::move(its_epochs)),
        context{*engine,
                server.clock_,
                directories,
                sessions,
                changes,
                server.secrets_,
                epochs,
                [&server](size_t bytes) { return server.RandomBytes(server.random_, bytes); },
                ledger.get()},
        puller(*engine, directories, epochs, server.secrets_, server.clock_) {}

  std::unique_ptr<storage::Engine> engine, ledger_engine;
  std::unique_ptr<storage::Ledger> ledger;
  storage::Epochs epochs;
  storage::Directories directories;
  storage::Sessions sessions;
  storage::Changes changes;
  storage::BatchContext context;
  storage::RollupCache rollups;
  storage::Puller puller;
};

SimulatedServer::SimulatedServer(std::unique_ptr<SimulatedDisk> disk, uint64_t seed,
                                 LeftOut left_out)
    : disk_(std::move(disk)),
      left_out_(left_out),
      random_(seed ^ 0x5e7fe7),
      histories_(seed ^ 0x415702) {}

SimulatedServer::~SimulatedServer() { Stop(); }

absl::Status SimulatedServer::Start() {
  absl::Status started = TryToStart();
  while (!started.ok() && disk_->is_off()) {  // The power went while it recovered.
    ++power_cuts_;
    running_.reset();
    disk_->PowerOn(random_);
    started = TryToStart();
  }
  return started;
}

absl::Status SimulatedServer::TryToStart() {
  absl::StatusOr<std::unique_ptr<storage::Engine>> engine = disk_->Open();
  if (!engine.ok()) return engine.status();
  std::unique_ptr<storage::Engine> beside = OpenMemoryEngine(ledger_disk_);
  absl::StatusOr<std::unique_ptr<storage::Ledger>> ledger = storage::Ledger::Open(*beside);
  if (!ledger.ok()) return ledger.status();
  absl::StatusOr<storage::OpenedHistory> history =
      storage::OpenHistory(**engine, **ledger, secrets_, clock_,
                           [this](size_t bytes) { return RandomBytes(histories_, bytes); });
  if (!history.ok()) return history.status();
  running_ = std::make_unique<Running>(*this, *std::move(engine), std::move(beside),
                                       *std::move(ledger), history->epochs);
  if (history->needs_replay) {
    if (absl::Status replayed = ReplayLedger(); !replayed.ok()) return replayed;
  }
  if (history->needs_filling) {
    const auto filled = storage::FillLedger(*running_->engine, *running_->ledger);
    if (!filled.ok()) return filled.status();
  }
  absl::Status loaded = running_->directories.Load(*running_->engine);
  if (loaded.ok()) loaded = running_->sessions.Load(*running_->engine);
  if (!loaded.ok()) return loaded;
  ++commits_;  // What the last process committed may not have been told.
  filing_ = true;
  if (running_->directories.Of(tenant()) == nullptr) return AddPeople();
  NoteDirectory();
  return absl::OkStatus();
}

absl::Status SimulatedServer::AddPeople() {
  filed_by_.clear();
  SmallSchool school;
  school.AddGrant(school.tom, v1::ROLE_COACH, {}).add_people(BytesOf(school.tia));
  school.AddGrant(school.ann, v1::ROLE_PEER, {}).add_people(BytesOf(school.tom));
  disk::TenantRow row;
  row.set_handle(tenant().handle());
  row.set_name(name_);
  std::vector<v1::RoleGrant> grants = std::move(school.content.grants);
  school.content.grants.clear();
  const std::vector<v1::Reference> references = storage::ReferencesOf(school.content);
  absl::Status wrote;
  const absl::Status committed = Commit([&](storage::Batch& batch) {
    batch.Put(Family::kMeta, storage::TenantKey(name_), row.SerializeAsString());
    wrote = storage::WriteDirectory(batch, tenant(), name_, {references, grants, false}).status();
  });
  if (!wrote.ok()) broken_ = absl::StrCat("the school: ", wrote.ToString());
  return committed;
}

void SimulatedServer::Stop() {
  if (running_ == nullptr) return;
  running_->ledger->WriteWitness().IgnoreError();
  const absl::Status closed = running_->engine->Close();
  if (!closed.ok()) broken_ = absl::StrCat("closing: ", closed.ToString());
  running_.reset();
}

std::string SimulatedServer::RandomBytes(std::mt19937_64& random, size_t size) const {
  std::string text(size, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

absl::Status SimulatedServer::ReplayLedger() {
  storage::Directories directories;
  storage::Sessions sessions;
  storage::Changes changes;
  absl::Status loaded = directories.Load(*running_->engine);
  if (loaded.ok()) loaded = sessions.Load(*running_->engine);
  if (!loaded.ok()) return loaded;
  storage::BatchContext context{*running_->engine,
                                clock_,
                                directories,
                                sessions,
                                changes,
                                secrets_,
                                running_->epochs,
                                [this](size_t bytes) { return RandomBytes(histories_, bytes); },
                                running_->ledger.get()};
  return storage::Replay(context, *running_->ledger).status();
}

absl::Status SimulatedServer::BackUp() {
  LeavePowerOn();
  Stop();
  if (absl::Status started = Start(); !started.ok()) return started;
  const absl::StatusOr<storage::StoreFacts> facts = storage::ReadStore(*running_->engine);
  if (!facts.ok()) return facts.status();
  Stop();
  disk_->Copy(++generations_);
  if (absl::Status started = Start(); !started.ok()) return started;
  disk::BackupRow backup;
  backup.set_generation(generations_);
  backup.set_verified_ms(clock_.NowMs());
  backup.set_epoch(facts->epoch());
  backup.set_store(facts->identity->store());
  backup.set_key_id(facts->identity->key_id());
  backup.set_format(facts->identity->format());
  for (const auto& [of, seq] : facts->heads) {
    disk::TenantSeq& head = *backup.add_heads();
    head.set_tenant(of);
    head.set_seq(seq);
  }
  const absl::Status noted = running_->ledger->NoteBackup(backup, running_->epochs.row());
  backups_.push_back(std::move(backup));
  return noted;
}

absl::Status SimulatedServer::Restore(size_t which, bool is_announced) {
  LeavePowerOn();
  Stop();
  const disk::BackupRow& backup = backups_[which];
  disk_->PutBack(backup.generation());
  if (is_announced) {
    const std::unique_ptr<storage::Engine> beside = OpenMemoryEngine(ledger_disk_);
    const auto ledger = storage::Ledger::Open(*beside);
    if (!ledger.ok()) return ledger.status();
    disk::RestoreMarkRow mark;
    mark.set_generation(backup.generation());
    if (absl::Status noted = (*ledger)->NoteRestore(mark, /*store_was_there=*/true); !noted.ok())
      return noted;
  }
  return Start();
}

uint64_t SimulatedServer::DurableSeq() const {
  return running_->ledger->DurableSeqOf(running_->epochs.row(), tenant());
}

uint32_t SimulatedServer::epoch() const { return running_->epochs.current(); }

void SimulatedServer::CutPowerAfter(uint64_t changes) { disk_->CutPowerAfter(changes); }
void SimulatedServer::LeavePowerOn() { disk_->LeavePowerOn(); }

void SimulatedServer::Crash() {
  ++power_cuts_;
  disk_->CutPowerNow();
  running_->engine->Close().IgnoreError();
  running_.reset();
  disk_->PowerOn(random_);
}

template <typename Call>
auto SimulatedServer::Read(const Call& call) {
  disk_->BeginRead();
  auto answer = call();
  disk_->EndRead();
  return answer;
}

storage::Engine& SimulatedServer::engine() { return *running_->engine; }

void SimulatedServer::NoteDirectory() {
  std::shared_ptr<const sync::Directory> now = running_->directories.Of(tenant());
  if (!filing_) filed_by_.clear();
  if (now != nullptr && (filed_by_.empty() || filed_by_.back() != now)) {
    filed_by_.push_back(std::move(now));
  }
}

absl::Status SimulatedServer::Commit(const std::function<void(storage::Batch&)>& apply) {
  if (!is_up()) return absl::UnavailableError("the server is down");
  storage::Batch batch(running_->context, running_->rollups);
  apply(batch);
  filing_ = filing_ || !batch.Rederiving().empty();
  absl::Status status;
  if (filing_) {
    const absl::StatusOr<bool> more = batch.RederiveSome(tenant(), kFiledAtOnce);
    status = more.status();
    filing_ = more.ok() && *more;
  }
  if (status.ok()) status = batch.Settle();
  if (status.ok()) {  // As CommitBatch does, but for what is bent.
    const absl::StatusOr<storage::WriteSet> decided = batch.ForLedger();
    status = decided.status();
    if (status.ok() && !decided->Empty()) status = running_->ledger->Take(*decided);
  }
  if (status.ok()) status = disk_->Commit(*running_->engine, Bent(batch.Writes()));
  ++commits_;
  if (status.ok()) {
    batch.Publish();
    running_->ledger->Witness(running_->epochs.current(), batch.HeadsReached()).IgnoreError();
    NoteDirectory();
    return status;
  }
  batch.Forget();
  if (disk_->is_off()) {
    Crash();
    return absl::UnavailableError("the power went");
  }
  if (broken_.empty()) broken_ = absl::StrCat("a commit: ", status.ToString());
  return status;
}

absl::Status SimulatedServer::Run(const std::vector<storage::Job*>& jobs) {
  const absl::Status committed = Commit([&](storage::Batch& batch) {
    for (storage::Job* job : jobs) job->Foresee(batch);
    batch.ReadForeseen();
    for (storage::Job* job : jobs) job->Apply(batch);
  });
  for (storage::Job* job : jobs) job->Done(committed);
  return committed;
}

void SimulatedServer::FinishFiling() {
  while (is_up() && filing_ && broken_.empty()) Commit([](storage::Batch&) {}).IgnoreError();
}

absl::Status SimulatedServer::Change(const std::vector<v1::Reference>& references,
                                     const std::vector<v1::RoleGrant>& grants) {
  return Commit([&](storage::Batch& batch) {
    const auto written =
        storage::WriteDirectory(batch, tenant(), name_, {references, grants, true});
    if (!written.ok()) broken_ = absl::StrCat("a change: ", written.status().ToString());
  });
}

void SimulatedServer::Tick() {
  Run({storage::MakeGrantClock({tenant()}, [](const absl::Status&) {}).get()}).IgnoreError();
  Run({storage::MakeLogClearing({tenant()}, [](const absl::StatusOr<bool>&) {}).get()})
      .IgnoreError();
}

absl::StatusOr<storage::Caller> SimulatedServer::CallerOf(const std::string& token) {
  if (!is_up()) return absl::UnavailableError("the server is down");
  const std::optional<storage::Caller> caller = running_->sessions.Find(token, clock_.NowMs());
  if (!caller) return absl::UnauthenticatedError("no such session");
  return *caller;
}

absl::StatusOr<v1::OpenSessionReply> SimulatedServer::OpenSession(const core::Id16& person,
                                                                  const core::Id16& device) {
  absl::StatusOr<v1::OpenSessionReply> answer = absl::UnavailableError("the server is down");
  v1::OpenSessionRequest request;
  request.set_tenant(name_);
  request.set_person(BytesOf(person));
  request.set_device(BytesOf(device));
  Run({storage::MakeOpenSession(
           request, [&](absl::StatusOr<v1::OpenSessionReply> reply) { answer = std::move(reply); })
           .get()})
      .IgnoreError();
  return answer;
}

absl::StatusOr<v1::HelloReply> SimulatedServer::Hello(const storage::Caller& caller,
                                                      v1::HelloRequest request) {
  if (left_out_ == LeftOut::kChain && is_up()) {
    for (v1::Store& store : *request.mutable_stores()) {
      disk::ReplicaRow row;
      const auto stored =
          engine().Get(Family::kState, storage::ReplicaKey(tenant(), store.replica()));
      if (!stored.ok() || !row.ParseFromString(*stored)) continue;
      store.set_last_n(std::max(store.last_n(), row.last_n()));
      if (store.last_n() == row.last_n()) store.set_last_hash(row.last_hash());
    }
  }
  absl::StatusOr<v1::HelloReply> answer = absl::UnavailableError("the server is down");
  Run({storage::MakeHello(caller, std::move(request),
                          [&](absl::StatusOr<v1::HelloReply> reply) { answer = std::move(reply); })
           .get()})
      .IgnoreError();
  if (answer.ok() && left_out_ == LeftOut::kKeptUntilDurable) {
    answer->set_durable_seq(std::numeric_limits<uint64_t>::max());
  }
  return answer;
}

absl::StatusOr<v1::PushReply> SimulatedServer::Push(const storage::Caller& caller,
                                                    v1::PushRequest request) {
  std::vector<v1::PushResult> answered;
  if (const absl::Status bent = BendPush(request, answered); !bent.ok()) return bent;
  absl::StatusOr<v1::PushReply> answer = v1::PushReply();
  if (!request.groups().empty()) {
    answer = absl::UnavailableError("the server is down");
    Run({storage::MakePush(caller, std::move(request),
                           [&](absl::StatusOr<v1::PushReply> reply) { answer = std::move(reply); })
             .get()})
        .IgnoreError();
  }
  if (answer.ok() && left_out_ == LeftOut::kChain) {
    v1::PushReply whole;
    for (v1::PushResult& result : answered) *whole.add_results() = std::move(result);
    for (v1::PushResult& result : *answer->mutable_results()) {
      *whole.add_results() = std::move(result);
    }
    return whole;
  }
  return answer;
}

absl::StatusOr<v1::PullReply> SimulatedServer::Pull(const storage::Caller& caller,
                                                    const v1::PullRequest& request) {
  if (!is_up()) return absl::UnavailableError("the server is down");
  absl::StatusOr<v1::PullReply> reply =
      Read([&] { return running_->puller.Next(caller, request); });
  if (reply.ok() && left_out_ == LeftOut::kScopeDrop) reply->clear_scope_drops();
  return reply;
}

absl::StatusOr<v1::FetchReply> SimulatedServer::Fetch(const storage::Caller& caller,
                                                      const v1::FetchRequest& request) {
  if (!is_up()) return absl::UnavailableError("the server is down");
  return Read([&] { return running_->puller.Fetch(caller, request); });
}

absl::StatusOr<v1::DescendReply> SimulatedServer::Descend(const storage::Caller& caller,
                                                          const v1::DescendRequest& request) {
  if (!is_up()) return absl::UnavailableError("the server is down");
  return Read([&] { return running_->puller.Descend(caller, request); });
}

absl::StatusOr<v1::ConfirmReply> SimulatedServer::Confirm(const storage::Caller& caller,
                                                          const v1::ConfirmRequest& request) {
  if (!is_up()) return absl::UnavailableError("the server is down");
  absl::StatusOr<storage::Confirmed> confirmed =
      Read([&] { return running_->puller.Confirm(caller, request); });
  if (!confirmed.ok()) return confirmed.status();
  if (confirmed->proof) {
    const absl::Status noted =
        Run({storage::MakeNoteProof(caller, *confirmed->proof, [](const absl::Status&) {}).get()});
    if (!noted.ok()) return noted;
  }
  return std::move(confirmed->reply);
}

absl::StatusOr<v1::OfferReply> SimulatedServer::Offer(const storage::Caller& caller,
                                                      const v1::OfferRequest& request) {
  if (!is_up()) return absl::UnavailableError("the server is down");
  return Read([&] { return storage::Wanted(*running_->engine, caller.tenant, request); });
}

absl::StatusOr<v1::RefillReply> SimulatedServer::Refill(const storage::Caller& caller,
                                                        v1::RefillRequest request) {
  absl::StatusOr<v1::RefillReply> answer = absl::UnavailableError("the server is down");
  Run({storage::MakeRefill(
           caller, std::move(request),
           [&](absl::StatusOr<v1::RefillReply> reply) { answer = std::move(reply); })
           .get()})
      .IgnoreError();
  return answer;
}

std::string SimulatedServer::Verify() {
  if (!is_up()) return "";
  v1::VerifyRequest request;
  request.set_tenant(name_);
  v1::VerifyReply found;
  const absl::Status verified = storage::Verify(
      engine(), request,
      [&found](const v1::VerifyReply& reply) {
        found = reply;
        return true;
      },
      &secrets_);
  if (!verified.ok()) return absl::StrCat("verify: ", verified.ToString());
  if (found.difference_count() == 0) return "";
  const v1::Difference& first = found.differences(0);
  return absl::StrCat("recomputing finds ", found.difference_count(),
                      " differences, the first: ", first.what(), " ", first.where(), " ",
                      first.detail());
}

}  // namespace halfterm::testing
