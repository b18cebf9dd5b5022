#include "tests/simulation/scopes_school.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/directory/directory_writer.h"
#include "storage/directory/reference.h"
#include "storage/feed_row.h"
#include "storage/import/import.h"
#include "storage/scope_bytes.h"

namespace halfterm::testing {
namespace {

using storage::Family;

// So few that readers come between two steps of a filing.
constexpr size_t kFiledAtOnce = 7;

disk::EpochsRow FirstEpoch() {
  disk::EpochsRow row;
  row.add_epochs()->set_id(1);
  return row;
}

bool StartsWith(absl::string_view key, const std::string& prefix) {
  return key.substr(0, prefix.size()) == prefix;
}

}  // namespace

ScopesSchool::ScopesSchool(storage::Engine& engine, uint32_t tenant, uint64_t seed, Missing missing)
    : engine_(engine),
      tenant_(tenant),
      name_(absl::StrCat("school-", tenant)),
      missing_(missing),
      random_(seed),
      epochs_(FirstEpoch()),
      context_{engine_,
               clock_,
               directories_,
               sessions_,
               changes_,
               secrets_,
               epochs_,
               [this](size_t bytes) {
                 std::string text(bytes, '\0');
                 for (char& byte : text) byte = static_cast<char>(random_());
                 return text;
               }},
      puller_(engine_, directories_, epochs_, secrets_, clock_) {
  disk::TenantRow row;
  row.set_handle(tenant);
  row.set_name(name_);
  people_.AddGrant(people_.tom, v1::ROLE_COACH, {}).add_people(BytesOf(people_.tia));
  people_.AddGrant(people_.ann, v1::ROLE_PEER, {}).add_people(BytesOf(people_.tom));
  std::vector<v1::RoleGrant> grants = std::move(people_.content.grants);
  people_.content.grants.clear();
  const std::vector<v1::Reference> references = storage::ReferencesOf(people_.content);
  Commit([&](storage::Batch& batch) {
    batch.Put(Family::kMeta, storage::TenantKey(name_), row.SerializeAsString());
    const auto written =
        storage::WriteDirectory(batch, tenant_, name_, {references, grants, false});
    if (!written.ok()) status_ = written.status();
  });
}

void ScopesSchool::Commit(const std::function<void(storage::Batch&)>& apply) {
  storage::Batch batch(context_, rollups_);
  apply(batch);
  filing_ = filing_ || !batch.Rederiving().empty();
  absl::Status status;
  if (filing_) {
    const absl::StatusOr<bool> more = batch.RederiveSome(tenant_, kFiledAtOnce);
    status = more.status();
    filing_ = more.ok() && *more;
  }
  if (status.ok()) status = batch.Settle();
  if (status.ok()) status = engine_.Commit(Bent(batch.Writes()));
  if (status.ok()) {
    batch.Publish();
  } else {
    batch.Forget();
    if (status_.ok()) status_ = status;
  }
  ++commits_;
  std::shared_ptr<const sync::Directory> now = directories_.Of(tenant_);
  if (!filing_) filed_by_.clear();
  if (filed_by_.empty() || filed_by_.back() != now) filed_by_.push_back(std::move(now));
}

void ScopesSchool::Run(storage::Job& job) {
  Commit([&job](storage::Batch& batch) { job.Apply(batch); });
  job.Done(status_);
}

void ScopesSchool::FinishFiling() {
  while (filing_ && status_.ok()) Commit([](storage::Batch&) {});
}

void ScopesSchool::Change(const std::vector<v1::Reference>& references,
                          const std::vector<v1::RoleGrant>& grants) {
  Commit([&](storage::Batch& batch) {
    const auto written = storage::WriteDirectory(batch, tenant_, name_, {references, grants, true});
    if (!written.ok() && status_.ok()) status_ = written.status();
    if (missing_ != Missing::kHeldBack) return;
    sync::Directory::Content open = batch.DirectoryOf(tenant_).content();
    open.held_back.clear();
    batch.PutDirectory(tenant_, name_, std::make_shared<const sync::Directory>(std::move(open)));
  });
}

void ScopesSchool::TickGrantClock() {
  Run(*storage::MakeGrantClock({tenant_}, [this](const absl::Status& done) {
    if (!done.ok() && status_.ok()) status_ = done;
  }));
}

void ScopesSchool::Erase(const core::Id16& id) {
  FinishFiling();  // These rows are written past the batch's records, which a filing would load.
  Commit([&](storage::Batch& batch) {
    const auto stored = batch.Get(Family::kDerived, storage::RecordKey(tenant_, id));
    disk::RecordRow record;
    if (!stored.ok() || !record.ParseFromString(*stored)) return;
    const uint64_t seq = *batch.NextSeq(tenant_);
    std::map<std::string, storage::DigestRow> digests;
    for (disk::FeedPlace& place : *record.mutable_feed()) {
      std::vector<core::Scope> scope;
      storage::ParseScopes(place.scope(), scope);
      batch.Delete(Family::kFeed, storage::FeedKey(tenant_, scope[0], place.seq(), id));
      if (place.kind() == static_cast<uint32_t>(storage::FeedKind::kHeld)) {
        const std::string key =
            storage::DigestKey(tenant_, scope[0], static_cast<uint16_t>(record.period()));
        storage::DigestRow& row = digests[key];
        row = *storage::ParseDigestRow(*batch.Get(Family::kDerived, key));
        row.count -= place.count();
        core::SumDigest sum(row.digest);
        sum.Subtract(*core::Digest32::FromBytes(place.digest()));
        row.digest = sum.bytes();
      }
      place.set_seq(seq);
      place.set_kind(static_cast<uint32_t>(storage::FeedKind::kErased));
      place.clear_count();
      place.clear_digest();
      storage::FeedRow row;
      row.kind = storage::FeedKind::kErased;
      batch.Put(Family::kFeed, storage::FeedKey(tenant_, scope[0], seq, id),
                storage::EncodeFeedRow(row));
    }
    for (const auto& [key, row] : digests) {
      if (row.count == 0) {
        batch.Delete(Family::kDerived, key);
      } else {
        batch.Put(Family::kDerived, key, storage::EncodeDigestRow(row));
      }
    }
    for (const std::string& facet : record.facets()) {
      batch.Delete(Family::kState, storage::FacetKey(tenant_, *core::FacetId::Parse(facet)));
    }
    record.clear_facets();
    batch.Put(Family::kDerived, storage::RecordKey(tenant_, id), record.SerializeAsString());
    batch.Put(Family::kErased, storage::ErasedKey(tenant_, id), "");
  });
}

storage::WriteSet ScopesSchool::Bent(const storage::WriteSet& writes) {
  storage::WriteSet bent;
  const std::string facets = storage::FacetPrefix(tenant_);
  const std::string digests = storage::DigestPrefix(tenant_);
  bool only_audience = true;
  for (size_t i = 0; i < writes.Count(); ++i) {
    const storage::WriteSet::Write write = writes.At(i);
    if (write.is_delete || write.family != Family::kState || !StartsWith(write.key, facets)) {
      continue;
    }
    disk::FacetRow row, before;
    const auto stored = engine_.Get(Family::kState, write.key);
    row.ParseFromArray(write.value.data(), static_cast<int>(write.value.size()));
    if (!stored.ok() || !before.ParseFromString(*stored) || before.digest() != row.digest()) {
      only_audience = false;
    }
  }
  for (size_t i = 0; i < writes.Count(); ++i) {
    const storage::WriteSet::Write write = writes.At(i);
    const bool is_digest = write.family == Family::kDerived && StartsWith(write.key, digests);
    if (missing_ == Missing::kDigestOfAudience && only_audience && is_digest) continue;
    if (write.is_delete) {
      bent.Delete(write.family, write.key);
      continue;
    }
    if (missing_ == Missing::kLeft && write.family == Family::kFeed) {
      const auto row = storage::ParseFeedRow(write.value);
      if (row && row->kind == storage::FeedKind::kLeft) continue;
    }
    disk::FacetRow row;
    if (missing_ == Missing::kAudienceSeq && write.family == Family::kState &&
        StartsWith(write.key, facets) &&
        row.ParseFromArray(write.value.data(), static_cast<int>(write.value.size()))) {
      row.set_audience_seq(std::min(row.audience_seq(), row.seq()));
      bent.Put(write.family, write.key, row.SerializeAsString());
      continue;
    }
    bent.Put(write.family, write.key, write.value);
  }
  return bent;
}

}  // namespace halfterm::testing
