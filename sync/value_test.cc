// Every number, date and text comes back as it went in, and only its one encoding is taken.

#include "sync/value.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace halfterm::sync {
namespace {

TEST(ValueTest, NumbersComeBackAsTheyWentIn) {
  for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{127}, uint64_t{128},
                               uint64_t{1} << 32, std::numeric_limits<uint64_t>::max()}) {
    EXPECT_EQ(DecodeUnsigned(EncodeUnsigned(value)), value);
  }
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, int64_t{1}, int64_t{-64}, int64_t{64},
        std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(DecodeSigned(EncodeSigned(value)), value);
  }
}

TEST(ValueTest, ANumberHasOneEncoding) {
  const struct {
    const char* what;
    std::string value;
  } cases[] = {
      {"nothing at all", ""},
      {"cut off", "\x80"},
      {"a needless byte", std::string("\x81\x00", 2)},
      {"something after it", std::string("\x01\x01", 2)},
      {"more than 64 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"},
      {"eleven bytes", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_FALSE(DecodeUnsigned(c.value));
    EXPECT_FALSE(DecodeSigned(c.value));
    EXPECT_FALSE(DecodeDate(c.value));
    EXPECT_FALSE(DecodeMoment(c.value));
  }
}

TEST(ValueTest, DaysAndMomentsAreOfTheYears1900To9999) {
  EXPECT_EQ(DecodeDate(EncodeSigned(kFirstDay)), kFirstDay);
  EXPECT_EQ(DecodeDate(EncodeSigned(kLastDay)), kLastDay);
  EXPECT_FALSE(DecodeDate(EncodeSigned(kFirstDay - 1)));
  EXPECT_FALSE(DecodeDate(EncodeSigned(kLastDay + 1)));
  EXPECT_EQ(DecodeMoment(EncodeSigned(kFirstMoment)), kFirstMoment);
  EXPECT_EQ(DecodeMoment(EncodeSigned(kLastMoment)), kLastMoment);
  EXPECT_FALSE(DecodeMoment(EncodeSigned(kFirstMoment - 1)));
  EXPECT_FALSE(DecodeMoment(EncodeSigned(kLastMoment + 1)));
}

TEST(ValueTest, TextIsUtf8) {
  const struct {
    const char* what;
    std::string text;
    bool well_formed;
  } cases[] = {
      {"nothing", "", true},
      {"words", "The pupils settled at once, and stayed settled.", true},
      {"accents", "na\xC3\xAFve", true},
      {"a euro sign at the end", "12 \xE2\x82\xAC", true},
      {"a smile", "\xF0\x9F\x99\x82 good", true},
      {"the last character", "\xF4\x8F\xBF\xBF", true},
      {"a zero byte", std::string("a\0b", 3), true},
      {"a lone continuation", "a\x80", false},
      {"cut after one of two", "abc\xC3", false},
      {"cut after two of three", "abc\xE2\x82", false},
      {"cut after three of four", "abc\xF0\x9F\x99", false},
      {"latin-1", "na\xEFve words", false},
      {"overlong slash", "\xC0\xAF", false},
      {"overlong in three", "\xE0\x80\xAF", false},
      {"overlong in four", "\xF0\x80\x80\xAF", false},
      {"a surrogate", "\xED\xA0\x80", false},
      {"beyond the last character", "\xF4\x90\x80\x80", false},
      {"a byte that never occurs", "eight letters\xFF", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(IsUtf8(c.text), c.well_formed);
  }
}

// All sequences of up to three bytes, against the table of the Unicode standard in its plainest
// form.
TEST(ValueTest, EveryShortSequenceIsJudgedByTheStandard) {
  const auto by_the_standard = [](const std::string& s) {
    size_t i = 0;
    while (i < s.size()) {
      const auto at = [&](size_t k) {
        return i + k < s.size() ? static_cast<unsigned char>(s[i + k]) : 0;
      };
      uint32_t point = 0;
      size_t length = 0;
      if (at(0) < 0x80) {
        ++i;
        continue;
      }
      if ((at(0) & 0xE0) == 0xC0) point = at(0) & 0x1Fu, length = 2;
      if ((at(0) & 0xF0) == 0xE0) point = at(0) & 0x0Fu, length = 3;
      if (length == 0 || i + length > s.size()) return false;
      for (size_t k = 1; k < length; ++k) {
        if ((at(k) & 0xC0) != 0x80) return false;
        point = point << 6 | (at(k) & 0x3Fu);
      }
      if (point < (length == 2 ? 0x80u : 0x800u)) return false;
      if (point >= 0xD800 && point <= 0xDFFF) return false;
      i += length;
    }
    return true;
  };
  for (uint32_t number = 0; number < 1u << 24; number += number < 1u << 16 ? 1 : 7) {
    std::string text;
    for (uint32_t rest = number; rest != 0; rest >>= 8) text.push_back(static_cast<char>(rest));
    if (IsUtf8(text) != by_the_standard(text)) FAIL() << "sequence " << number;
  }
}

}  // namespace
}  // namespace halfterm::sync
