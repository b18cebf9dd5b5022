// What verify() notices: a school is written through the real committer and is found right; then
// each kind of row is damaged, dropped or added by itself, and the difference has to name it, and
// no word that anybody wrote.

#include "storage/verify/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "halfterm/v1/observation.pb.h"
#include "storage/commit/rollups.h"
#include "storage/directory/reference.h"
#include "storage/feed_row.h"
#include "storage/scope_bytes.h"
#include "storage/verify/rejoin.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/facts.h"
#include "tests/support/committed_school.h"
#include "tests/support/engine_rows.h"
#include "tests/support/hex.h"
#include "tests/support/stored_directory.h"
#include "tests/support/visit_writer.h"

namespace halfterm::storage {
namespace {

using core::FacetId;
using core::Kind;
using core::Path;
using ::testing::AnyOf;
using testing::BytesOf;
using testing::CommittedSchool;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Number;
using testing::PushingTablet;
using testing::Rows;
using Values = std::vector<std::pair<Path, std::string>>;

const char kWords[] = "a calm start, and clear instructions";

Values PlanValues(const core::Id16& teacher, const core::Id16& department,
                  const core::Id16& rubric) {
  return {{Path::Field(2, Kind::kReg), Number(v1::VISIT_KIND_DEPT)},
          {Path::Field(3, Kind::kReg), BytesOf(teacher)},
          {Path::Field(4, Kind::kReg), BytesOf(department)},
          {Path::Field(8, Kind::kReg), testing::Signed(testing::At(2026, 9, 14))},
          {Path::Field(9, Kind::kReg), Number(50)},
          {Path::Field(16, Kind::kReg), BytesOf(rubric)}};
}

Values RatingValues(uint16_t element, uint32_t level) {
  const core::Id16 key = core::NumberKey(element);
  return {{Path::Entry(3, key, 0, Kind::kElem), ""},
          {Path::Entry(3, key, 1, Kind::kReg), Number(level)}};
}

// A school in which most things have happened: shared and open visits, two values of one rating, a
// query, groups kept aside and one that came late.
class VerifierTest : public ::testing::Test {
 protected:
  VerifierTest() {
    v1::RoleGrant& ended = school.people.AddGrant(people.hugo, v1::ROLE_HOD, people.maths);
    ended.set_state(v1::GRANT_STATE_ENDED);
    ended.set_to_day(testing::Day(2026, 9, 14));
    StoreDirectory(school);

    PushingTablet hana = school.Tablet(people.hana, 1), office = school.Tablet(people.hana, 2);
    for (int i = 0; i < 4; ++i) {
      visits.push_back(school.NewId());
      WriteVisit(hana, visits.back(), i);
    }
    const FacetId sheet{visits[0], core::kSheet, people.hana};
    const core::Facet seen = school.Stored(sheet);
    hana.Write(sheet, seen, RatingValues(4, 1));
    office.Write(sheet, seen, RatingValues(4, 4));
    hana.SealBytes(std::string(80, '\xfe'));
    Push(hana);
    Push(office);
    PushingTablet tia = school.Tablet(people.tia, 3), hugo = school.Tablet(people.hugo, 4);
    tia.Write({visits[1], core::kResponse, people.tia}, {},
              {{Path::Entry(2, testing::IdNumber(77), 0, Kind::kElem), ""},
               {Path::Entry(2, testing::IdNumber(77), 3, Kind::kPara), kWords}});
    Push(tia);
    hugo.Write({school.NewId(), core::kPlan, {}}, {},
               PlanValues(people.tia, people.maths, people.rubric_a));
    Push(hugo);
    school.committer().Drain();
  }

  void WriteVisit(PushingTablet& hana, const core::Id16& visit, int how_far) {
    const FacetId sheet{visit, core::kSheet, people.hana};
    hana.Write({visit, core::kPlan, {}}, {},
               PlanValues(how_far == 2 ? people.tom : people.tia, people.maths, people.rubric_a));
    hana.Write(sheet, {}, RatingValues(4, 3));
    Push(hana);
    hana.Write(sheet, school.Stored(sheet), RatingValues(5, 2));
    hana.Write({visit, core::kFeedback, {}}, {},
               {{Path::Entry(1, testing::IdNumber(70), 0, Kind::kElem), ""},
                {Path::Entry(1, testing::IdNumber(70), 0, Kind::kPos), "m"},
                {Path::Entry(1, testing::IdNumber(70), 1, Kind::kPara), kWords}});
    if (how_far > 0) {
      v1::Intent submit, share;
      submit.mutable_submit();
      share.mutable_share()->set_round(1);
      hana.Intend(sheet, submit);
      hana.Intend({visit, core::kPlan, {}}, share);
    }
    Push(hana);
  }

