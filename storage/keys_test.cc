// Shows that the order of keys is the order of their parts, that taking a key apart gives what it
// was built from, and that no id or name can reach into another row's key: by tables of the bytes
// at the edges, and by chance for the rest.

#include "storage/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/seed.h"

namespace halfterm::storage {
namespace {

using core::FacetId;
using core::Id16;
using core::Scope;

// Ids that look like the end of a part, the end of a family, or another row's tag.
std::vector<Id16> EdgeIds() {
  std::vector<Id16> ids;
  for (const uint8_t fill : std::vector<uint8_t>{0x00, 0x01, 0x61, 0x66, 0x7F, 0x80, 0xFF}) {
    Id16 id{};
    id.bytes.fill(fill);
    ids.push_back(id);
    id.bytes.front() = 0x00;
    ids.push_back(id);
    id.bytes.front() = 0xFF;
    id.bytes.back() = 0x00;
    ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

constexpr uint32_t kTenants[] = {1,          2,          0x61,       0xFF,      0x100,
                                 0x66000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE};
constexpr uint64_t kNumbers[] = {0,
                                 1,
                                 0x7F,
                                 0x80,
                                 0xFF,
                                 0x100,
                                 0x7FFFFFFFFFFFFFFF,
                                 0x8000000000000000,
                                 0xFFFFFFFFFFFFFFFE,
                                 0xFFFFFFFFFFFFFFFF};

Id16 AnyId(std::mt19937_64& random) {
  Id16 id{};
  for (uint8_t& byte : id.bytes) {
    // Half of the bytes are those that a separator would have to be.
    const uint64_t draw = random();
    byte = draw % 4 == 0 ? 0x00 : draw % 4 == 1 ? 0xFF : static_cast<uint8_t>(draw >> 8);
  }
  return id;
}

template <typename Number>
Number AnyOf(const std::vector<Number>& from, std::mt19937_64& random) {
  return from[random() % from.size()];
}

// Builds keys from many tuples of parts and compares each pair with its tuples.
template <typename Parts, typename Build>
void ExpectOrderOfParts(const char* what, std::vector<Parts> all, Build build) {
  SCOPED_TRACE(what);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::string before;
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string key = std::apply(build, all[i]);
    if (i > 0) {
      ASSERT_LT(before, key) << "at " << i;
    }
    before = key;
  }
}

TEST(KeysTest, TheOrderOfKeysIsTheOrderOfTheirParts) {
  std::vector<std::tuple<Tenant, Id16, Id16>> by_ids;
  std::vector<std::tuple<Tenant, uint64_t, uint64_t>> by_numbers;
  std::vector<std::tuple<Tenant, FacetId>> by_facet;
  std::vector<std::tuple<Tenant, Scope, uint64_t, Id16>> by_feed;
  std::vector<std::tuple<Tenant, Id16, uint64_t>> by_record;
  std::vector<std::tuple<Tenant, Scope, uint16_t>> by_period;
  const std::vector<Id16> ids = EdgeIds();
  std::mt19937_64 random(testing::TestSeed());
  for (const uint32_t handle : kTenants) {
    const Tenant tenant(handle);
    for (const uint64_t a : kNumbers) {
      for (const uint64_t b : kNumbers) by_numbers.emplace_back(tenant, a, b);
    }
    for (const Id16& a : ids) {
      for (const Id16& b : ids) {
        by_ids.emplace_back(tenant, a, b);
        by_record.emplace_back(tenant, a, kNumbers[random() % std::size(kNumbers)]);
        FacetId facet{};
        facet.record = a;
        facet.facet_class = static_cast<uint8_t>(random());
        facet.sub = b;
        by_facet.emplace_back(tenant, facet);
        const Scope scope{static_cast<uint8_t>(random() % 7), a};
        by_feed.emplace_back(tenant, scope, kNumbers[random() % std::size(kNumbers)], b);
        by_period.emplace_back(tenant, scope, static_cast<uint16_t>(random()));
      }
    }
  }
  ExpectOrderOfParts("grant", by_ids, GrantKey);
  ExpectOrderOfParts("facet", by_facet, [](Tenant t, const FacetId& f) { return FacetKey(t, f); });
  ExpectOrderOfParts("feed", by_feed, FeedKey);
  ExpectOrderOfParts("digest", by_period, DigestKey);
  ExpectOrderOfParts("chain", by_numbers, ChainKey);
  ExpectOrderOfParts("quarantine", by_numbers, QuarantineKey);
  ExpectOrderOfParts("late", by_record, LateKey);
}

TEST(KeysTest, AKeyTakenApartGivesWhatItWasBuiltFrom) {
  std::mt19937_64 random(testing::TestSeed());
  const std::vector<Id16> edges = EdgeIds();
  for (int round = 0; round < 20'000; ++round) {
    SCOPED_TRACE(round);
    const Tenant tenant(static_cast<uint32_t>(random()));
    const Id16 a = round % 2 == 0 ? AnyId(random) : AnyOf(edges, random);
    const Id16 b = AnyId(random);
    const uint64_t m = random() >> (random() % 64);
    const uint64_t n = random();
    const Scope scope{static_cast<uint8_t>(random()), b};
    FacetId facet{};
    facet.record = a;
    facet.facet_class = static_cast<uint8_t>(random());
    facet.sub = b;
    const std::string name(b.view().substr(0, random() % 17));

    const auto parsed_facet = ParseFacetKey(FacetKey(tenant, facet));
    ASSERT_TRUE(parsed_facet && parsed_facet->tenant == tenant && parsed_facet->facet == facet);
    const auto replica = ParseReplicaKey(ReplicaKey(tenant, m));
    ASSERT_TRUE(replica && replica->tenant == tenant && replica->replica == m);
    const auto grant = ParseGrantKey(GrantKey(tenant, a, b));
    ASSERT_TRUE(grant && grant->tenant == tenant && grant->person == a && grant->grant == b);
    const auto session = ParseSessionKey(SessionKey(tenant, a));
    ASSERT_TRUE(session && session->tenant == tenant && session->id == a);
    const auto device = ParseDeviceKey(DeviceKey(tenant, a));
    ASSERT_TRUE(device && device->tenant == tenant && device->id == a);
    const auto account = ParseAccountKey(AccountKey(tenant, a));
    ASSERT_TRUE(account && account->tenant == tenant && account->id == a);
    const auto proof = ParseProofKey(ProofKey(tenant, a, b));
    ASSERT_TRUE(proof && proof->tenant == tenant && proof->person == a && proof->device == b);
    const auto history = ParseScopeHistoryKey(ScopeHistoryKey(tenant, a));
    ASSERT_TRUE(history && history->tenant == tenant && history->id == a);
    const auto directory = ParseDirectoryKey(DirectoryKey(tenant, scope.type, name));
    ASSERT_TRUE(directory && directory->tenant == tenant && directory->kind == scope.type &&
                directory->name == name);
    const auto oplog = ParseOplogKey(OplogKey(tenant, n));
    ASSERT_TRUE(oplog && oplog->tenant == tenant && oplog->number == n);
    const auto audit = ParseAuditKey(AuditKey(tenant, n));
    ASSERT_TRUE(audit && audit->tenant == tenant && audit->number == n);
    const auto feed = ParseFeedKey(FeedKey(tenant, scope, n, a));
    ASSERT_TRUE(feed && feed->tenant == tenant && feed->scope == scope && feed->seq == n &&
                feed->record == a);
    const auto record = ParseRecordKey(RecordKey(tenant, a));
    ASSERT_TRUE(record && record->tenant == tenant && record->record == a);
    const auto rollup = ParseRollupKey(RollupKey(tenant, scope.type, name));
    ASSERT_TRUE(rollup && rollup->tenant == tenant && rollup->kind == scope.type &&
                rollup->key == name);
    const auto digest = ParseDigestKey(DigestKey(tenant, scope, static_cast<uint16_t>(n)));
    ASSERT_TRUE(digest && digest->tenant == tenant && digest->scope == scope &&
                digest->period == static_cast<uint16_t>(n));
    const auto chain = ParseChainKey(ChainKey(tenant, m, n));
    ASSERT_TRUE(chain && chain->tenant == tenant && chain->replica == m && chain->last_n == n);
    const auto late = ParseLateKey(LateKey(tenant, a, n));
    ASSERT_TRUE(late && late->tenant == tenant && late->record == a && late->seq == n);
    const auto quarantined = ParseQuarantineKey(QuarantineKey(tenant, m, n));
    ASSERT_TRUE(quarantined && quarantined->tenant == tenant && quarantined->replica == m &&
                quarantined->seq == n);
    const auto read_end = ParseReadEndKey(ReadEndKey(tenant, static_cast<uint32_t>(n), a, a));
    ASSERT_TRUE(read_end && read_end->tenant == tenant && read_end->day == uint32_t(n) &&
                read_end->record == a && read_end->person == a);
    const auto erased = ParseErasedKey(ErasedKey(tenant, a));
    ASSERT_TRUE(erased && erased->tenant == tenant && erased->record == a);
    ASSERT_EQ(ParseTenantKey(TenantKey(name)), name);
  }
}

// Rows that differ in kind, school or any part must never meet on one key. Most widths differ, so
// what matters is the same family.
TEST(KeysTest, NoTwoRowsOfAFamilyShareAKey) {
  std::mt19937_64 random(testing::TestSeed());
  std::multiset<std::string> state, log, derived, meta;
  std::vector<Id16> ids = EdgeIds();
  for (const uint32_t handle : kTenants) {
    const Tenant tenant(handle);
    log.insert(OplogPrefix(tenant));
    log.insert(AuditPrefix(tenant));
    meta.insert({HeadKey(tenant), ContextVersionKey(tenant)});
    state.insert(ProviderKey(tenant));
    state.insert(FrozenKey(tenant, core::Id16{}, 209));
    for (const uint64_t n : kNumbers) {
      state.insert(ReplicaKey(tenant, n));
      log.insert({OplogKey(tenant, n), AuditKey(tenant, n)});
      for (const uint64_t m : kNumbers) {
        derived.insert({ChainKey(tenant, m, n), QuarantineKey(tenant, m, n)});
      }
    }
    for (const Id16& id : ids) {
      core::Digest32 digest{};
      std::copy(id.bytes.begin(), id.bytes.end(), digest.bytes.begin());
      state.insert({SessionKey(tenant, id), DeviceKey(tenant, id), AccountKey(tenant, id),
                    InvitationKey(tenant, digest), CredentialKey(tenant, id),
                    SubjectKey(tenant, digest), ScopeHistoryKey(tenant, id)});
      derived.insert({RecordKey(tenant, id), LateKey(tenant, id, 7), LateKey(tenant, id, 8)});
      derived.insert(ReadEndKey(tenant, 7, id, id));
      // A name may hold whatever looks like another row's key; the tag keeps it in its own.
      const std::string name(id.view());
      state.insert({DirectoryKey(tenant, 1, name), DirectoryKey(tenant, 2, name)});
      state.insert(SignInNameKey(tenant, name));
      derived.insert({RollupKey(tenant, 1, name), RollupKey(tenant, 2, name)});
      derived.insert(DigestKey(tenant, core::PersonScope(id), 9));
      for (const Id16& other : ids) {
        FacetId facet{};
        facet.record = id;
        facet.facet_class = core::kSheet;
        facet.sub = other;
        state.insert(
            {FacetKey(tenant, facet), GrantKey(tenant, id, other), ProofKey(tenant, id, other)});
      }
    }
  }
  meta.insert({EpochKey(), TenantKey(""), TenantKey("Riverside"), TenantKey(EpochKey())});
  for (const auto* family : {&state, &log, &derived, &meta}) {
    for (auto key = family->begin(); key != family->end(); ++key) {
      ASSERT_EQ(family->count(*key), 1u) << ::testing::PrintToString(*key);
    }
  }
}

// What a walk from a prefix to its end gives: all rows of the thing asked for, and no other's.
TEST(KeysTest, APrefixHoldsItsOwnRowsAndNoOthers) {
  std::mt19937_64 random(testing::TestSeed());
  const std::vector<Id16> ids = EdgeIds();
  struct Row {
    std::string key;
    Tenant tenant;
    Id16 owner;
  };
  std::vector<Row> facets, grants, feeds;
  for (const uint32_t handle : kTenants) {
    for (const Id16& owner : ids) {
      for (int i = 0; i < 5; ++i) {
        const Tenant tenant(handle);
        FacetId facet{};
        facet.record = owner;
        facet.facet_class = static_cast<uint8_t>(random());
        facet.sub = AnyId(random);
        facets.push_back({FacetKey(tenant, facet), tenant, owner});
        grants.push_back({GrantKey(tenant, owner, AnyId(random)), tenant, owner});
        feeds.push_back({FeedKey(tenant, core::DepartmentScope(owner), random(), AnyId(random)),
                         tenant, owner});
      }
    }
  }
  const auto within = [](const std::string& key, const std::string& prefix) {
    const std::string end = EndOfPrefix(prefix);
    return key >= prefix && (end.empty() || key < end);
  };
  for (const uint32_t handle : kTenants) {
    const Tenant tenant(handle);
    for (const Id16& owner : ids) {
      for (const Row& row : facets) {
        const bool is_theirs = row.tenant == tenant && row.owner == owner;
        ASSERT_EQ(within(row.key, FacetPrefix(tenant, owner)), is_theirs);
        ASSERT_EQ(within(row.key, FacetPrefix(tenant)), row.tenant == tenant);
      }
      for (const Row& row : grants) {
        const bool is_theirs = row.tenant == tenant && row.owner == owner;
        ASSERT_EQ(within(row.key, GrantPrefix(tenant, owner)), is_theirs);
      }
      for (const Row& row : feeds) {
        const bool is_theirs = row.tenant == tenant && row.owner == owner;
        ASSERT_EQ(within(row.key, FeedPrefix(tenant, core::DepartmentScope(owner))), is_theirs);
        ASSERT_EQ(within(row.key, FeedPrefix(tenant)), row.tenant == tenant);
      }
    }
  }
}

TEST(KeysTest, APrefixOfOnlyFFsHasNoEnd) {
  EXPECT_EQ(EndOfPrefix(""), "");
  EXPECT_EQ(EndOfPrefix("\xFF\xFF"), "");
  EXPECT_EQ(EndOfPrefix("a\xFF\xFF"), "b");
  EXPECT_EQ(EndOfPrefix(std::string("a\0", 2)), "a\x01");
}

TEST(KeysTest, AFeedGoesOnAfterTheSequenceNumberThatWasSeen) {
  const Tenant tenant(7);
  const Scope scope = core::DepartmentScope(EdgeIds()[3]);
  for (const Id16& record : EdgeIds()) {
    for (const uint64_t seen : kNumbers) {
      const std::string from = FeedAfter(tenant, scope, seen);
      EXPECT_LT(FeedKey(tenant, scope, seen, record), from);
      if (seen == UINT64_MAX) continue;
      EXPECT_LE(from, FeedKey(tenant, scope, seen + 1, record));
    }
  }
}

TEST(KeysTest, ThePushThatHoldsANumberIsTheFirstRowAtOrAfterIt) {
  const Tenant tenant(7);
  const std::vector<std::string> pushes = {ChainKey(tenant, 5, 200), ChainKey(tenant, 5, 201),
                                           ChainKey(tenant, 5, 400)};
  const auto found = [&](uint64_t n) {
    return *std::lower_bound(pushes.begin(), pushes.end(), ChainKey(tenant, 5, n));
  };
  EXPECT_EQ(found(1), pushes[0]);
  EXPECT_EQ(found(200), pushes[0]);
  EXPECT_EQ(found(201), pushes[1]);
  EXPECT_EQ(found(202), pushes[2]);
}

TEST(KeysTest, ARollupNamedByItsContributionIsTheSameRow) {
  EXPECT_EQ(RollupKey(Tenant(7), 3, "teacher"), RollupKey(Tenant(7), "\x03teacher"));
  EXPECT_EQ(RollupPrefix(Tenant(7), 3, "tea"), RollupKey(Tenant(7), 3, "teacher").substr(0, 9));
}

// A store that was written to by something else, or damaged, meets every parser.
TEST(KeysTest, AKeyOfAnotherShapeIsNoRow) {
  const Tenant tenant(7);
  const Id16 id = EdgeIds()[5];
  FacetId facet{};
  facet.record = id;
  const std::string keys[] = {FacetKey(tenant, facet),
                              ReplicaKey(tenant, 5),
                              GrantKey(tenant, id, id),
                              SessionKey(tenant, id),
                              InvitationKey(tenant, core::Digest32{}),
                              OplogKey(tenant, 5),
                              FeedKey(tenant, core::StaffScope(), 5, id),
                              DigestKey(tenant, core::StaffScope(), 2),
                              ChainKey(tenant, 5, 5),
                              LateKey(tenant, id, 5),
                              QuarantineKey(tenant, 5, 5),
                              RecordKey(tenant, id)};
  const auto shapes = [](const std::string& key) {
    return static_cast<int>(ParseFacetKey(key).has_value()) + ParseReplicaKey(key).has_value() +
           ParseGrantKey(key).has_value() + ParseSessionKey(key).has_value() +
           ParseInvitationKey(key).has_value() + ParseOplogKey(key).has_value() +
           ParseFeedKey(key).has_value() + ParseDigestKey(key).has_value() +
           ParseChainKey(key).has_value() + ParseLateKey(key).has_value() +
           ParseQuarantineKey(key).has_value() + ParseRecordKey(key).has_value();
  };
  for (const std::string& key : keys) {
    SCOPED_TRACE(::testing::PrintToString(key));
    EXPECT_EQ(shapes(key), 1);
    for (size_t bytes = 0; bytes < key.size(); ++bytes) {
      EXPECT_EQ(shapes(key.substr(0, bytes)), 0) << "cut to " << bytes;
    }
    EXPECT_EQ(shapes(key + '\0'), 0);
    // A feed row has no tag: any first byte is a school's.
    EXPECT_EQ(shapes("?" + key.substr(1)), ParseFeedKey(key) ? 1 : 0);
  }
}

// The layout is on disk: these bytes may never change.
TEST(KeysTest, TheBytesAreTheDocumentedOnes) {
  Id16 id{};
  id.bytes.fill('i');
  FacetId facet{};
  facet.record = id;
  facet.facet_class = core::kSheet;
  facet.sub.bytes.fill('s');
  const Tenant tenant(0x01020304);
  const std::string t("\x01\x02\x03\x04", 4);
  const std::string i(16, 'i');
  const std::string n("\0\0\0\0\0\0\x01\x02", 8);
  EXPECT_EQ(FacetKey(tenant, facet), "f" + t + i + "\x02" + std::string(16, 's'));
  EXPECT_EQ(ReplicaKey(tenant, 0x0102), "r" + t + n);
  EXPECT_EQ(GrantKey(tenant, id, id), "g" + t + i + i);
  EXPECT_EQ(SessionKey(tenant, id), "s" + t + i);
  EXPECT_EQ(DeviceKey(tenant, id), "v" + t + i);
  EXPECT_EQ(AccountKey(tenant, id), "a" + t + i);
  EXPECT_EQ(InvitationKey(tenant, core::Digest32{}), "i" + t + std::string(32, '\0'));
  EXPECT_EQ(CredentialKey(tenant, id), "p" + t + i);
  EXPECT_EQ(SignInNameKey(tenant, "name"), "n" + t + "name");
  EXPECT_EQ(SubjectKey(tenant, core::Digest32{}), "j" + t + std::string(32, '\0'));
  EXPECT_EQ(ProviderKey(tenant), "y" + t);
  EXPECT_EQ(ProofKey(tenant, id, id), "h" + t + i + i);
  EXPECT_EQ(ScopeHistoryKey(tenant, id), "w" + t + i);
  EXPECT_EQ(FrozenKey(tenant, core::Id16{}, 0x0102), "z" + t + std::string(16, '\0') + "\x01\x02");
  EXPECT_EQ(DirectoryKey(tenant, 5, "name"), "x" + t + "\x05name");
  EXPECT_EQ(OplogKey(tenant, 0x0102), "o" + t + n);
  EXPECT_EQ(AuditKey(tenant, 0x0102), "a" + t + n);
  EXPECT_EQ(FeedKey(tenant, core::DepartmentScope(id), 0x0102, id), t + "\x03" + i + n + i);
  EXPECT_EQ(RecordKey(tenant, id), "b" + t + i);
  EXPECT_EQ(RollupKey(tenant, 4, "key"), "u" + t + "\x04key");
  EXPECT_EQ(DigestKey(tenant, core::PersonScope(id), 0x0102), "d" + t + "\x02" + i + "\x01\x02");
  EXPECT_EQ(ChainKey(tenant, 0x0102, 0x0102), "c" + t + n + n);
  EXPECT_EQ(LateKey(tenant, id, 0x0102), "l" + t + i + n);
  EXPECT_EQ(QuarantineKey(tenant, 0x0102, 0x0102), "q" + t + n + n);
  EXPECT_EQ(HeadKey(tenant), "h" + t);
  EXPECT_EQ(ContextVersionKey(tenant), "k" + t);
  EXPECT_EQ(TenantKey("name"), "tname");
  EXPECT_EQ(EpochKey(), "e");
  EXPECT_EQ(ErasedKey(tenant, id), t + i);
}

}  // namespace
}  // namespace halfterm::storage
