#include "service/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/admin_service.h"
#include "service/aggregate_service.h"
#include "service/audit_service.h"
#include "service/backup_service.h"
#include "service/caller_of.h"
#include "service/directory_service.h"
#include "service/gateway/app_files.h"
#include "service/gateway/gateway.h"
#include "service/holdings_service.h"
#include "service/keeping_service.h"
#include "service/latency_ring.h"
#include "service/limits.h"
#include "service/listening.h"
#include "service/open_doors_service.h"
#include "service/opened_store.h"
#include "service/people_service.h"
#include "service/practice_service.h"
#include "service/recovery_service.h"
#include "service/sign_in/accounts_admin_service.h"
#include "service/sign_in/accounts_service.h"
#include "service/sign_in/entrance.h"
#include "service/streams/open_streams.h"
#include "service/streams/repeat_limit.h"
#include "service/summary_service.h"
#include "service/sync_service.h"
#include "service/ticker.h"
#include "service/upkeep.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/accounts/account_keys.h"
#include "storage/aggregates/aggregate_reader.h"
#include "storage/audit/audit_reader.h"
#include "storage/audit/read_trail.h"
#include "storage/backup/ledger.h"
#include "storage/backup/restore.h"
#include "storage/commit/changes.h"
#include "storage/commit/committer.h"
#include "storage/commit/epochs.h"
#include "storage/commit/secrets.h"
#include "storage/commit/sessions.h"
#include "storage/directory/directories.h"
#include "storage/doors/door_list.h"
#include "storage/engine.h"
#include "storage/keeping/keeping_reader.h"
#include "storage/practice/practice_reader.h"
#include "storage/pull/puller.h"
#include "storage/summary/summary_reader.h"

namespace halfterm::service {
namespace {

constexpr std::chrono::seconds kShutdownGrace(8);
// Of the eight, for browsers to take the end of what they are being sent.
constexpr std::chrono::seconds kGatewayGrace(1);
// For so long calls are still answered, with UNAVAILABLE: gRPC itself answers CANCELLED to those
// that come in the moment of its closing, and a client then does not know to come again.
constexpr std::chrono::milliseconds kLastRefusals(250);
constexpr int64_t kTrailMs = 1'000;

size_t ReadThreads() { return std::clamp<size_t>(std::thread::hardware_concurrency(), 2, 4); }

}  // namespace

std::string StoreDirectory(absl::string_view data) { return storage::StorePath(std::string(data)); }

// In the order of their making; taken down from the last to the first.
struct Server::Parts {
  Parts(World given, const ServerOptions& options, std::unique_ptr<Stored> opened)
      : world(std::move(given)),
        stored(std::move(opened)),
        data(options.data),
        context{*stored->engine,  world.clock,     stored->directories,
                stored->sessions, stored->changes, *stored->secrets,
                *stored->epochs,  world.random,    stored->ledger.get()},
        committer(*stored->engine, world.clock, context),
        puller(*stored->engine, stored->directories, *stored->epochs, *stored->secrets,
               world.clock),
        summaries(*stored->engine, stored->directories, world.clock),
        kept(*stored->engine, stored->directories),
        aggregates(*stored->engine, stored->directories),
        practices(*stored->engine, stored->directories, aggregates, world.clock),
        doors(*stored->engine, stored->directories, world.clock),
        audits(*stored->engine, stored->directories, world.clock),
        trail(*stored->engine, world.clock, committer),
        gate(stored->sessions, stored->directories, world.clock),
        writes(committer),
        reads(ReadThreads(), kMaxWaitingReads),
        reports(1, kMaxWaitingReports),
        backup_workers(1, 1),
        repeats(world.clock),
        pulls(kMaxPulls, nudge),
        watches(kMaxWatches, nudge),
        verifications(kMaxWaitingReports, nudge),
        backups_made(kMaxWaitingReports, nudge),
        sync(gate, puller, world.clock, writes, reads,
             PullParts{gate, puller, trail, world.clock, reads, pulls, repeats},
             WatchParts{gate, puller, stored->directories, world.clock, stored->changes, reads,
                        watches, *stored->ledger, *stored->epochs},
             stored->account_keys->sealing_point()),
        summary(gate, summaries, trail, world.clock, reads, summary_times),
        practice(gate, practices, trail, world.clock, reads),
        open_doors(gate, doors, world.clock, writes, reads),
        keeping(gate, kept, world.clock, reads),
        keeping_admin(gate, *stored->engine, stored->directories, world.clock, reads),
        aggregate(gate, aggregates, world.clock, reads),
        freezing(gate, world.clock, writes),
        audit(AuditParts{gate, audits, stored->directories, world.clock, trail, reports}),
        audit_trail(AuditParts{gate, audits, stored->directories, world.clock, trail, reports}),
        directory(gate, stored->directories, world.clock, writes, reads),
        people(gate, world.clock, writes),
        holdings(gate, *stored->engine, world.clock, reports),
        recovery(gate, *stored->engine, world.clock, writes, reads),
        backups(gate,
                BackupParts{data,
                            *stored->engine,
                            *stored->ledger,
                            *stored->epochs,
                            *stored->secrets,
                            stored->directories,
                            world.clock,
                            {world.clock, backup_workers, backups_made}},
                reads),
        entrance(EntranceOf(), options.passphrase_cost),
        provider(EntranceOf(), entrance),
        courier(EntranceOf(), entrance),
        accounts(AccountsOf()),
        accounts_admin(AccountsOf()),
        admin(
            AdminParts{gate, *stored->engine, stored->directories, committer, world.clock,
                       summary_times, writes, reads, reports},
            VerifyParts{*stored->engine, *stored->secrets, {world.clock, reports, verifications}}),
        upkeep(committer, stored->directories, world.clock, gate, world.log),
        ticker(std::chrono::milliseconds(kTickMs), [this](bool nudged) { Tick(nudged); }) {}

