#include "sync/joined_page.h"

#include <algorithm>
#include <string>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/sha256.h"
#include "sync/facts.h"
#include "sync/schema.h"

namespace halfterm::sync {

core::Id16 JoinedInto(const RecordView& record) {
  const core::Facet* plan = record.Find(core::kPlan);
  if (plan == nullptr) return {};
  return ShownId(*plan, core::Path::Field(v1::Plan::kJoinedIntoFieldNumber, core::Kind::kReg));
}

uint64_t NameWhereJoined(uint64_t replica, const core::Id16& source) {
  std::string named = "halfterm joined page";
  named.append(source.view());
  for (int shift = 56; shift >= 0; shift -= 8) {
    named.push_back(static_cast<char>(replica >> shift & 0xFF));
  }
  const core::Digest32 digest = core::Sha256(named);
  uint64_t name = 0;
  for (size_t i = 0; i < 8; ++i) name = name << 8 | static_cast<uint8_t>(digest.view()[i]);
  return std::max<uint64_t>(name, 1);
}

core::Facet AsJoined(const core::Facet& page, uint8_t facet_class, const core::Id16& source) {
  core::Facet joined;
  for (const core::Cell& cell : page.cells) {
    if (cell.path.kind() == core::Kind::kPhase || cell.path.kind() == core::Kind::kMaxi) continue;
    const FieldSchema* field = Schema::OfThisBuild().Find(facet_class, cell.path);
    if (field != nullptr && field->server) continue;
    core::Cell& copy = joined.cells.emplace_back(cell);
    for (core::Dot& dot : copy.seen) dot.replica = NameWhereJoined(dot.replica, source);
    for (core::Sibling& sibling : copy.siblings) {
      sibling.dot.replica = NameWhereJoined(sibling.dot.replica, source);
    }
    std::sort(copy.seen.begin(), copy.seen.end());
    std::sort(copy.siblings.begin(), copy.siblings.end(),
              [](const core::Sibling& a, const core::Sibling& b) { return a.dot < b.dot; });
  }
  return joined;
}

}  // namespace halfterm::sync
