#include "storage/postgres/writer.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/postgres/reads.h"
#include "storage/postgres/schema.h"
#include "storage/postgres/tenant_of.h"

namespace halfterm::storage::postgres {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kTries = 20;
constexpr std::chrono::milliseconds kFirstWait(20), kLongestWait(500);
// A session's lock in this database; "Halfterm" in ASCII.
constexpr char kOneServer[] = "select pg_advisory_lock(5215575617049031277)";
constexpr char kNothingWritten[] =
    " Nothing was written and nothing is lost: tablets keep their work and send it again.";

std::string HandleKey(uint32_t tenant) { return Int8(tenant).substr(4); }

}  // namespace

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(const PostgresEngineOptions& options,
                                                     Latch& latch) {
  std::unique_ptr<Writer> writer(new Writer(options, latch));
  absl::StatusOr<std::unique_ptr<Connection>> opened =
      Connection::Open(options.conninfo, Purpose::kWriting);
  if (!opened.ok()) return opened.status();
  writer->connection_ = *std::move(opened);
  if (absl::Status made = BringUpToDate(*writer->connection_, options.may_create); !made.ok()) {
    return made;
  }
  if (absl::Status prepared = writer->connection_->Prepare(); !prepared.ok()) return prepared;
  if (absl::Status alone = writer->LockOutOthers(); !alone.ok()) return alone;
  if (absl::Status taken = writer->TakeOver(); !taken.ok()) return taken;
  return writer;
}

// A courtesy: two servers under supervision would take the store from each other for ever. The
// heads are what keeps it safe.
absl::Status Writer::LockOutOthers() {
  const std::string wait =
      options_.take_over ? "1ms" : absl::StrCat(options_.wait_for_others.count(), "ms");
  const Answer locked = connection_->AskAll(
      absl::StrCat("begin; set local lock_timeout = '", wait, "'; ", kOneServer, "; commit"));
  if (locked.ok()) return absl::OkStatus();
  if (locked.sqlstate != "55P03") return locked.AsStatus("taking the store");
  Rollback();
  if (options_.take_over) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("Another halftermd serves the database ", connection_->place(),
                   "; stop that one first, or start this one with --take-over to take its place."));
}

absl::Status Writer::TakeOver() {
  const std::string zero = Int8(kNoTenant), heads = Int2(kHeads), none;
  const std::string first = BytesOf(Head());
  const Call calls[] = {{Statement::kAdd, {zero, heads, none, first}},
                        {Statement::kLock, {zero, heads, none}}};
  const Answer locked = connection_->Run("begin", calls);
  if (!locked.ok()) return locked.AsStatus("taking the store over");
  const std::optional<Head> head = HeadFrom(locked.results.back().Text(0, 0));
  if (!head) return absl::DataLossError("The head of the store in PostgreSQL cannot be read.");
  number_ = head->writer + 1;

  const absl::StatusOr<std::vector<uint32_t>> tenants = TenantsIn(*connection_);
  if (!tenants.ok()) return tenants.status();
  const std::string number = Int8(static_cast<int64_t>(number_));
  std::deque<std::string> handles;
  std::vector<Call> takings;
  for (const uint32_t tenant : *tenants) {
    takings.push_back(
        {Statement::kTakeOver, {handles.emplace_back(Int8(tenant)), heads, none, number}});
  }
  const Answer taken = connection_->Run({}, takings, "commit");
  if (!taken.ok()) return taken.AsStatus("taking the store over");
  for (size_t i = 0; i < tenants->size(); ++i) {
    const Result& row = taken.results[i];
    const std::optional<Head> its = row.rows() == 1 ? HeadFrom(row.Text(0, 0)) : std::nullopt;
    if (!its) {
      return absl::DataLossError(
          absl::StrCat("The head of tenant ", (*tenants)[i], " in PostgreSQL cannot be read."));
    }
    heads_[(*tenants)[i]] = *its;
  }
  return absl::OkStatus();
}

Head Writer::Next(uint32_t tenant) const {
  const auto head = heads_.find(tenant);
  return {number_, head == heads_.end() ? 1 : head->second.commits + 1};
}

