#include "storage/verify/verifier.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/directory/directories.h"
#include "storage/directory/schools.h"
#include "storage/feed_row.h"
#include "storage/row_view.h"
#include "storage/verify/account_check.h"
#include "storage/verify/audit_check.h"
#include "storage/verify/directory_check.h"
#include "storage/verify/door_check.h"
#include "storage/verify/findings.h"
#include "storage/verify/log_check.h"
#include "storage/verify/record_check.h"
#include "storage/verify/record_walk.h"
#include "storage/verify/rejoin.h"
#include "storage/verify/sign_in_check.h"
#include "storage/verify/sums.h"

namespace halfterm::storage {
namespace {

// 24 bytes each: what one part of the records notes of the log at most, about.
constexpr uint64_t kTouchesAPart = 8'000'000;

absl::Status Stopped() { return absl::CancelledError("whoever asked has had enough"); }

// Feed rows that no record knows of. Only when their number says that there are some: each is
// looked up.
absl::Status FindStrayFeedRows(const Snapshot& snapshot, Tenant tenant, Findings& findings) {
  const std::string prefix = FeedPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kFeed, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    if (!findings.GoOn()) return Stopped();
    const std::optional<ParsedFeedKey> key = ParseFeedKey(cursor->key());
    if (!key) {
      findings.Differs("feed", Named("key", cursor->key()), "is no key of a feed row");
      continue;
    }
    const absl::StatusOr<std::string> row =
        snapshot.Get(Family::kDerived, RecordKey(tenant, key->record));
    if (!row.ok() && !absl::IsNotFound(row.status())) return row.status();
    RecordRowView view;
    const bool readable = row.ok() && ReadRecordRow(*row, view);
    const bool known =
        readable && std::any_of(view.places.begin(), view.places.end(), [&](const PlaceView& p) {
          return p.seq == key->seq && static_cast<uint8_t>(p.scope[0]) == key->scope.type &&
                 p.scope.substr(1) ==
                     absl::string_view(key->scope.id.view().data(), core::Id16::kSize);
        });
    if (!known) {
      findings.Differs("feed", absl::StrCat(Named(key->scope), " ", Named(key->record)),
                       absl::StrCat("stands at number ", key->seq, ", which the record disowns"));
    }
  }
  return cursor->status();
}

absl::StatusOr<uint64_t> CountRows(const Snapshot& snapshot, Family family,
                                   const std::string& prefix) {
  uint64_t rows = 0;
  const auto cursor = snapshot.NewCursor(family, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) ++rows;
  if (!cursor->status().ok()) return cursor->status();
  return rows;
}

absl::Status CheckErased(const Snapshot& snapshot, Tenant tenant, Findings& findings) {
  const std::string prefix = ErasedPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kErased, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedRecordKey> key = ParseErasedKey(cursor->key());
    if (!key) {
      findings.Differs("erased", Named("key", cursor->key()), "is no key of a record");
      continue;
    }
    const absl::StatusOr<uint64_t> facets =
        CountRows(snapshot, Family::kState, FacetPrefix(tenant, key->record));
    if (!facets.ok()) return facets.status();
    if (*facets > 0) findings.Differs("erased", Named(key->record), "was erased and has facets");
  }
  return cursor->status();
}

