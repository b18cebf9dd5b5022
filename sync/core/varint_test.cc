// A number has one encoding, and a reader names the part and the byte where it stopped.

#include "sync/core/varint.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/support/hex.h"

namespace halfterm::core {
namespace {

using halfterm::testing::FromHex;
using halfterm::testing::ToHex;

std::vector<std::uint64_t> NumbersAroundEveryLength() {
  std::vector<std::uint64_t> numbers = {0, std::numeric_limits<std::uint64_t>::max()};
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    numbers.insert(numbers.end(), {power - 1, power, power + 1});
  }
  return numbers;
}

std::string Varint(std::uint64_t value) {
  std::string bytes;
  AppendVarint(bytes, value);
  return bytes;
}

TEST(VarintTest, EveryLengthReadsBackAndSaysItsSize) {
  for (const std::uint64_t number : NumbersAroundEveryLength()) {
    const std::string bytes = Varint(number);
    EXPECT_EQ(bytes.size(), VarintSize(number)) << number;
    Reader reader(bytes);
    std::uint64_t read = ~number;
    ASSERT_TRUE(reader.Varint("number", read)) << reader.refused().reason();
    EXPECT_EQ(read, number);
    EXPECT_TRUE(reader.End("number"));
  }
}

TEST(VarintTest, TheBytesAreThoseOfLeb128) {
  EXPECT_EQ(ToHex(Varint(0)), "00");
  EXPECT_EQ(ToHex(Varint(127)), "7f");
  EXPECT_EQ(ToHex(Varint(128)), "8001");
  EXPECT_EQ(ToHex(Varint(300)), "ac02");
  EXPECT_EQ(ToHex(Varint(~std::uint64_t{0})), "ffffffffffffffffff01");
}

TEST(VarintTest, OtherFormsAreRefused) {
  const struct {
    const char* bytes;
    const char* reason;
  } cases[] = {
      {"", "number is cut off, at byte 0"},
      {"80", "number is cut off, at byte 0"},
      {"ffffffffffffffffff", "number is cut off, at byte 0"},
      {"8000", "number is not a minimal varint, at byte 0"},
      {"ff00", "number is not a minimal varint, at byte 0"},
      {"80808080808080808000", "number is not a minimal varint, at byte 0"},
      {"ffffffffffffffffff02", "number is larger than 64 bits, at byte 0"},
      {"ffffffffffffffffff81", "number is larger than 64 bits, at byte 0"},
      {"8080808080808080808001", "number is larger than 64 bits, at byte 0"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.bytes);
    const std::string bytes = FromHex(c.bytes);
    Reader reader(bytes);
    std::uint64_t read = 0;
    EXPECT_FALSE(reader.Varint("number", read));
    EXPECT_EQ(reader.refused().reason(), c.reason);
  }
}

TEST(VarintTest, ZigZagKeepsSmallNumbersOfEitherSignShort) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(-1), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  EXPECT_EQ(ZigZag(std::numeric_limits<std::int64_t>::min()), ~std::uint64_t{0});
  for (const std::uint64_t number : NumbersAroundEveryLength()) {
    EXPECT_EQ(ZigZag(UnZigZag(number)), number);
    EXPECT_EQ(UnZigZag(ZigZag(static_cast<std::int64_t>(number))),
              static_cast<std::int64_t>(number));
  }
}

TEST(ReaderTest, BigEndianNumbersReadBack) {
  std::string bytes;
  AppendBig16(bytes, 0x0102);
  AppendBig32(bytes, 0x03040506);
  AppendBig64(bytes, 0x0708090a0b0c0d0e);
  EXPECT_EQ(ToHex(bytes), "0102030405060708090a0b0c0d0e");
  Reader reader(bytes);
  std::uint16_t two = 0;
  std::uint32_t four = 0;
  std::uint64_t eight = 0;
  ASSERT_TRUE(reader.Big16("two", two) && reader.Big32("four", four) &&
              reader.Big64("eight", eight));
  EXPECT_EQ(two, 0x0102);
  EXPECT_EQ(four, 0x03040506u);
  EXPECT_EQ(eight, 0x0708090a0b0c0d0eu);
}

TEST(ReaderTest, ACutNamesThePartAndItsFirstByte) {
  const std::string bytes = FromHex("010203");
  Reader reader(bytes);
  std::uint16_t two = 0;
  std::uint32_t four = 0;
  ASSERT_TRUE(reader.Big16("head", two));
  EXPECT_FALSE(reader.Big32("tail", four));
  EXPECT_EQ(reader.refused().reason(), "tail is cut off, at byte 2");
  EXPECT_FALSE(reader.End("head"));
  EXPECT_EQ(reader.refused().reason(), "head is followed by more bytes, at byte 2");
}

}  // namespace
}  // namespace halfterm::core