absl::Status Writer::Commit(const WriteSet& writes) {
  std::vector<TenantWrites> plan = PlanOf(writes);
  // A new tenant is written down in tenant 0, whose head then guards that too.
  const bool has_new = std::any_of(plan.begin(), plan.end(), [this](const TenantWrites& one) {
    return heads_.count(one.tenant) == 0;
  });
  if (has_new && plan.front().tenant != kNoTenant) plan.insert(plan.begin(), TenantWrites());

  const Deadline deadline = SteadyClock::now() + options_.patience;
  for (int conflicts = 0;;) {
    if (connection_ == nullptr || connection_->is_lost()) {
      if (absl::Status back = Reconnect(deadline); !back.ok()) return back;
    }
    Fate fate = Fate::kNotCommitted;
    if (absl::Status done = Try(plan, fate); !done.ok()) return done;
    const bool was_lost = connection_ == nullptr || connection_->is_lost();
    if (fate == Fate::kUnknown) {
      if (absl::Status proven = Prove(plan, deadline, fate); !proven.ok()) return proven;
    }
    if (fate == Fate::kCommitted) {
      for (const TenantWrites& one : plan) heads_[one.tenant] = Next(one.tenant);
      return absl::OkStatus();
    }
    if (was_lost ? SteadyClock::now() >= deadline : ++conflicts == kTries) {
      return latch_.Fail(absl::UnavailableError(
          absl::StrCat("PostgreSQL put a commit off until our patience ended: it ",
                       was_lost ? "lost every connection." : "met conflicts again and again.",
                       kNothingWritten)));
    }
  }
}

absl::Status Writer::Try(const std::vector<TenantWrites>& plan, Fate& fate) {
  fate = Fate::kNotCommitted;
  const std::string heads = Int2(kHeads), catalogue = Int2(kCatalogue), zero = Int8(kNoTenant),
                    none;
  // What the calls refer to; a deque's elements stay where they are.
  std::deque<std::string> kept;
  std::deque<TenantCalls> rows;
  std::vector<Call> calls;
  std::vector<std::pair<size_t, uint32_t>> guards;  // Which call looks at whose head.
  for (const TenantWrites& one : plan) {
    const std::string& tenant = kept.emplace_back(Int8(one.tenant));
    const std::string& next = kept.emplace_back(BytesOf(Next(one.tenant)));
    const auto head = heads_.find(one.tenant);
    guards.emplace_back(calls.size(), one.tenant);
    if (head != heads_.end()) {
      const std::string& old = kept.emplace_back(BytesOf(head->second));
      calls.push_back({Statement::kReplace, {tenant, heads, none, next, old}});
    } else {
      calls.push_back({Statement::kAdd, {tenant, heads, none, next}});
      const std::string& handle = kept.emplace_back(HandleKey(one.tenant));
      calls.push_back({Statement::kAdd, {zero, catalogue, handle, none}});
    }
    const TenantCalls& its = rows.emplace_back(one);
    calls.insert(calls.end(), its.calls().begin(), its.calls().end());
  }

  const Answer written = connection_->Run("begin", calls);
  if (!written.ok()) return Judge(written, "writing");
  for (const auto& [call, tenant] : guards) {
    if (written.results[call + 1].Changed() != 1) return Overtaken(tenant);
  }
  const Answer committed = connection_->Run("commit", {});
  if (committed.lost) {
    fate = Fate::kUnknown;
    return absl::OkStatus();
  }
  if (!committed.ok()) return Judge(committed, "committing");
  if (committed.results.front().Tag() != "COMMIT") {
    return latch_.Fail(absl::UnavailableError("PostgreSQL took back a commit without a word."));
  }
  fate = Fate::kCommitted;
  return absl::OkStatus();
}

absl::Status Writer::Judge(const Answer& answer, absl::string_view doing) {
  if (answer.lost) return absl::OkStatus();  // Before it was asked to commit: so it did not.
  Rollback();
  const std::string& state = answer.sqlstate;
  // Serialization failure, deadlock, lock timeout.
  if (state == "40001" || state == "40P01" || state == "55P03") return absl::OkStatus();
  // It has become a standby: its successor is looked for.
  if (state == "25006") {
    connection_.reset();
    return absl::OkStatus();
  }
  if (absl::StartsWith(state, "53")) {  // Disk full, out of memory, too many connections.
    return absl::ResourceExhaustedError(
        absl::StrCat(answer.AsStatus(doing).message(), kNothingWritten,
                     " Give PostgreSQL more room; no restart is needed."));
  }
  return latch_.Fail(
      absl::UnavailableError(absl::StrCat(answer.AsStatus(doing).message(),
                                          " Nothing can be committed until this process "
                                          "is started again; what was acknowledged is safe.")));
}

