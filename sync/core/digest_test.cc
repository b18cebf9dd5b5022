// Digests name a facet and its content, and a sum of them follows what comes and goes.

#include "sync/core/digest.h"

#include <gtest/gtest.h>

#include <vector>

#include "sync/core/codec.h"
#include "sync/core/sha256.h"
#include "tests/support/hex.h"
#include "tests/support/writers.h"

namespace halfterm::core {
namespace {

using halfterm::testing::FromHex;
using halfterm::testing::Person;
using halfterm::testing::ToHex;

const FacetId kZoesSheet{Person(1), kSheet, Person(0x20)};
const FacetId kAmysSheet{Person(1), kSheet, Person(0xa4)};

Digest32 Number(const char* hex) { return *Digest32::FromBytes(FromHex(hex)); }

TEST(DigestTest, AFacetsDigestIsOfItsIdAndItsContent) {
  EXPECT_EQ(FacetDigest(kZoesSheet, "content"), Sha256(kZoesSheet.Bytes() + "content"));
  EXPECT_NE(FacetDigest(kZoesSheet, "content"), FacetDigest(kAmysSheet, "content"));
  EXPECT_EQ(HoldingDigest(kZoesSheet, Sha256("x")),
            Sha256(kZoesSheet.Bytes() + std::string(Sha256("x").view())));
}

TEST(DigestTest, HearingOfACommitChangesNoDigest) {
  using halfterm::testing::ZoesDot;
  const Facet sent =
      halfterm::testing::Writes(Facet{}, Path::Field(8, Kind::kReg), ZoesDot(1), "25");
  Facet committed = sent;
  Stamp(committed, ZoesDot(1), 99);
  ASSERT_NE(Encode(sent), Encode(committed));
  EXPECT_EQ(FacetDigest(kZoesSheet, EncodeContent(sent)),
            FacetDigest(kZoesSheet, EncodeContent(committed)));
}

TEST(SumDigestTest, CarriesAndBorrowsAcrossAllBytesAndWrapsAround) {
  const char* const zero = "0000000000000000000000000000000000000000000000000000000000000000";
  const char* const one = "0000000000000000000000000000000000000000000000000000000000000001";
  const char* const most = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
  const char* const half = "8000000000000000000000000000000000000000000000000000000000000000";
  const char* const below_half = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
  const struct {
    const char *a, *b, *sum;
  } cases[] = {{zero, zero, zero},
               {zero, one, one},
               {most, one, zero},
               {below_half, one, half},
               {half, half, zero},
               {most, most, "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"}};
  for (const auto& c : cases) {
    SumDigest sum(Number(c.a));
    sum.Add(Number(c.b));
    EXPECT_EQ(ToHex(sum.bytes().view()), c.sum);
    sum.Subtract(Number(c.b));
    EXPECT_EQ(ToHex(sum.bytes().view()), c.a);
  }
}

TEST(SumDigestTest, TellsHoldingTwiceFromNotHoldingAndForgetsOrder) {
  std::vector<Digest32> held;
  for (int i = 0; i < 100; ++i) held.push_back(Sha256(std::to_string(i)));
  SumDigest forwards, backwards, twice;
  for (std::size_t i = 0; i < held.size(); ++i) {
    forwards.Add(held[i]);
    backwards.Add(held[held.size() - 1 - i]);
    twice.Add(held[i]);
    twice.Add(held[i]);
  }
  EXPECT_EQ(forwards, backwards);
  EXPECT_NE(forwards, twice);
  EXPECT_NE(twice, SumDigest());
  for (const Digest32& digest : held) forwards.Subtract(digest);
  EXPECT_EQ(forwards, SumDigest());
}

}  // namespace
}  // namespace halfterm::core
