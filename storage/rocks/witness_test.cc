// Shows that a witness which a power cut left unfinished says what it said before, and that a
// damaged one does not speak at all.

#include "storage/rocks/witness.h"

#include <gtest/gtest.h>

#include <string>

namespace halfterm::storage {
namespace {

TEST(WitnessTest, TheLastWholeLineOfAKindCounts) {
  const auto witness = WitnessIn(ManifestLine(10, 0xABC) + ManifestLine(1910, 0x12345678) +
                                 ClosedLine({{"000027.log", 25410}, {"000030.log", 0}}));
  ASSERT_TRUE(witness.ok()) << witness.status();
  EXPECT_EQ(witness->manifest_bytes, 1910u);
  EXPECT_EQ(witness->manifest_crc, 0x12345678u);
  EXPECT_EQ(witness->log_bytes,
            (std::map<std::string, uint64_t>{{"000027.log", 25410}, {"000030.log", 0}}));
}

TEST(WitnessTest, ALineThatWasBeingWrittenIsLeftOut) {
  const std::string before = ManifestLine(10, 0xABC);
  const std::string unfinished = ManifestLine(1910, 0x12345678);
  for (size_t at = 0; at < unfinished.size(); ++at) {
    std::string with_a_hole = unfinished;
    with_a_hole[at] = '\0';
    for (const std::string& rest : {unfinished.substr(0, at), with_a_hole}) {
      const auto witness = WitnessIn(before + rest);
      ASSERT_TRUE(witness.ok()) << at << ": " << witness.status();
      EXPECT_EQ(witness->manifest_bytes, 10u) << at;
    }
  }
}

TEST(WitnessTest, EveryFlippedBitOfALineThatOthersFollowIsNoticed) {
  const std::string line = ManifestLine(10, 0xABC);
  for (size_t bit = 0; bit < line.size() * 8; ++bit) {
    std::string content = line + ManifestLine(1910, 0x12345678) + ManifestLine(2000, 0x87654321);
    content[bit / 8] = static_cast<char>(content[bit / 8] ^ (1 << bit % 8));
    EXPECT_TRUE(absl::IsDataLoss(WitnessIn(content).status())) << bit;
  }
}

TEST(WitnessTest, WithoutALineAboutTheManifestThereIsNoWitness) {
  EXPECT_TRUE(absl::IsDataLoss(WitnessIn("").status()));
  EXPECT_TRUE(absl::IsDataLoss(WitnessIn(std::string(4096, '\0')).status()));
  EXPECT_TRUE(absl::IsDataLoss(WitnessIn(ClosedLine({{"000027.log", 1}})).status()));
}

TEST(WitnessTest, AWitnessIsNamedAfterItsManifest) {
  EXPECT_EQ(WitnessNameOf("MANIFEST-000005"), "WITNESS-000005");
}

}  // namespace
}  // namespace halfterm::storage
