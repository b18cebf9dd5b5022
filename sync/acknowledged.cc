#include "sync/acknowledged.h"

#include <algorithm>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/core/path.h"

namespace halfterm::sync {

using core::Cell;
using core::Facet;
using core::Kind;
using core::Path;

bool IsAcknowledged(const RecordView& record, const core::Id16& teacher, uint16_t round) {
  const Facet* response = record.Find(core::kResponse, teacher);
  if (response == nullptr) return false;
  const core::Id16 key = core::NumberKey(round);
  const auto part = [&](uint16_t sub, Kind kind) {
    return response->Find(Path::Entry(v1::Response::kAcksFieldNumber, key, sub, kind));
  };
  const Cell* entry = part(0, Kind::kElem);
  const Cell* said = part(v1::Acknowledgement::kDigestFieldNumber, Kind::kReg);
  if (entry == nullptr || entry->siblings.empty() || said == nullptr) return false;
  const Facet* version = record.Find(core::kVersion, key);
  if (version == nullptr) return false;
  const core::Digest32 digest =
      core::FacetDigest({record.id, core::kVersion, key}, core::EncodeContent(*version));
  return std::any_of(said->siblings.begin(), said->siblings.end(),
                     [&](const core::Sibling& one) { return one.value == digest.view(); });
}

}  // namespace halfterm::sync