// Every record against what follows from it, and all sums.
absl::Status CheckRecords(const RecordCheckContext& context, LoggedGrants grants, bool raw_sums,
                          Findings& findings) {
  SchoolSums sums;
  RecordCheck check(context, findings, sums);
  uint64_t derived_rows = 0;
  const uint64_t parts = 1 + context.head.seq() / kTouchesAPart;
  for (uint64_t index = 0; index < parts; ++index) {
    const Part part{index, parts};
    const absl::StatusOr<std::vector<Touch>> touches =
        TouchesOf(context.snapshot, context.tenant, part);
    if (!touches.ok()) return touches.status();
    RecordWalk walk(context.snapshot, context.tenant, *touches, findings);
    while (walk.Next()) {
      if (!part.Has(walk.record().id)) continue;
      if (!findings.GoOn()) return Stopped();
      if (walk.record().derived) ++derived_rows;
      const absl::Status checked = check.Check(walk.record(), walk.touches());
      if (!checked.ok()) return checked;
    }
    if (!walk.status().ok()) return walk.status();
  }
  if (derived_rows != context.head.records()) {
    findings.Differs(
        "head", "records",
        absl::StrCat("are ", context.head.records(), ", there are rows of ", derived_rows));
  }
  if (context.directory != nullptr) {
    const absl::Status compared = sums.Compare(context.snapshot, context.tenant, findings);
    if (!compared.ok()) return compared;
    const absl::StatusOr<uint64_t> feed_rows =
        CountRows(context.snapshot, Family::kFeed, FeedPrefix(context.tenant));
    if (!feed_rows.ok()) return feed_rows.status();
    if (*feed_rows != check.feed_rows()) {
      const absl::Status found = FindStrayFeedRows(context.snapshot, context.tenant, findings);
      if (!found.ok()) return found;
    }
  }
  if (raw_sums) {
    for (const auto& [teacher, of_teacher] : check.raw_sums()) {
      *findings.reply().add_raw_sums() = of_teacher;
    }
  }
  return CheckDirectory(context.snapshot, context.tenant, check.references(), std::move(grants),
                        findings);
}

absl::Status VerifySchool(const Engine& engine, Tenant tenant, const Secrets* secrets,
                          bool raw_sums, Findings& findings) {
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, tenant);
  if (!head.ok()) return head.status();
  findings.reply().set_as_of_seq(head->seq());
  LoggedGrants grants;
  const absl::Status log = CheckLog(*snapshot, tenant, *head, findings, grants);
  if (!log.ok()) return log;
  const absl::Status audit = CheckAudit(*snapshot, tenant, *head, findings);
  if (!audit.ok()) return audit;
  const absl::Status accounts = CheckAccounts(*snapshot, tenant, *head, findings);
  if (!accounts.ok()) return accounts;
  const absl::Status sign_ins = CheckSignIns(*snapshot, tenant, findings);
  if (!sign_ins.ok()) return sign_ins;
  const absl::Status erased = CheckErased(*snapshot, tenant, findings);
  if (!erased.ok()) return erased;

  const absl::StatusOr<std::shared_ptr<const sync::Directory>> directory =
      ReadDirectory(*snapshot, tenant);
  if (absl::IsDataLoss(directory.status())) {
    findings.Differs("directory", "all of it",
                     "cannot be read; who may read what, and the summaries, were not checked");
  } else if (!directory.ok()) {
    return directory.status();
  } else if (absl::Status doors = CheckDoors(*snapshot, tenant, **directory, findings);
             !doors.ok()) {
    return doors;
  }
  const RecordCheckContext context{*snapshot, tenant, directory.ok() ? directory->get() : nullptr,
                                   secrets, *head};
  return CheckRecords(context, std::move(grants), raw_sums, findings);
}

}  // namespace

absl::Status Verify(const Engine& engine, const v1::VerifyRequest& request,
                    const std::function<bool(const v1::VerifyReply&)>& progress,
                    const Secrets* secrets) {
  const absl::StatusOr<std::vector<Tenant>> schools = SchoolsNamed(engine, request.tenant());
  if (!schools.ok()) return schools.status();
  Findings findings(progress);
  for (const Tenant tenant : *schools) {
    const absl::Status verified =
        VerifySchool(engine, tenant, secrets, request.raw_sums(), findings);
    if (!verified.ok()) return verified;
  }
  const absl::Status guesses = CheckGuesses(*engine.NewSnapshot(), findings);
  if (!guesses.ok()) return guesses;
  findings.Finish();
  return absl::OkStatus();
}

}  // namespace halfterm::storage
