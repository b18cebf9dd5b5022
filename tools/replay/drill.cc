#include "tools/replay/drill.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/backup.grpc.pb.h"
#include "storage/backup/history.h"
#include "storage/backup/restore.h"
#include "storage/keys.h"
#include "storage/rocks/rocks_engine_files.h"
#include "tools/replay/connection.h"
#include "tools/replay/server_process.h"
#include "tools/workload/common_workload.h"
#include "tools/workload/generated_workload.h"

namespace halfterm::tools {
namespace {

namespace fs = std::filesystem;

// Facet id (33 bytes) to its bytes as stored.
using StoredFacets = std::map<std::string, std::string>;

class DrillRun {
 public:
  DrillRun(const DrillOptions& options, const storage::Clock& clock, const Progress& progress)
      : options_(options), clock_(clock), progress_(progress) {}

  absl::StatusOr<DrillReport> Run() {
    for (const auto step : {&DrillRun::Prepare, &DrillRun::WorkBefore, &DrillRun::WorkAfter,
                            &DrillRun::KillAndRestore, &DrillRun::Refill, &DrillRun::BackUpAgain,
                            &DrillRun::CompareStores}) {
      if (absl::Status done = (this->*step)(); !done.ok()) return done;
    }
    return report_;
  }

 private:
  std::string Data() const { return options_.directory + "/data"; }
  std::string Backups() const { return options_.directory + "/backups"; }

  // Runs `act`, and notes how long it took.
  absl::Status Timed(const std::string& name, const std::function<absl::Status()>& act) {
    const int64_t began_ms = clock_.MonotonicMs();
    absl::Status done = act();
    report_.steps.push_back({name, static_cast<double>(clock_.MonotonicMs() - began_ms) / 1000});
    return done;
  }

  absl::Status Prepare();
  absl::Status WorkBefore();
  absl::Status WorkAfter();
  absl::Status KillAndRestore();
  absl::Status Refill();
  absl::Status BackUpAgain();
  absl::Status CompareStores();
  absl::Status StartServer();
  absl::StatusOr<v1::BackupGeneration> BackUp();
  absl::StatusOr<StoredFacets> FacetsOf(const std::string& store) const;
  absl::StatusOr<uint64_t> HeadOf(const std::string& store) const;
  absl::StatusOr<std::set<std::string>> HeldByTablets() const;

