// A group's bytes, its mac and its chain; and that nothing else passes for one.

#include "sync/core/group.h"

#include <gtest/gtest.h>

#include "sync/core/limits.h"
#include "sync/core/sha256.h"
#include "tests/support/hex.h"
#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::FromHex;
using halfterm::testing::Person;
using halfterm::testing::ToHex;

constexpr const char* kKey = "session key of zoe's tablet";

GroupHeader Header() {
  GroupHeader header;
  header.kind = GroupKind::kIntent;
  header.replica = 0x0102030405060708;
  header.n = 9;
  header.session = Person(0x55);
  header.base_epoch = 3;
  header.base_seq = 0x0a0b;
  header.known = {1, 0x0203, 4};
  header.facet = {Person(0x77), kSheet, Person(0x20)};
  header.time = {1'700'000'000'000, kClockRestarted, 12, -5000};
  return header;
}

// Offsets: kind 1, replica 2, n 10, session 18, base 34, known 46, facet 50, time 83, length 111.
constexpr const char* kHeader =
    "01 02 0102030405060708 0000000000000009 55555555555555555555555555555555"
    "00000003 0000000000000a0b 01 0203 04"
    "77777777777777777777777777777777 02 20202020202020202020202020202020"
    "0000018bcfe56800 ffffffffffffffff 0000000c ffffffffffffec78";

TEST(GroupTest, TheBytesAreThoseOfTheLayout) {
  const std::string group = EncodeGroup(Header(), "body", kKey);
  const std::string before_mac = FromHex(std::string(kHeader) + "04") + "body";
  EXPECT_EQ(FromHex(kHeader).size(), kGroupHeaderBytes);
  EXPECT_EQ(ToHex(group.substr(0, before_mac.size())), ToHex(before_mac));
  EXPECT_EQ(group.substr(before_mac.size()), HmacSha256(kKey, {before_mac}).view().substr(0, 16));
}

TEST(GroupTest, ReadsBack) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 20000u}) {
    const std::string body(size, 'b');
    const std::string bytes = EncodeGroup(Header(), body, kKey);
    const Result<Group> group = DecodeGroup(bytes);
    ASSERT_TRUE(group.ok()) << group.reason();
    EXPECT_EQ(group->kind, GroupKind::kIntent);
    EXPECT_EQ(group->dot(), (Dot{0x0102030405060708, 9}));
    EXPECT_EQ(group->session, Person(0x55));
    EXPECT_EQ(group->base_epoch, 3u);
    EXPECT_EQ(group->base_seq, 0x0a0bu);
    EXPECT_TRUE(group->known.withdrawn());
    EXPECT_EQ(group->known.round, 0x0203);
    EXPECT_EQ(group->known.level, 4);
    EXPECT_EQ(group->facet, Header().facet);
    EXPECT_EQ(group->time.wall_ms, 1'700'000'000'000u);
    EXPECT_EQ(group->time.since_hello_ms, kClockRestarted);
    EXPECT_EQ(group->time.hello_no, 12u);
    EXPECT_EQ(group->time.offset_ms, -5000);
    EXPECT_EQ(group->body, body);
    EXPECT_TRUE(MacIsRight(*group, kKey));
    // Encoding what was read gives the same group: nothing is left out of the header.
    EXPECT_EQ(EncodeGroup(*group, group->body, kKey), bytes);
  }
}

TEST(GroupTest, TheMacCoversEveryByte) {
  const std::string bytes = EncodeGroup(Header(), "body", kKey);
  int changed_but_readable = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {0x01, 0x80}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      const Result<Group> group = DecodeGroup(changed);
      if (!group.ok()) continue;
      ++changed_but_readable;
      EXPECT_FALSE(MacIsRight(*group, kKey)) << "byte " << i;
    }
  }
  EXPECT_GT(changed_but_readable, 200);
  EXPECT_FALSE(MacIsRight(*DecodeGroup(bytes), "another session's key"));
}

TEST(GroupTest, OtherBytesAreRefused) {
  const std::string good = EncodeGroup(Header(), "body", kKey);
  const auto with = [&good](std::size_t at, const char* hex) {
    std::string bytes = good;
    const std::string put = FromHex(hex);
    return bytes.replace(at, put.size(), put);
  };
  const auto with_length = [&good](const char* hex) {
    return good.substr(0, 111) + FromHex(hex) + good.substr(112);
  };
  const struct {
    const char* what;
    std::string bytes;
    const char* reason;
  } cases[] = {
      {"no bytes", "", "version is cut off, at byte 0"},
      {"another version", with(0, "02"), "version is not 1, at byte 0"},
      {"kind 0", with(1, "00"), "group kind is unknown, at byte 1"},
      {"kind 4", with(1, "04"), "group kind is unknown, at byte 1"},
      {"number 0", with(10, "0000000000000000"), "group number is zero, at byte 10"},
      {"flags that nobody knows", with(46, "03"), "known phase has unknown flags, at byte 46"},
      {"body longer than the bytes", with_length("7f"), "body is cut off, at byte 112"},
      {"body shorter: the rest follows the mac", with_length("03"),
       "mac is followed by more bytes, at byte 131"},
      {"body length not minimal", with_length("8400"),
       "body length is not a minimal varint, at byte 111"},
      {"body length over the limit", with_length("818004"),
       "body length is over the limit, at byte 111"},
      {"body length larger than 64 bits", with_length("ffffffffffffffffff7f"),
       "body length is larger than 64 bits, at byte 111"},
      {"no mac", good.substr(0, 116), "mac is cut off, at byte 116"},
      {"a byte too many", good + "x", "mac is followed by more bytes, at byte 132"},
      {"two groups", good + good, "mac is followed by more bytes, at byte 132"},
      {"too large", std::string(kMaxGroupBytes + 1, '\1'), "group is over the limit, at byte 0"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const Result<Group> group = DecodeGroup(c.bytes);
    ASSERT_FALSE(group.ok());
    EXPECT_EQ(group.reason(), c.reason);
  }
}

TEST(GroupTest, EveryCutIsRefused) {
  const std::string good = EncodeGroup(Header(), "body", kKey);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const std::string cut(good.data(), size);
    ASSERT_FALSE(DecodeGroup(cut).ok()) << "cut to " << size;
  }
}

TEST(GroupTest, TheLargestGroupPassesAndOneByteMoreDoesNot) {
  const std::size_t most = kMaxGroupBytes - kGroupHeaderBytes - 3 - Digest16::kSize;
  const std::string largest = EncodeGroup(Header(), std::string(most, 'b'), kKey);
  EXPECT_EQ(largest.size(), kMaxGroupBytes);
  EXPECT_TRUE(DecodeGroup(largest).ok());
  const Result<Group> larger = DecodeGroup(EncodeGroup(Header(), std::string(most + 1, 'b'), kKey));
  ASSERT_FALSE(larger.ok());
  EXPECT_TRUE(larger.refused().over_limit);
}

TEST(GroupTest, TheChainTellsOrderNumberAndBytes) {
  const Digest32 group = Sha256("group"), other = Sha256("other");
  const Digest16 start;
  const Digest16 first = ChainHash(start, 1, group);
  EXPECT_EQ(first.view(),
            Sha256(std::string(16, '\0') + FromHex("0000000000000001") + std::string(group.view()))
                .view()
                .substr(0, 16));
  EXPECT_NE(first, ChainHash(start, 2, group));
  EXPECT_NE(first, ChainHash(start, 1, other));
  EXPECT_NE(ChainHash(first, 2, other), ChainHash(ChainHash(start, 1, other), 2, group));
}

}  // namespace
}  // namespace halfterm::core