  static void Push(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    ASSERT_TRUE(reply.ok()) << reply.status();
  }

  v1::VerifyReply Verified(bool raw_sums = false) {
    v1::VerifyRequest request;
    request.set_tenant("Northgate");
    request.set_raw_sums(raw_sums);
    v1::VerifyReply last;
    const Secrets secrets(std::string(32, 'k'));
    const absl::Status verified = Verify(
        school.engine(), request,
        [&last](const v1::VerifyReply& reply) {
          last = reply;
          return true;
        },
        &secrets);
    EXPECT_TRUE(verified.ok()) << verified;
    return last;
  }

  absl::StatusOr<std::string> Get(Family family, const std::string& key) {
    return school.engine().Get(family, key);
  }
  void Put(Family family, const std::string& key, const std::optional<std::string>& value) {
    WriteSet writes;
    if (value) {
      writes.Put(family, key, *value);
    } else {
      writes.Delete(family, key);
    }
    ASSERT_TRUE(school.engine().Commit(writes).ok());
  }
  // The rows of a kind, and the first of them.
  Rows RowsUnder(Family family, const std::string& prefix) {
    return testing::RowsOf(*school.engine().NewSnapshot(), family, prefix, EndOfPrefix(prefix));
  }
  std::string FirstKey(Family family, const std::string& prefix) {
    return RowsUnder(family, prefix).at(0).first;
  }

  template <typename Row>
  std::string Changed(Family family, const std::string& key,
                      const std::function<void(Row&)>& change) {
    Row row;
    EXPECT_TRUE(row.ParseFromString(*Get(family, key)));
    change(row);
    return row.SerializeAsString();
  }

  // One damage by itself: the row as it will be (nothing: dropped), and one of the differences that
  // it must give.
  struct Damage {
    const char* name;
    Family family;
    std::string key;
    std::optional<std::string> value;
    const char* what;
    std::string where;
  };
  void ExpectEachIsNoticed(const std::vector<Damage>& damages) {
    for (const Damage& damage : damages) {
      SCOPED_TRACE(damage.name);
      const absl::StatusOr<std::string> before = Get(damage.family, damage.key);
      Put(damage.family, damage.key, damage.value);
      const v1::VerifyReply reply = Verified();
      bool named = false;
      std::string said;
      for (const v1::Difference& difference : reply.differences()) {
        named = named || (difference.what() == damage.what &&
                          absl::StrContains(difference.where(), damage.where));
        absl::StrAppend(&said, "\n  ", difference.what(), " | ", difference.where(), " | ",
                        difference.detail());
      }
      EXPECT_TRUE(named) << "wanted " << damage.what << " at " << damage.where << ", heard" << said;
      EXPECT_THAT(reply.SerializeAsString(), Not(HasSubstr("calm")));
      Put(damage.family, damage.key,
          before.ok() ? std::optional<std::string>(*before) : std::nullopt);
    }
    EXPECT_EQ(Verified().difference_count(), 0U) << "a damage was not taken back";
  }

  static std::string Hex(const core::Id16& id) { return testing::ToHex(id.view()); }