  const DrillOptions options_;
  const storage::Clock& clock_;
  const Progress progress_;
  DrillReport report_;
  Workload workload_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<AdminCalls> admin_;
  std::unique_ptr<Fleet> fleet_;
  uint32_t older_ = 0;
  std::string killed_store_;
};

absl::Status DrillRun::StartServer() {
  const absl::StatusOr<std::string> program = FindServer();
  if (!program.ok()) return program.status();
  auto started = ServerProcess::Start(*program, Data(), options_.directory);
  if (!started.ok()) return started.status();
  server_ = *std::move(started);
  return absl::OkStatus();
}

// Half of the visits belong to the time after the backup, and so do all edits.
absl::Status DrillRun::Prepare() {
  const size_t visits = options_.visits + options_.visits / 2;
  workload_ = MakeWorkload(Generate(options_.seed, visits, options_.tablets), "drill");
  Phase before = workload_.phases.front(), after = before;
  before.work.clear();
  after.work.clear();
  for (Work& work : workload_.phases.front().work) {
    const auto cut =
        work.gestures.begin() + static_cast<std::ptrdiff_t>(work.gestures.size() * 2 / 3);
    before.work.push_back({work.tablet, work.person, {work.gestures.begin(), cut}});
    after.work.push_back({work.tablet, work.person, {cut, work.gestures.end()}});
  }
  after.import.reset();
  std::vector<Phase> phases{std::move(before), std::move(after)};
  phases.insert(phases.end(), workload_.phases.begin() + 1, workload_.phases.end());
  workload_.phases = std::move(phases);
  // A tablet has the stores of those who write on it, not of everybody.
  for (size_t tablet = 0; tablet < workload_.people.size(); ++tablet) {
    std::set<core::Id16> writers;
    for (const Phase& phase : workload_.phases) {
      for (const Work& work : phase.work) {
        if (work.tablet == tablet) writers.insert(work.person);
      }
    }
    if (writers.empty()) writers.insert(workload_.people[tablet].front());
    workload_.people[tablet] = {writers.begin(), writers.end()};
  }
  report_.tablets = workload_.tablets;
  return Timed("start the server and enrol the tablets", [&] {
    if (absl::Status started = StartServer(); !started.ok()) return started;
    admin_ = std::make_unique<AdminCalls>(server_->admin_address());
    FleetOptions fleet;
    fleet.address = server_->address();
    fleet.directory = options_.directory;
    fleet.seed = options_.seed;
    fleet_ = std::make_unique<Fleet>(workload_, fleet, *admin_, clock_, progress_);
    return fleet_->Start();
  });
}

absl::StatusOr<v1::BackupGeneration> DrillRun::BackUp() {
  const auto stub = v1::Backups::NewStub(OpenChannel(server_->admin_address()));
  v1::MakeBackupRequest request;
  request.set_folder(Backups());
  grpc::ClientContext context;
  const auto reader = stub->MakeBackup(&context, request);
  v1::MakeBackupReply reply;
  v1::BackupGeneration made;
  while (reader->Read(&reply)) {
    if (reply.has_made()) made = reply.made();
  }
  if (absl::Status done = ToStatus(reader->Finish()); !done.ok()) return done;
  return made;
}

absl::Status DrillRun::WorkBefore() {
  absl::Status worked = Timed("work, and meet", [&] {
    if (absl::Status written = fleet_->Write(0); !written.ok()) return written;
    return fleet_->MeetAll("before the backup");
  });
  if (!worked.ok()) return worked;
  return Timed("two backups", [&]() -> absl::Status {
    const absl::StatusOr<v1::BackupGeneration> first = BackUp();
    if (!first.ok()) return first.status();
    older_ = first->generation();
    if (!first->schools().empty()) report_.groups_before_backup = first->schools(0).seq();
    return BackUp().status();
  });
}

// What was written last reached the server and nobody else.
absl::Status DrillRun::WorkAfter() {
  return Timed("more work", [&] {
    if (absl::Status written = fleet_->Write(1); !written.ok()) return written;
    if (absl::Status met = fleet_->MeetAll("after the backup"); !met.ok()) return met;
    for (size_t phase = 2; phase < workload_.phases.size(); ++phase) {
      if (absl::Status written = fleet_->Write(phase); !written.ok()) return written;
      if (absl::Status sent = fleet_->PushAll("just before the kill"); !sent.ok()) return sent;
    }
    return absl::OkStatus();
  });
}

absl::Status DrillRun::KillAndRestore() {
  server_->Kill();
  absl::Status restored = Timed("restore the older backup", [&]() -> absl::Status {
    const auto done = storage::RestoreStore({Data(), Backups(), older_}, clock_);
    if (!done.ok()) return done.status();
    killed_store_ = done->old_store;
    return absl::OkStatus();
  });
  if (!restored.ok()) return restored;
  const absl::StatusOr<uint64_t> before = HeadOf(killed_store_);
  const absl::StatusOr<uint64_t> after = HeadOf(storage::StorePath(Data()));
  if (!before.ok()) return before.status();
  if (!after.ok()) return after.status();
  report_.groups_after_backup = *before - report_.groups_before_backup;
  report_.groups_missing = *before - *after;
  return Timed("start the restored server", [&] { return StartServer(); });
}

absl::Status DrillRun::Refill() {
  return Timed("tablets refill it, and everybody is up to date", [&]() -> absl::Status {
    // Twice: what one brings back the others receive.
    if (absl::Status met = fleet_->MeetAll("after the restore"); !met.ok()) return met;
    if (absl::Status met = fleet_->MeetAll("and again"); !met.ok()) return met;
    report_.meetings = fleet_->counts();
    const absl::StatusOr<v1::VerifyReply> verified = admin_->Verify("");
    if (!verified.ok()) return verified.status();
    report_.verify_differences = verified->difference_count();
    if (verified->differences_size() > 0) {
      const v1::Difference& first = verified->differences(0);
      return absl::DataLossError(
          absl::StrCat("recomputed: ", first.what(), " ", first.where(), " ", first.detail()));
    }
    return absl::OkStatus();
  });
}

absl::Status DrillRun::BackUpAgain() {
  return Timed("two more backups", [&]() -> absl::Status {
    for (int i = 0; i < 2; ++i) {
      if (const auto made = BackUp(); !made.ok()) return made.status();
    }
    const auto stub = v1::Backups::NewStub(OpenChannel(server_->admin_address()));
    grpc::ClientContext context;
    v1::ListBackupsReply list;
    const absl::Status listed =
        ToStatus(stub->ListBackups(&context, v1::ListBackupsRequest(), &list));
    if (!listed.ok()) return listed;
    if (!list.schools().empty()) report_.durable_seq = list.schools(0).durable_seq();
    return server_->Stop();
  });
}

absl::StatusOr<StoredFacets> DrillRun::FacetsOf(const std::string& store) const {
  const auto engine = storage::OpenRocksReadOnly(store, nullptr);
  if (!engine.ok()) return engine.status();
  StoredFacets facets;
  const auto snapshot = (*engine)->NewSnapshot();
  const auto cursor = snapshot->NewCursor(storage::Family::kState, "f", "g");
  for (; cursor->Valid(); cursor->Next()) {
    const auto key = storage::ParseFacetKey(cursor->key());
    disk::FacetRow row;
    const absl::string_view value = cursor->value();
    if (!key || !row.ParseFromArray(value.data(), static_cast<int>(value.size()))) continue;
    facets[key->facet.Bytes()] = row.facet();
  }
  if (!cursor->status().ok()) return cursor->status();
  return facets;
}

absl::StatusOr<uint64_t> DrillRun::HeadOf(const std::string& store) const {
  const auto engine = storage::OpenRocksReadOnly(store, nullptr);
  if (!engine.ok()) return engine.status();
  const auto facts = storage::ReadStore(**engine);
  if (!facts.ok()) return facts.status();
  return facts->heads.empty() ? 0 : facts->heads.begin()->second;
}

absl::StatusOr<std::set<std::string>> DrillRun::HeldByTablets() const {
  std::set<std::string> held;
  for (const std::unique_ptr<Tablet>& tablet : fleet_->tablets()) {
    for (const core::Id16& person : tablet->people()) {
      TabletStore& store = *tablet->StoreOf(person);
      absl::Status read = store.base().ForEach(
          [&](const core::FacetId& id, const disk::TabletFacetRow&) { held.insert(id.Bytes()); });
      if (!read.ok()) return read;
      read = store.outbox().ForEach(
          [&](const Outbox::Kept& kept) { held.insert(kept.group.facet.Bytes()); });
      if (!read.ok()) return read;
    }
  }
  return held;
}

absl::Status DrillRun::CompareStores() {
  const absl::StatusOr<StoredFacets> before = FacetsOf(killed_store_);
  const absl::StatusOr<StoredFacets> after = FacetsOf(storage::StorePath(Data()));
  const absl::StatusOr<std::set<std::string>> held = HeldByTablets();
  if (!before.ok()) return before.status();
  if (!after.ok()) return after.status();
  if (!held.ok()) return held.status();
  for (const std::string& id : *held) {
    const auto was = before->find(id);
    if (was == before->end()) continue;  // Written since.
    ++report_.facets_on_tablets;
    const auto is = after->find(id);
    if (is == after->end()) {
      ++report_.facets_missing;
    } else if (is->second == was->second) {
      ++report_.facets_equal;
    } else {
      ++report_.facets_different;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DrillReport> Drill(const DrillOptions& options, const storage::Clock& clock,
                                  const Progress& progress) {
  return DrillRun(options, clock, progress).Run();
}

}  // namespace halfterm::tools
