#include "tools/replay/seen_by_tablet.h"

#include <memory>
#include <string>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/levels.h"
#include "tools/replay/ids.h"
#include "tools/workload/visit.h"

namespace halfterm::tools {
namespace {

core::FacetId VersionOf(const core::Id16& visit, uint32_t number) {
  core::FacetId id{visit, core::kVersion, {}};
  for (size_t i = 0; i < 4; ++i) {
    id.sub.bytes[12 + i] = static_cast<uint8_t>(number >> (24 - 8 * i));
  }
  return id;
}

std::string DigestOf(const core::FacetId& id, const core::Facet& facet) {
  return std::string(core::FacetDigest(id, core::EncodeContent(facet)).view());
}

absl::Status NotHeld() { return absl::NotFoundError("the tablet does not hold it"); }

}  // namespace

absl::Status AgreesToWhatIsShown(const TabletStore& store, Gesture& gesture) {
  const absl::StatusOr<core::Facet> shown = store.Shown(gesture.facet);
  if (!shown.ok()) return shown.status();
  if (shown->cells.empty()) return NotHeld();
  auto change = std::make_shared<v1::Consensus>();
  v1::Agreement& agreement = *change->add_agreed_by();
  agreement.set_person(Bytes(gesture.person));
  agreement.set_digest(std::string(sync::RatingsDigest(*shown).view()));
  gesture.change = std::move(change);
  return absl::OkStatus();
}

absl::Status AcknowledgesWhatIsHeld(const TabletStore& store, Gesture& gesture) {
  const auto& given = static_cast<const v1::Response&>(*gesture.change);
  const core::FacetId id = VersionOf(gesture.facet.record, given.acks(0).version());
  const absl::StatusOr<Base::HeldFacet> version = store.base().Facet(id);
  if (!version.ok()) return version.status();
  if (version->seq == 0) return NotHeld();
  auto change = std::make_shared<v1::Response>(given);
  change->mutable_acks(0)->set_digest(DigestOf(id, version->facet));
  gesture.change = std::move(change);
  return absl::OkStatus();
}

absl::Status SharesWhatIsHeld(const TabletStore& store, Gesture& gesture) {
  const core::Id16& visit = gesture.facet.record;
  const absl::StatusOr<std::vector<core::FacetId>> held = store.base().FacetsOf(visit);
  if (!held.ok()) return held.status();
  auto intent = std::make_shared<v1::Intent>(*gesture.intent);
  for (const core::FacetId& id : *held) {
    if (id.facet_class != core::kSheet && id.facet_class != core::kConsensus &&
        id.facet_class != core::kFeedback) {
      continue;
    }
    const absl::StatusOr<Base::HeldFacet> facet = store.base().Facet(id);
    if (!facet.ok()) return facet.status();
    const absl::StatusOr<bool> is_changed = store.outbox().HasNewer(id, facet->seq);
    if (!is_changed.ok()) return is_changed.status();
    if (*is_changed) continue;
    v1::SeenFacet& seen = *intent->mutable_share()->add_seen();
    seen.set_facet(id.Bytes());
    seen.set_digest(DigestOf(id, facet->facet));
  }
  gesture.intent = std::move(intent);
  return absl::OkStatus();
}

}  // namespace halfterm::tools
