// Each row that holds a record, or is derived from one, is damaged, dropped or added by itself, and
// the difference has to name it, and no word that anybody wrote.

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/commit/rollups.h"
#include "storage/feed_row.h"
#include "storage/scope_bytes.h"
#include "storage/verify/verified_school.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/facts.h"
#include "tests/support/hex.h"

namespace halfterm::storage {
namespace {

using core::FacetId;
using testing::Number;
using testing::Rows;

TEST_F(VerifierTest, DamagedFacetsAreNamed) {
  const FacetId sheet{visits[2], core::kSheet, people.hana};
  const std::string key = FacetKey(tenant, sheet), where = Hex(visits[2]);
  const auto changed = [&](const std::function<void(disk::FacetRow&)>& change) {
    return Changed<disk::FacetRow>(Family::kState, key, change);
  };
  // The same facet with one value or one stamp changed, its digest put right.
  const auto rewritten = [&](const std::function<void(core::Sibling&)>& change) {
    return changed([&](disk::FacetRow& row) {
      core::Facet facet = *core::Decode(row.facet(), core::kFacetLimits);
      for (core::Cell& cell : facet.cells) {
        if (cell.path.sub() == 1 && !cell.siblings.empty()) change(cell.siblings.front());
      }
      row.set_facet(core::Encode(facet));
      row.set_digest(std::string(core::FacetDigest(sheet, core::EncodeContent(facet)).view()));
    });
  };
  const FacetId added{visits[2], core::kConsensus, {}};
  ExpectEachIsNoticed({
      {"a byte of the cells", Family::kState, key,
       changed([](disk::FacetRow& row) { (*row.mutable_facet())[0] ^= 8; }), "facet", where},
      {"a value", Family::kState, key,
       rewritten([](core::Sibling& sibling) { sibling.value = Number(1); }), "facet", where},
      {"a time", Family::kState, key, rewritten([](core::Sibling& sibling) { sibling.stamp += 1; }),
       "facet", where},
      {"the digest", Family::kState, key,
       changed([](disk::FacetRow& row) { (*row.mutable_digest())[5] ^= 1; }), "facet", where},
      {"the receipt", Family::kState, key,
       changed([](disk::FacetRow& row) { (*row.mutable_receipt())[5] ^= 1; }), "facet", where},
      {"the scopes", Family::kState, key, changed([this](disk::FacetRow& row) {
         row.set_scopes(ScopeBytes({core::PersonScope(people.tom)}));
       }),
       "facet", where},
      {"the number", Family::kState, key,
       changed([](disk::FacetRow& row) { row.set_seq(row.seq() + 1); }), "facet", where},
      {"a number to come", Family::kState, key,
       changed([](disk::FacetRow& row) { row.set_audience_seq(1'000'000); }), "facet", where},
      {"the row", Family::kState, key, std::string("\xff\xff"), "facet", where},
      {"dropped", Family::kState, key, std::nullopt, "facet", where},
      {"added", Family::kState, FacetKey(tenant, added), *Get(Family::kState, key), "facet", where},
  });
}

TEST_F(VerifierTest, DamagedDerivedRowsOfARecordAreNamed) {
  const std::string key = RecordKey(tenant, visits[2]), where = Hex(visits[2]);
  const auto changed = [&](const std::function<void(disk::RecordRow&)>& change) {
    return Changed<disk::RecordRow>(Family::kDerived, key, change);
  };
  ExpectEachIsNoticed({
      {"dropped", Family::kDerived, key, std::nullopt, "record", where},
      {"not to be read", Family::kDerived, key, std::string("\xff\xff"), "record", where},
      {"one facet fewer", Family::kDerived, key,
       changed([](disk::RecordRow& row) { row.mutable_facets()->RemoveLast(); }), "record", where},
      {"another period", Family::kDerived, key,
       changed([](disk::RecordRow& row) { row.set_period(row.period() + 1); }), "record", where},
      {"another contribution", Family::kDerived, key, changed([](disk::RecordRow& row) {
         row.mutable_contributions(0)->set_vector(EncodeVector({7, 7}));
       }),
       "record", where},
      {"a contribution fewer", Family::kDerived, key,
       changed([](disk::RecordRow& row) { row.mutable_contributions()->RemoveLast(); }), "record",
       where},
      {"a place fewer", Family::kDerived, key,
       changed([](disk::RecordRow& row) { row.mutable_feed()->RemoveLast(); }), "feed", where},
      {"a place counts wrong", Family::kDerived, key,
       changed([](disk::RecordRow& row) { row.mutable_feed(0)->set_count(9); }), "feed", where},
      {"of no record", Family::kDerived, RecordKey(tenant, testing::IdNumber(99)),
       *Get(Family::kDerived, key), "record", Hex(testing::IdNumber(99))},
  });
}

TEST_F(VerifierTest, DamagedFeedAndDigestRowsAreNamed) {
  const core::Scope maths = core::DepartmentScope(people.maths);
  const Rows feed = RowsUnder(Family::kFeed, FeedPrefix(tenant, maths));
  ASSERT_FALSE(feed.empty());
  const auto& [key, value] = feed.back();
  const std::optional<ParsedFeedKey> parsed = ParseFeedKey(key);
  const std::string where = Hex(parsed->record);
  const auto changed = [&value = value](const std::function<void(FeedRow&)>& change) {
    FeedRow row = *ParseFeedRow(value);
    change(row);
    return EncodeFeedRow(row);
  };
  const std::string digest = FirstKey(Family::kDerived, DigestPrefix(tenant, maths));
  const DigestRow held = *ParseDigestRow(*Get(Family::kDerived, digest));
  DigestRow more = held, other = held;
  ++more.count;
  other.digest.bytes[3] ^= 1;
  const std::string scope = Hex(people.maths);
  ExpectEachIsNoticed({
      {"a feed row dropped", Family::kFeed, key, std::nullopt, "feed", where},
      {"a feed row that left", Family::kFeed, key,
       changed([](FeedRow& row) { row.kind = FeedKind::kLeft; }), "feed", where},
      {"a feed row of another period", Family::kFeed, key,
       changed([](FeedRow& row) { ++row.period; }), "feed", where},
      {"a feed row of another sum", Family::kFeed, key,
       changed([](FeedRow& row) { row.digest.bytes[0] ^= 1; }), "feed", where},
      {"a feed row that cannot be read", Family::kFeed, key, std::string("x"), "feed", where},
      {"a feed row for somebody else", Family::kFeed,
       FeedKey(tenant, core::PersonScope(people.tom), parsed->seq, parsed->record), value, "feed",
       Hex(people.tom)},
      {"a second feed row", Family::kFeed, FeedKey(tenant, maths, 1, parsed->record), value, "feed",
       where},
      {"a digest dropped", Family::kDerived, digest, std::nullopt, "digest", scope},
      {"a digest counts wrong", Family::kDerived, digest, EncodeDigestRow(more), "digest", scope},
      {"a digest sums wrong", Family::kDerived, digest, EncodeDigestRow(other), "digest", scope},
      {"a digest that cannot be read", Family::kDerived, digest, std::string("x"), "digest", ""},
      {"a digest of nothing", Family::kDerived, DigestKey(tenant, maths, 99), EncodeDigestRow(held),
       "digest", scope},
  });
}

TEST_F(VerifierTest, DamagedRollUpsAreNamed) {
  const Rows rows = RowsUnder(Family::kDerived, RollupPrefix(tenant));
  std::vector<Damage> damages;
  std::vector<std::string> names;
  for (const auto& [key, value] : rows) {
    const std::string where = testing::ToHex(ParseRollupKey(key)->key);
    std::vector<int64_t> vector = *DecodeVector(value);
    vector.front() += 1;
    damages.push_back({"dropped", Family::kDerived, key, std::nullopt, "rollup", where});
    damages.push_back({"changed", Family::kDerived, key, EncodeVector(vector), "rollup", where});
  }
  ASSERT_GT(damages.size(), 10U);
  damages.push_back({"added", Family::kDerived, RollupKey(tenant, 1, "nobody"), EncodeVector({1}),
                     "rollup", testing::ToHex("nobody")});
  ExpectEachIsNoticed(damages);
}

TEST_F(VerifierTest, AnErasedRecordThatIsStillThereIsNamed) {
  ExpectEachIsNoticed({{"erased", Family::kErased, ErasedKey(tenant, visits[1]), std::string(),
                        "erased", Hex(visits[1])}});
}

}  // namespace
}  // namespace halfterm::storage
