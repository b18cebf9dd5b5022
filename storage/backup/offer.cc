#include "storage/backup/offer.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/row_view.h"
#include "sync/core/types.h"

namespace halfterm::storage {

absl::StatusOr<v1::OfferReply> Wanted(const Engine& engine, Tenant tenant,
                                      const v1::OfferRequest& request) {
  if (request.facets_size() > kMaxOfferedFacets) {
    return absl::InvalidArgumentError(
        absl::StrCat("an offer names at most ", kMaxOfferedFacets, " facets"));
  }
  std::vector<std::string> keys, erased;
  for (const v1::OfferedFacet& facet : request.facets()) {
    const std::optional<core::FacetId> id = core::FacetId::Parse(facet.facet());
    if (!id || facet.digest().size() != core::Digest32::kSize) {
      return absl::InvalidArgumentError("a facet's id has 33 bytes, and its digest 32");
    }
    keys.push_back(FacetKey(tenant, *id));
    erased.push_back(ErasedKey(tenant, id->record));
  }
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const auto rows = snapshot->MultiGet(Family::kState, keys);
  const auto gone = snapshot->MultiGet(Family::kErased, erased);
  v1::OfferReply reply;
  for (int i = 0; i < request.facets_size(); ++i) {
    const auto at = static_cast<size_t>(i);
    if (!gone[at].ok() && !absl::IsNotFound(gone[at].status())) return gone[at].status();
    if (!rows[at].ok() && !absl::IsNotFound(rows[at].status())) return rows[at].status();
    if (gone[at].ok()) {
      reply.add_erased(static_cast<uint32_t>(i));
      continue;
    }
    FacetRowView row;
    if (rows[at].ok() && !ReadFacetRow(*rows[at], row)) {
      return absl::DataLossError("a stored facet cannot be read; run `halfterm verify`");
    }
    const std::string& digest = request.facets(i).digest();
    if (!rows[at].ok() || row.digest != digest) reply.add_wanted(static_cast<uint32_t>(i));
  }
  return reply;
}

}  // namespace halfterm::storage