  CommittedSchool school;
  const testing::SmallSchool& people = school.people;
  const Tenant tenant = Tenant(CommittedSchool::kTenant);
  std::vector<core::Id16> visits;  // Open and disputed; with a query; shared; shared.
};

TEST_F(VerifierTest, AWellKeptSchoolHasNoDifference) {
  const v1::VerifyReply reply = Verified();
  EXPECT_THAT(reply.differences(), IsEmpty());
  EXPECT_EQ(reply.difference_count(), 0U) << reply.DebugString();
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(reply.as_of_seq(), school.Head().seq());
  EXPECT_EQ(reply.groups(), school.LogRows());
  EXPECT_EQ(reply.records(), school.Head().records());
  EXPECT_EQ(reply.rollups(), school.Rollups().size());
  EXPECT_GT(reply.facets(), reply.records());
  EXPECT_GT(reply.feed_rows(), 0U);
  EXPECT_GT(reply.digests(), 0U);
  EXPECT_EQ(reply.chains(), 4U);
}

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

TEST_F(VerifierTest, AnErasedRecordThatIsStillThereIsNamed) {
  ExpectEachIsNoticed({{"erased", Family::kErased, ErasedKey(tenant, visits[1]), std::string(),
                        "erased", Hex(visits[1])}});
}

TEST_F(VerifierTest, RecordsThatWaitToBeMadeAgainAreComparedWithThemselves) {
  // Hana's department changes hands in the stored directory; nothing is derived again yet.
  const std::string key = RecordKey(tenant, visits[2]);
  const std::string grants = GrantPrefix(tenant, people.hana);
  const std::string grant = FirstKey(Family::kState, grants);
  const std::string before = *Get(Family::kState, grant);
  Put(Family::kState, grant, std::nullopt);
  const uint64_t differences = Verified().difference_count();
  EXPECT_GT(differences, 1U);
  disk::HeadRow head = school.Head();
  head.set_recomputing_since_ms(1);
  Put(Family::kMeta, HeadKey(tenant), head.SerializeAsString());
  const v1::VerifyReply waiting = Verified();
  EXPECT_EQ(waiting.difference_count(), 1U) << waiting.DebugString();  // The grant itself.
  head.set_recomputed_to(key);
  Put(Family::kMeta, HeadKey(tenant), head.SerializeAsString());
  EXPECT_GT(Verified().difference_count(), 0U);
}

TEST_F(VerifierTest, TheFirstHundredDifferencesAreKeptAndAllAreCounted) {
  WriteSet writes;
  for (uint8_t i = 0; i < 150; ++i) {
    writes.Put(Family::kDerived, RollupKey(tenant, 1, std::string(1, static_cast<char>(i))),
               EncodeVector({1}));
  }
  ASSERT_TRUE(school.engine().Commit(writes).ok());
  const v1::VerifyReply reply = Verified();
  EXPECT_EQ(reply.differences_size(), 100);
  EXPECT_EQ(reply.difference_count(), 150U);
}

TEST_F(VerifierTest, ItStopsWhenNobodyListens) {
  v1::VerifyRequest request;
  int calls = 0;
  EXPECT_TRUE(Verify(school.engine(), request, [&](const v1::VerifyReply&) {
                return ++calls < 0;
              }).ok());  // Too little work to be asked before the end.
  EXPECT_EQ(calls, 1);
  request.set_tenant("Southgate");
  EXPECT_EQ(Verify(school.engine(), request, [](const v1::VerifyReply&) { return true; }).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(VerifierTest, RawSumsCountEverySheetWhateverItsPhase) {
  const v1::VerifyReply reply = Verified(/*raw_sums=*/true);
  ASSERT_EQ(reply.raw_sums_size(), 2);
  for (const v1::RawSums& sums : reply.raw_sums()) {
    const bool is_tia = sums.teacher() == people.tia.view();
    EXPECT_EQ(sums.records(), is_tia ? 3U : 1U);
    ASSERT_EQ(sums.sums_size(), 5);
    // Element 4 of the first visit has two values, which wait for their author.
    EXPECT_EQ(sums.sums(3), is_tia ? 6U : 3U);
    EXPECT_EQ(sums.sums(4), is_tia ? 6U : 2U);
  }
}

TEST_F(VerifierTest, PartsOfTheLogAddUpToAllOfIt) {
  const std::unique_ptr<Snapshot> snapshot = school.engine().NewSnapshot();
  const auto all = TouchesOf(*snapshot, tenant, Part{});
  ASSERT_TRUE(all.ok());
  size_t touches = 0;
  for (uint64_t index = 0; index < 3; ++index) {
    const Part part{index, 3};
    const auto some = TouchesOf(*snapshot, tenant, part);
    ASSERT_TRUE(some.ok());
    touches += some->size();
    for (const Touch& touch : *some) EXPECT_TRUE(part.Has(touch.record));
  }
  EXPECT_EQ(touches, all->size());
}

TEST_F(VerifierTest, WhatWaitsIsListedWithThePersonAsked) {
  v1::WaitingRequest request;
  request.set_tenant("Northgate");
  const auto reply = Waiting(school.engine(), request);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->conflicts(), 1U);
  EXPECT_EQ(reply->diverted(), 2U);
  ASSERT_EQ(reply->items_size(), 3);
  const v1::WaitingItem& rating = reply->items(0);
  EXPECT_EQ(rating.record(), BytesOf(visits[0]));
  EXPECT_EQ(rating.person(), BytesOf(people.hana));
  EXPECT_EQ(rating.field(), 3U);
  EXPECT_EQ(rating.entry(), 4U);
  EXPECT_EQ(rating.values(), 2U);
  EXPECT_EQ(reply->items(1).diverted_reason(), "late: ended");
  EXPECT_EQ(reply->items(1).person(), BytesOf(people.hugo));
  EXPECT_EQ(reply->items(2).diverted_reason(), "malformed");

  request.set_max_items(1);
  const auto one = Waiting(school.engine(), request);
  EXPECT_EQ(one->items_size(), 1);
  EXPECT_EQ(one->diverted(), 2U);
  request.set_tenant("Southgate");
  EXPECT_EQ(Waiting(school.engine(), request).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace halfterm::storage