  EntranceParts EntranceOf() {
    return {*stored->engine,       stored->directories, stored->sessions,
            *stored->account_keys, *stored->epochs,     world.clock,
            world.random,          committer,           writes};
  }
  AccountsParts AccountsOf() {
    return {gate,
            entrance,
            provider,
            courier,
            *stored->engine,
            stored->sessions,
            stored->directories,
            *stored->account_keys,
            world.clock,
            writes,
            reads};
  }

  void Tick(bool nudged);
  // What was read since the last time goes into the audit.
  void WriteTrail();

  const World world;
  const std::unique_ptr<Stored> stored;
  const std::string data;
  storage::BatchContext context;
  storage::Committer committer;
  storage::Puller puller;
  storage::SummaryReader summaries;
  storage::KeepingReader kept;
  storage::AggregateReader aggregates;
  storage::PracticeReader practices;
  storage::DoorList doors;
  storage::AuditReader audits;
  storage::ReadTrail trail;
  Gate gate;
  LatencyRing summary_times;
  WriteLane writes;
  WorkerPool reads, reports, backup_workers;
  const std::function<void()> nudge = [this] { ticker.Nudge(); };
  RepeatLimit repeats;
  OpenStreams pulls, watches, verifications, backups_made;
  SyncService sync;
  SummaryService summary;
  PracticeService practice;
  OpenDoorsService open_doors;
  KeepingService keeping;
  KeepingAdminService keeping_admin;
  AggregateService aggregate;
  FreezingService freezing;
  AuditService audit;
  AuditTrailService audit_trail;
  DirectoryService directory;
  PeopleService people;
  HoldingsService holdings;
  RecoveryService recovery;
  BackupService backups;
  Entrance entrance;
  ProviderSignIn provider;
  Courier courier;
  AccountsService accounts;
  AccountsAdminService accounts_admin;
  AdminService admin;
  Upkeep upkeep;
  std::atomic<bool> trail_runs{false};
  std::atomic<int64_t> trail_ms{0};
  Ticker ticker;
  Listening public_port, admin_port;
  std::unique_ptr<Gateway> gateway;
  bool drained = false;
};

void Server::Parts::Tick(bool nudged) {
  pulls.Tick(!nudged);
  watches.Tick(!nudged);
  verifications.Tick(!nudged);
  backups_made.Tick(!nudged);
  if (!nudged) upkeep.Tick();
  if (!nudged && world.clock.MonotonicMs() - trail_ms >= kTrailMs) WriteTrail();
}

void Server::Parts::WriteTrail() {
  if (!trail.HasNotes() || trail_runs.exchange(true)) return;
  trail_ms = world.clock.MonotonicMs();
  const bool taken = reports.Submit(Urgency::kInteractive, [this] {
    trail.Write();
    trail_runs = false;
  });
  if (!taken) trail_runs = false;
}

namespace {

absl::StatusOr<std::unique_ptr<Gateway>> StartGateway(const ServerOptions& options,
                                                      grpc::Server& services, Log& log) {
  std::error_code error;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string folder = options.app.empty() ? AppFiles::Find(program) : options.app;
  absl::StatusOr<AppFiles> app = folder.empty() ? AppFiles::Missing() : AppFiles::Load(folder);
  if (!app.ok()) return app.status();
  log.Info("app", {{"files", static_cast<int64_t>(app->count())}});
  WebLimits limits;
  // Half of the files for browsers: gRPC's listener does not survive the want of one.
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    limits.connections = std::min<size_t>(limits.connections, files.rlim_cur / 2);
  }
  return Gateway::Start({options.http_address, limits}, *std::move(app),
                        services.InProcessChannel(grpc::ChannelArguments()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, World world) {
  SilenceLibraries();
  absl::StatusOr<std::unique_ptr<Stored>> stored = OpenStored(options, world);
  if (!stored.ok()) return stored.status();
  auto parts = std::make_unique<Parts>(std::move(world), options, *std::move(stored));
  std::unique_ptr<Server> server(new Server(std::move(parts)));
  Parts& p = *server->parts_;
  p.upkeep.Begin();

  absl::StatusOr<Listening> admin =
      Listen(Port::kAdmin, options.admin_address,
             {&p.admin, &p.directory, &p.people, &p.holdings, &p.accounts_admin, &p.keeping_admin,
              &p.freezing, &p.audit_trail, &p.backups});
  if (!admin.ok()) return admin.status();
  p.admin_port = *std::move(admin);
  p.admin_port.server->GetHealthCheckService()->SetServingStatus(false);
  absl::StatusOr<Listening> pub =
      Listen(Port::kPublic, options.grpc_address,
             {&p.sync, &p.recovery, &p.summary, &p.practice, &p.open_doors, &p.accounts, &p.keeping,
              &p.aggregate, &p.audit});
  if (!pub.ok()) return pub.status();
  p.public_port = *std::move(pub);
  if (!options.http_address.empty()) {
    absl::StatusOr<std::unique_ptr<Gateway>> gateway =
        StartGateway(options, *p.public_port.server, p.world.log);
    if (!gateway.ok()) return gateway.status();
    p.gateway = *std::move(gateway);
  }

  p.admin_port.server->GetHealthCheckService()->SetServingStatus(true);
  p.world.log.Info("serving", {{"grpc", server->grpc_address()},
                               {"admin", server->admin_address()},
                               {"http", server->http_address()},
                               {"epoch", int64_t{p.stored->epochs->current()}}});
  return server;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Drain(); }

const std::string& Server::grpc_address() const { return parts_->public_port.address; }
const std::string& Server::admin_address() const { return parts_->admin_port.address; }
const std::string& Server::http_address() const {
  static const std::string none;
  return parts_->gateway == nullptr ? none : parts_->gateway->address();
}
int Server::grpc_port() const { return parts_->public_port.port; }
int Server::admin_port() const { return parts_->admin_port.port; }
int Server::http_port() const { return parts_->gateway == nullptr ? 0 : parts_->gateway->port(); }

size_t Server::open_pulls() const { return parts_->pulls.Count(); }
size_t Server::open_watches() const { return parts_->watches.Count(); }

void Server::Drain() {
  Parts& p = *parts_;
  if (std::exchange(p.drained, true)) return;
  p.world.log.Info("draining", {{"pulls", static_cast<int64_t>(open_pulls())},
                                {"watches", static_cast<int64_t>(open_watches())}});
  if (p.admin_port.server != nullptr) {
    p.admin_port.server->GetHealthCheckService()->SetServingStatus(false);
  }
  p.gate.Close();
  if (p.gateway != nullptr) p.gateway->StopAccepting();
  const auto closed = std::chrono::steady_clock::now();
  p.pulls.StopAll();
  p.watches.StopAll();
  p.verifications.StopAll();
  p.backups_made.StopAll();
  // What was taken is committed and answered; the connections are still there for that. Only for a
  // database that is away it does not wait.
  p.stored->stop->Send();
  p.provider.Close();
  p.entrance.Close();
  p.trail.Write();
  p.writes.Drain();
  p.reads.Close();
  p.reports.Close();
  p.backup_workers.Close();
  std::this_thread::sleep_until(closed + kLastRefusals);

  // Its calls are in this process: they end before the services that answer them.
  if (p.gateway != nullptr) p.gateway->Drain(kGatewayGrace);

  const auto deadline = std::chrono::system_clock::now() + kShutdownGrace;
  for (Listening* listening : {&p.public_port, &p.admin_port}) {
    if (listening->server != nullptr) listening->server->Shutdown(deadline);
  }
  for (Listening* listening : {&p.public_port, &p.admin_port}) {
    if (listening->server != nullptr) listening->server->Wait();
  }
  p.ticker.Stop();  // Last: it cuts the streams whose readers take nothing.
  p.stored->ledger_engine->Close().IgnoreError();
  const absl::Status store = p.stored->engine->Close();
  p.world.log.Info("drained", {{"store", absl::StatusCodeToString(store.code())}});
}

}  // namespace halfterm::service