absl::Status Writer::Prove(const std::vector<TenantWrites>& plan, Deadline deadline, Fate& fate) {
  // The lowest tenant of a plan has a head already: a new one's plan begins with tenant 0.
  const uint32_t witness = plan.front().tenant;
  const std::string tenant = Int8(witness), heads = Int2(kHeads), none;
  const Head old = heads_.at(witness), next = Next(witness);
  for (;;) {
    if (absl::Status back = Reconnect(deadline); !back.ok()) return back;
    // Waits for the lost transaction, if it still runs. Nobody else writes this row but a
    // successor.
    const Call lock{Statement::kLock, {tenant, heads, none}};
    const Answer read = connection_->Run("begin", {&lock, 1});
    if (read.lost) continue;
    if (!read.ok()) {
      if (absl::Status judged = Judge(read, "looking a commit up"); !judged.ok()) {
        return Undecided(judged);
      }
      connection_.reset();
      continue;
    }
    const Result& row = read.results.back();
    const std::optional<Head> now = row.rows() == 1 ? HeadFrom(row.Text(0, 0)) : std::nullopt;
    if (now && *now == old) {
      Rollback();
      fate = Fate::kNotCommitted;
      return absl::OkStatus();
    }
    if (!now || !(*now == next)) return Overtaken(witness);
    // It is there. A commit of our own after it is acknowledged only when the first is as safe as
    // `synchronous_commit` asks: standbys may not have had it when the connection broke.
    const std::string bytes = BytesOf(next);
    const Call touch{Statement::kReplace, {tenant, heads, none, bytes, bytes}};
    const Answer touched = connection_->Run({}, {&touch, 1}, "commit");
    if (touched.lost) continue;
    if (!touched.ok()) {
      if (absl::Status judged = Judge(touched, "looking a commit up"); !judged.ok()) {
        return Undecided(judged);
      }
      continue;
    }
    fate = Fate::kCommitted;
    return absl::OkStatus();
  }
}

absl::Status Writer::Undecided(const absl::Status& why) {
  return latch_.Fail(absl::UnavailableError(absl::StrCat(
      "Whether a commit was made shows when this process is started again. ", why.message())));
}

absl::Status Writer::Overtaken(uint32_t tenant) {
  Rollback();
  const std::string its = Int8(tenant), heads = Int2(kHeads), none;
  const Call get{Statement::kGet, {its, heads, none}};
  const Answer read = connection_->Run({}, {&get, 1});
  const bool is_there = read.ok() && read.results.front().rows() == 1;
  const std::optional<Head> now =
      is_there ? HeadFrom(read.results.front().Text(0, 0)) : std::nullopt;
  if (read.ok() && (!now || now->writer <= number_)) {
    return latch_.Fail(absl::UnavailableError(absl::StrCat(
        "The database at ", connection_->place(), " no longer holds what was committed to it: ",
        "tenant ", tenant, " stands before commit ", Next(tenant).commits,
        ". Was it restored, or did a standby take over that had not received everything? Do not "
        "let tablets delete what they have; see docs/operating.md.")));
  }
  return latch_.Fail(absl::AbortedError(
      absl::StrCat("Another halftermd has taken over the database ", connection_->place(),
                   ". Nothing was written, and nothing more will be from here.")));
}

void Writer::Rollback() {
  if (connection_ != nullptr && !connection_->is_lost()) connection_->Ask("rollback");
}

absl::Status Writer::Connect() {
  absl::StatusOr<std::unique_ptr<Connection>> opened =
      Connection::Open(options_.conninfo, Purpose::kWriting);
  if (!opened.ok()) return opened.status();
  if (absl::Status prepared = (*opened)->Prepare(); !prepared.ok()) return prepared;
  // Whoever has it instead will be met at the heads.
  (*opened)->AskAll("select pg_try_advisory_lock(5215575617049031277)");
  connection_ = *std::move(opened);
  return absl::OkStatus();
}

absl::Status Writer::Reconnect(Deadline deadline) {
  connection_.reset();
  std::chrono::milliseconds wait = kFirstWait;
  for (;;) {
    const absl::Status connected = Connect();
    if (connected.ok()) return connected;
    if (SteadyClock::now() + wait >= deadline) {
      return latch_.Fail(absl::UnavailableError(absl::StrCat(
          connected.message(), " A commit waited for ", options_.patience.count() / 1000,
          " s; whether it was made shows when this process is started again.")));
    }
    std::this_thread::sleep_for(wait);
    wait = std::min(2 * wait, kLongestWait);
  }
}

}  // namespace halfterm::storage::postgres
