#include "storage/verify/record_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/observation.pb.h"
#include "storage/commit/counted_at.h"
#include "storage/commit/rollups.h"
#include "storage/directory/reference.h"
#include "storage/feed_row.h"
#include "storage/scope_bytes.h"
#include "sync/contribution.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/facts.h"
#include "sync/levels.h"

namespace halfterm::storage {
namespace {

using ScopesByFacet = std::map<core::FacetId, std::vector<core::Scope>>;

constexpr uint32_t kHeld = static_cast<uint32_t>(FeedKind::kHeld);

sync::RecordView ViewOf(const core::Id16& id,
                        const std::vector<std::pair<core::FacetId, const core::Facet*>>& facets) {
  sync::RecordView view;
  view.id = id;
  for (const auto& [facet_id, facet] : facets) view.facets.push_back({facet_id, facet});
  return view;
}

void AddTo(google::protobuf::RepeatedField<uint64_t>& sums, uint16_t element, uint8_t level) {
  while (sums.size() < element) sums.Add(0);
  sums[element - 1] += level;
}

}  // namespace

absl::Status RecordCheck::Check(const StoredRecord& record, absl::Span<const Touch> touches) {
  findings_.reply().set_records(findings_.reply().records() + 1);
  findings_.reply().set_facets(findings_.reply().facets() + record.facets.size());
  if (!ReadFacets(record)) return absl::OkStatus();
  if (record.facets.empty()) {
    // The log is cleared of an erased record a little later.
    const absl::StatusOr<std::string> erased =
        context_.snapshot.Get(Family::kErased, ErasedKey(context_.tenant, record.id));
    if (erased.ok()) touches = {};
    if (!erased.ok() && !absl::IsNotFound(erased.status())) return erased.status();
  }
  const absl::Status log = CheckAgainstLog(record, touches);
  if (!log.ok()) return log;
  const absl::Status references = CheckReferences();
  if (!references.ok()) return references;
  return context_.directory == nullptr ? absl::OkStatus() : CheckDerived(record);
}

bool RecordCheck::ReadFacets(const StoredRecord& record) {
  facets_.clear();
  bool readable = true;
  for (const auto& [id, bytes] : record.facets) {
    CheckedFacet& checked = facets_.emplace_back();
    checked.id = id;
    if (!checked.row.ParseFromString(bytes)) {
      findings_.Differs("facet", Named(id), "the row cannot be read");
      readable = false;
      continue;
    }
    core::Result<core::Facet> facet = core::Decode(checked.row.facet(), core::kFacetLimits);
    if (!facet.ok()) {
      findings_.Differs("facet", Named(id), absl::StrCat("cannot be decoded: ", facet.reason()));
      readable = false;
      continue;
    }
    checked.facet = std::move(facet).value();
    CheckFacet(checked);
  }
  return readable;
}

void RecordCheck::CheckFacet(const CheckedFacet& facet) {
  const disk::FacetRow& row = facet.row;
  const core::Digest32 digest = core::FacetDigest(facet.id, core::EncodeContent(facet.facet));
  if (row.digest() != digest.view()) {
    findings_.Differs("facet", Named(facet.id), "has another digest than its content");
  }
  if (row.seq() > context_.head.seq() || row.audience_seq() > context_.head.seq()) {
    findings_.Differs("facet", Named(facet.id), "has a number after the last one");
  }
  if (context_.secrets != nullptr && !row.receipt().empty() &&
      row.receipt() != context_.secrets->StateReceipt(context_.tenant, row.epoch(), row.seq(),
                                                      facet.id, row.facet())) {
    findings_.Differs("facet", Named(facet.id), "has a receipt that is not of it");
  }
}

absl::Status RecordCheck::CheckAgainstLog(const StoredRecord& record,
                                          absl::Span<const Touch> touches) {
  absl::StatusOr<RejoinedRecord> rejoined = Rejoin(context_.snapshot, context_.tenant, touches);
  if (!rejoined.ok()) return rejoined.status();
  for (const uint64_t seq : rejoined->unreadable) {
    findings_.Differs("log", absl::StrCat("number ", seq),
                      absl::StrCat("was committed to ", Named(record.id), " and cannot be joined"));
  }
  for (const CheckedFacet& checked : facets_) {
    const auto found = rejoined->facets.find(checked.id);
    if (found == rejoined->facets.end()) {
      findings_.Differs("facet", Named(checked.id), "no group of the log wrote it");
      continue;
    }
    if (core::Encode(found->second.facet) != checked.row.facet()) {
      const bool same_content =
          core::EncodeContent(found->second.facet) == core::EncodeContent(checked.facet);
      findings_.Differs("facet", Named(checked.id),
                        same_content ? "has other times than the log's groups joined again"
                                     : "is not what the log's groups join to");
    } else if (found->second.seq != checked.row.seq()) {
      findings_.Differs("facet", Named(checked.id),
                        absl::StrCat("says that number ", checked.row.seq(),
                                     " changed it last; it was ", found->second.seq));
    }
    rejoined->facets.erase(found);
  }
  for (const auto& [id, facet] : rejoined->facets) {
    findings_.Differs("facet", Named(id), "is missing; the log holds groups of it");
  }
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckReferences() {
  for (const CheckedFacet& checked : facets_) {
    if (checked.id.facet_class != core::kBody) continue;
    const absl::StatusOr<v1::Reference> reference = ReferenceIn(checked.facet);
    if (!reference.ok() || IdOf(*reference) != checked.id.record) {
      findings_.Differs("directory", Named(checked.id), "holds no reference record of that id");
      continue;
    }
    const absl::StatusOr<std::string> row = context_.snapshot.Get(
        Family::kState, ReferenceIndexKey(context_.tenant, KindOf(*reference), checked.id.record));
    if (row.ok()) {
      ++references_;
    } else if (absl::IsNotFound(row.status())) {
      findings_.Differs("directory", Named(checked.id), "is missing in the directory index");
    } else {
      return row.status();
    }
  }
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckDerived(const StoredRecord& record) {
  std::vector<std::pair<core::FacetId, const core::Facet*>> facets;
  for (const CheckedFacet& checked : facets_) facets.emplace_back(checked.id, &checked.facet);
  const sync::RecordView view = ViewOf(record.id, facets);
  const core::VisitFacts facts = sync::FactsOf(view, *context_.directory);
  AddRawSums(view, facts.teacher);

  disk::RecordRow stored;
  if (!record.derived) {
    findings_.Differs("record", Named(record.id), "its derived row is missing");
  } else if (!stored.ParseFromString(*record.derived)) {
    findings_.Differs("record", Named(record.id), "its derived row cannot be read");
    stored.Clear();
  }
  std::vector<std::string> listed(stored.facets().begin(), stored.facets().end());
  std::vector<std::string> there;
  for (const CheckedFacet& checked : facets_) there.push_back(checked.id.Bytes());
  if (record.derived && listed != there) {
    findings_.Differs("record", Named(record.id),
                      absl::StrCat("lists ", listed.size(), " facets, and not the ", there.size(),
                                   " that are stored"));
  }

  // Rows that wait to be made again are compared with themselves.
  const bool current = IsCurrent(record.id);
  ScopesByFacet scopes;
  disk::RecordRow right = stored;
  for (const CheckedFacet& checked : facets_) {
    std::vector<core::Scope>& of = scopes[checked.id];
    if (current) {
      of = sync::FiledUnder(facts, checked.id, checked.facet);
    } else if (!ParseScopes(checked.row.scopes(), of)) {
      findings_.Differs("facet", Named(checked.id), "has scopes that cannot be read");
    }
  }
  if (current) {
    CheckScopes(scopes);
    right.set_period(sync::PeriodOf(view, facts, *context_.directory));
    right.clear_contributions();
    for (const sync::Contribution& contribution :
         sync::ContributionOf(view, facts, *context_.directory)) {
      disk::ContributionRow& row = *right.add_contributions();
      row.set_key(contribution.key);
      row.set_vector(EncodeVector(contribution.vector));
    }
  }
  if (record.derived && stored.period() != right.period()) {
    findings_.Differs(
        "record", Named(record.id),
        absl::StrCat("is filed under period ", stored.period(), ", not ", right.period()));
  }
  if (record.derived) CheckContributions(record.id, stored, right);
  if (record.derived && current && stored.has_counted()) {
    disk::CountedAt right_place =
        CountedAtOf(view, facts, *context_.directory).value_or(disk::CountedAt());
    right_place.set_since_seq(stored.counted().since_seq());
    if (right_place.SerializeAsString() != stored.counted().SerializeAsString()) {
      findings_.Differs("record", Named(record.id), "counts elsewhere than its row says");
    }
  }
  for (const disk::ContributionRow& row : right.contributions()) {
    sums_.AddContribution(row.key(), row.vector());
  }
  return CheckPlaces(record.id, stored, static_cast<uint16_t>(right.period()), scopes);
}

void RecordCheck::CheckScopes(const ScopesByFacet& scopes) {
  for (const CheckedFacet& checked : facets_) {
    if (checked.row.scopes() != ScopeBytes(scopes.at(checked.id))) {
      findings_.Differs("facet", Named(checked.id), "is filed under other scopes than may hold it");
    }
  }
}

absl::Status RecordCheck::CheckPlaces(const core::Id16& id, const disk::RecordRow& row,
                                      uint16_t period, const ScopesByFacet& scopes) {
  struct Sum {
    uint32_t count = 0;
    core::SumDigest digest;
  };
  std::map<core::Scope, Sum> right;
  for (const CheckedFacet& checked : facets_) {
    const core::Digest32 digest = core::FacetDigest(checked.id, core::EncodeContent(checked.facet));
    for (const core::Scope& scope : scopes.at(checked.id)) {
      Sum& sum = right[scope];
      ++sum.count;
      sum.digest.Add(core::HoldingDigest(checked.id, digest));
    }
  }
  for (const auto& [scope, sum] : right) {
    sums_.AddHeld(scope, period, sum.count, sum.digest.bytes());
  }

  for (const disk::FeedPlace& place : row.feed()) {
    std::vector<core::Scope> parsed;
    if (!ParseScopes(place.scope(), parsed) || parsed.size() != 1) {
      findings_.Differs("record", Named(id), "has a feed place without a scope");
      continue;
    }
    const core::Scope& scope = parsed.front();
    const std::string where = absl::StrCat(Named(scope), " ", Named(id));
    const auto found = right.find(scope);
    const bool holds = found != right.end();
    if (holds != (place.kind() == kHeld)) {
      findings_.Differs("feed", where, holds ? "should be held" : "should not be held");
    } else if (holds && (place.count() != found->second.count ||
                         place.digest() != found->second.digest.bytes().view())) {
      findings_.Differs("feed", where, "has another count or digest than its facets");
    }
    if (place.seq() > context_.head.seq()) {
      findings_.Differs("feed", where, "has a number after the last one");
    }
    const absl::StatusOr<std::string> stored =
        context_.snapshot.Get(Family::kFeed, FeedKey(context_.tenant, scope, place.seq(), id));
    if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
    const std::optional<FeedRow> feed = stored.ok() ? ParseFeedRow(*stored) : std::nullopt;
    if (!stored.ok()) {
      findings_.Differs("feed", where, "is missing");
    } else if (!feed || static_cast<uint32_t>(feed->kind) != place.kind() ||
               feed->count != place.count() ||
               (place.kind() == kHeld &&
                (feed->digest.view() != place.digest() || feed->period != period))) {
      findings_.Differs("feed", where, "is not what the record says of it");
    }
    if (stored.ok()) ++feed_rows_;
    if (holds) right.erase(found);
  }
  findings_.reply().set_feed_rows(findings_.reply().feed_rows() +
                                  static_cast<uint64_t>(row.feed_size()));
  for (const auto& [scope, sum] : right) {
    findings_.Differs("feed", absl::StrCat(Named(scope), " ", Named(id)), "has no place");
  }
  return absl::OkStatus();
}

void RecordCheck::CheckContributions(const core::Id16& id, const disk::RecordRow& stored,
                                     const disk::RecordRow& right) {
  const auto same = [](const disk::ContributionRow& a, const disk::ContributionRow& b) {
    return a.key() == b.key() && a.vector() == b.vector();
  };
  if (!std::equal(stored.contributions().begin(), stored.contributions().end(),
                  right.contributions().begin(), right.contributions().end(), same)) {
    findings_.Differs("record", Named(id), "adds something else to the roll-ups than it should");
  }
}

void RecordCheck::AddRawSums(const sync::RecordView& view, const core::Id16& teacher) {
  bool has_sheet = false;
  v1::RawSums sums;
  for (const sync::FacetView& facet : view.facets) {
    if (facet.id.facet_class != core::kSheet) continue;
    has_sheet = true;
    for (const sync::Rating& rating :
         sync::RatingsIn(*facet.facet, v1::Sheet::kRatingsFieldNumber)) {
      if (rating.element > 0) AddTo(*sums.mutable_sums(), rating.element, rating.level);
    }
  }
  if (!has_sheet) return;
  v1::RawSums& all = raw_sums_[teacher];
  all.set_teacher(std::string(teacher.view()));
  all.set_records(all.records() + 1);
  for (int i = 0; i < sums.sums_size(); ++i) {
    while (all.sums_size() <= i) all.add_sums(0);
    all.set_sums(i, all.sums(i) + sums.sums(i));
  }
}

bool RecordCheck::IsCurrent(const core::Id16& id) const {
  // An older program's rows are made again when the store is opened.
  if (context_.head.contribution_definition() != sync::kContributionDefinition) return false;
  return context_.head.recomputing_since_ms() == 0 ||
         RecordKey(context_.tenant, id) <= context_.head.recomputed_to();
}

}  // namespace halfterm::storage
