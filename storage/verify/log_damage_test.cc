// Each row that says what arrived, from whom and under whose directory is damaged, dropped or added
// by itself, and the difference has to name it, and no word that anybody wrote.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/directory/reference.h"
#include "storage/verify/verified_school.h"
#include "tests/support/hex.h"

namespace halfterm::storage {
namespace {

using testing::BytesOf;
using testing::Rows;

TEST_F(VerifierTest, ADamagedLogIsNamed) {
  const Rows log = RowsUnder(Family::kLog, OplogPrefix(tenant));
  // A group of a tablet that wrote cells, and the last row.
  std::string key;
  uint64_t seq = 0;
  for (const auto& [row_key, value] : log) {
    disk::LogRow row;
    ASSERT_TRUE(row.ParseFromString(value));
    if (row.replica() == 0 || row.stamp() == 0) continue;
    key = row_key;
    seq = ParseOplogKey(row_key)->number;
  }
  ASSERT_NE(seq, 0U);
  const auto changed = [&](const std::function<void(disk::LogRow&)>& change) {
    return Changed<disk::LogRow>(Family::kLog, key, change);
  };
  const std::string number = absl::StrCat("number ", seq);
  ExpectEachIsNoticed({
      {"a row dropped", Family::kLog, key, std::nullopt, "log", number},
      {"the last row dropped", Family::kLog, log.back().first, std::nullopt, "head", "last number"},
      {"a row added", Family::kLog, OplogKey(tenant, school.Head().seq() + 1), log.back().second,
       "head", "last number"},
      {"a row that cannot be read", Family::kLog, key, std::string("\xff"), "log", number},
      {"a byte of a group", Family::kLog, key,
       changed([](disk::LogRow& row) { (*row.mutable_group())[row.group().size() - 20] ^= 1; }),
       "chain", ""},
      {"another author", Family::kLog, key,
       changed([this](disk::LogRow& row) { row.set_author(BytesOf(people.tom)); }), "facet", ""},
      {"another stamp", Family::kLog, key,
       changed([](disk::LogRow& row) { row.set_stamp(row.stamp() + 1); }), "facet", ""},
      {"another disposition", Family::kLog, key,
       changed([](disk::LogRow& row) { row.set_disposition(v1::DISPOSITION_QUARANTINED); }), "head",
       "disposition"},
      {"another store", Family::kLog, key,
       changed([](disk::LogRow& row) { row.set_replica(row.replica() ^ 1); }), "chain", ""},
  });
}

TEST_F(VerifierTest, WhatTheServerWroteItselfIsJoinedAgainToo) {
  for (const auto& [key, value] : RowsUnder(Family::kLog, OplogPrefix(tenant))) {
    disk::LogRow row;
    ASSERT_TRUE(row.ParseFromString(value));
    // A phase may have been passed by a later one; a version stays.
    const auto version =
        std::find_if(row.effects().begin(), row.effects().end(), [](const auto& effect) {
          return core::FacetId::Parse(effect.facet())->facet_class == core::kVersion;
        });
    if (version == row.effects().end()) continue;
    const std::string where = testing::ToHex(core::FacetId::Parse(version->facet())->record.view());
    row.mutable_effects()->erase(version);
    ExpectEachIsNoticed(
        {{"a version dropped", Family::kLog, key, row.SerializeAsString(), "facet", where}});
    return;
  }
  FAIL() << "nothing was shared";
}

TEST_F(VerifierTest, DamagedChainsAndStoresAreNamed) {
  const std::string chain = FirstKey(Family::kDerived, ChainPrefix(tenant));
  const uint64_t replica = ParseChainKey(chain)->replica;
  const std::string store = ReplicaKey(tenant, replica);
  const std::string where = absl::StrCat(absl::Hex(replica, absl::kZeroPad16));
  const auto chained = [&](const std::function<void(disk::ChainRow&)>& change) {
    return Changed<disk::ChainRow>(Family::kDerived, chain, change);
  };
  const auto stored = [&](const std::function<void(disk::ReplicaRow&)>& change) {
    return Changed<disk::ReplicaRow>(Family::kState, store, change);
  };
  ExpectEachIsNoticed({
      {"a chain row dropped", Family::kDerived, chain, std::nullopt, "chain", where},
      {"a chain row that cannot be read", Family::kDerived, chain, std::string("\xff"), "chain",
       ""},
      {"a hash", Family::kDerived, chain,
       chained([](disk::ChainRow& row) { (*row.mutable_groups(0)->mutable_hash())[0] ^= 1; }),
       "chain", where},
      {"a number", Family::kDerived, chain,
       chained([](disk::ChainRow& row) { row.mutable_groups(0)->set_seq(1); }), "chain", where},
      {"a disposition", Family::kDerived, chain,
       chained([](disk::ChainRow& row) { row.mutable_groups(0)->set_disposition(4); }), "chain",
       where},
      {"a time", Family::kDerived, chain,
       chained([](disk::ChainRow& row) { row.mutable_groups(0)->set_eff_ms(1); }), "chain", where},
      {"a group fewer", Family::kDerived, chain,
       chained([](disk::ChainRow& row) { row.mutable_groups()->RemoveLast(); }), "chain", where},
      {"a chain of no store", Family::kDerived, ChainKey(tenant, 12345, 1),
       *Get(Family::kDerived, chain), "store", absl::StrCat(absl::Hex(12345, absl::kZeroPad16))},
      {"the store dropped", Family::kState, store, std::nullopt, "store", where},
      {"the store that cannot be read", Family::kState, store, std::string("\xff"), "store", ""},
      {"the store's last number", Family::kState, store,
       stored([](disk::ReplicaRow& row) { row.set_last_n(row.last_n() + 1); }), "chain", where},
      {"the store's hash", Family::kState, store,
       stored([](disk::ReplicaRow& row) { (*row.mutable_last_hash())[0] ^= 1; }), "store", where},
      {"the store's stamp", Family::kState, store,
       stored([](disk::ReplicaRow& row) { row.set_last_stamp(1); }), "store", where},
  });
}

TEST_F(VerifierTest, ADamagedIndexOfKeptGroupsIsNamed) {
  const std::string late = FirstKey(Family::kDerived, LatePrefix(tenant));
  const std::string kept = FirstKey(Family::kDerived, QuarantinePrefix(tenant));
  const std::string seq = absl::StrCat("number ", ParseQuarantineKey(kept)->seq);
  ExpectEachIsNoticed({
      {"a late row dropped", Family::kDerived, late, std::nullopt, "late", "number"},
      {"a late row of another reason", Family::kDerived, late, std::string("\x01"), "late", ""},
      {"a late row added", Family::kDerived, LateKey(tenant, visits[0], 3), std::string("\x07"),
       "late", testing::ToHex(LateKey(tenant, visits[0], 3))},
      {"a quarantine row dropped", Family::kDerived, kept, std::nullopt, "quarantine", seq},
      {"a quarantine row of another reason", Family::kDerived, kept, std::string("\x05"),
       "quarantine", seq},
      {"a quarantine row added", Family::kDerived, QuarantineKey(tenant, 1, 2), std::string("\x01"),
       "quarantine", testing::ToHex(QuarantineKey(tenant, 1, 2))},
  });
}

TEST_F(VerifierTest, ADamagedHeadIsNamed) {
  const std::string key = HeadKey(tenant);
  const auto changed = [&](const std::function<void(disk::HeadRow&)>& change) {
    return Changed<disk::HeadRow>(Family::kMeta, key, change);
  };
  ExpectEachIsNoticed({
      {"its number", Family::kMeta, key,
       changed([](disk::HeadRow& row) { row.set_seq(row.seq() + 1); }), "head", "last number"},
      {"a count", Family::kMeta, key,
       changed([](disk::HeadRow& row) { row.set_dispositions(1, 0); }), "head", "disposition 1"},
      {"the records", Family::kMeta, key, changed([](disk::HeadRow& row) { row.set_records(1); }),
       "head", "records"},
  });
}

TEST_F(VerifierTest, ADamagedDirectoryIsNamed) {
  const std::string index = ReferenceIndexKey(tenant, v1::RECORD_KIND_PERSON, people.tia);
  const std::string person = FacetKey(tenant, ReferenceFacet(people.tia));
  const std::string grant = FirstKey(Family::kState, GrantPrefix(tenant));
  const std::string grant_id = testing::ToHex(ParseGrantKey(grant)->grant.view());
  const core::Id16 nobody = testing::IdNumber(98);
  ExpectEachIsNoticed({
      {"an index row dropped", Family::kState, index, std::nullopt, "directory", Hex(people.tia)},
      {"an index row of nobody", Family::kState,
       ReferenceIndexKey(tenant, v1::RECORD_KIND_PERSON, nobody), std::string(), "directory",
       "all of it"},
      {"an index row of another kind", Family::kState,
       ReferenceIndexKey(tenant, v1::RECORD_KIND_ORG, people.tia), std::string(), "directory", ""},
      {"a person dropped", Family::kState, person, std::nullopt, "facet", Hex(people.tia)},
      {"a person that cannot be read", Family::kState, person, std::string("\xff"), "facet",
       Hex(people.tia)},
      {"a grant dropped", Family::kState, grant, std::nullopt, "directory", grant_id},
      {"a grant that cannot be read", Family::kState, grant, std::string("\xff"), "directory", ""},
      {"a grant changed", Family::kState, grant,
       Changed<v1::RoleGrant>(Family::kState, grant,
                              [](v1::RoleGrant& row) { row.set_role(v1::ROLE_SLT); }),
       "directory", grant_id},
      {"a grant of nobody's making", Family::kState, GrantKey(tenant, people.tom, nobody),
       [&] {
         v1::RoleGrant made;
         made.set_id(BytesOf(nobody));
         made.set_person(BytesOf(people.tom));
         return made.SerializeAsString();
       }(),
       "directory", Hex(nobody)},
  });
}

}  // namespace
}  // namespace halfterm::storage
