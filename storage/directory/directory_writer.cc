#include "storage/directory/directory_writer.h"

#include <algorithm>
#include <memory>

#include "halfterm/v1/sync.pb.h"
#include "storage/audit/account_acts.h"
#include "storage/directory/reference.h"
#include "storage/directory/scope_changes.h"
#include "storage/import/import_plan.h"

namespace halfterm::storage {
namespace {

constexpr int kGrantsInAGroup = 256;

absl::StatusOr<uint64_t> WriteReference(Batch& batch, Tenant tenant,
                                        const v1::Reference& reference) {
  const core::Id16 id = IdOf(reference);
  const absl::StatusOr<RecordState*> record = batch.Record(tenant, id);
  if (!record.ok()) return record.status();
  absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch, tenant);
  if (!log.ok()) return log.status();
  const absl::StatusOr<uint64_t> seq = batch.NextSeq(tenant);
  if (!seq.ok()) return seq.status();
  const absl::StatusOr<core::Dot> dot = batch.ServerDot(tenant);
  if (!dot.ok()) return dot.status();
  log->set_n(dot->count);

  const core::FacetId facet = ReferenceFacet(id);
  const FacetState* held = (*record)->Find(facet);
  absl::StatusOr<core::Facet> delta =
      ReferenceDelta(held == nullptr ? core::Facet{} : held->facet, reference, *dot, log->stamp());
  if (!delta.ok()) return delta.status();
  const absl::Status written = batch.ServerWrite(**record, facet, *std::move(delta), *seq, *log);
  if (!written.ok()) return written;
  batch.PutUnread(Family::kLog, OplogKey(tenant, *seq), log->SerializeAsString());
  batch.Put(Family::kState, ReferenceIndexKey(tenant, KindOf(reference), id), "");
  return *seq;
}

absl::StatusOr<uint64_t> WriteGrants(Batch& batch, Tenant tenant, const v1::RoleGrant* grants,
                                     int count) {
  absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch, tenant);
  if (!log.ok()) return log.status();
  const absl::StatusOr<uint64_t> seq = batch.NextSeq(tenant);
  if (!seq.ok()) return seq.status();
  for (int i = 0; i < count; ++i) {
    const auto person = core::Id16::FromBytes(grants[i].person());
    const auto id = core::Id16::FromBytes(grants[i].id());
    if (!person || !id) return absl::InternalError("a grant without ids was to be written");
    *log->add_grants() = grants[i];
    batch.Put(Family::kState, GrantKey(tenant, *person, *id), grants[i].SerializeAsString());
    const absl::Status noted = NoteGrant(batch, tenant, grants[i]);
    if (!noted.ok()) return noted;
  }
  batch.PutUnread(Family::kLog, OplogKey(tenant, *seq), log->SerializeAsString());
  return *seq;
}

}  // namespace

absl::StatusOr<disk::LogRow> BeginServerGroup(Batch& batch, Tenant tenant) {
  const absl::StatusOr<uint64_t> stamp = batch.ServerStamp(tenant);
  if (!stamp.ok()) return stamp.status();
  disk::LogRow log;
  log.set_disposition(v1::DISPOSITION_COMMITTED);
  log.set_stamp(*stamp);
  log.set_lower_ms(batch.now_ms());
  log.set_estimate_ms(batch.now_ms());
  log.set_upper_ms(batch.now_ms());
  return log;
}

absl::StatusOr<std::vector<size_t>> TakenIds(Batch& batch, Tenant tenant,
                                             const std::vector<v1::Reference>& references) {
  std::vector<size_t> taken;
  for (size_t i = 0; i < references.size(); ++i) {
    const absl::StatusOr<RecordState*> record = batch.Record(tenant, IdOf(references[i]));
    if (!record.ok()) return record.status();
    const std::vector<FacetState>& facets = (*record)->facets;
    if (std::any_of(facets.begin(), facets.end(),
                    [](const FacetState& state) { return state.id.facet_class != core::kBody; })) {
      taken.push_back(i);
    }
  }
  return taken;
}

absl::StatusOr<uint64_t> WriteDirectory(Batch& batch, Tenant tenant, absl::string_view name,
                                        const DirectoryChange& change) {
  if (change.references.empty() && change.grants.empty()) return 0;
  sync::Directory::Content after =
      Changed(batch.DirectoryOf(tenant).content(), change.references, change.grants);
  absl::StatusOr<uint64_t> seq = 0;
  for (const v1::Reference& reference : change.references) {
    seq = WriteReference(batch, tenant, reference);
    if (!seq.ok()) return seq;
  }
  const int grants = static_cast<int>(change.grants.size());
  for (int begin = 0; begin < grants; begin += kGrantsInAGroup) {
    seq = WriteGrants(batch, tenant, &change.grants[static_cast<size_t>(begin)],
                      std::min(kGrantsInAGroup, grants - begin));
    if (!seq.ok()) return seq;
  }
  const absl::Status noted =
      NoteScopeChanges(batch, tenant, batch.DirectoryOf(tenant), after, change.rederive, *seq);
  if (!noted.ok()) return noted;
  batch.PutDirectory(tenant, std::string(name),
                     std::make_shared<const sync::Directory>(std::move(after)));
  if (change.rederive) {
    const absl::Status rederive = batch.Rederive(tenant);
    if (!rederive.ok()) return rederive;
  }
  return seq;
}

}  // namespace halfterm::storage
