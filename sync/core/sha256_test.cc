// The digests that the standards name, and one chain over every length up to several blocks. This
// file is built twice, once with each implementation; both must reach the same constants, which
// were computed with a third (Python's hashlib).

#include "sync/core/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/hex.h"

namespace halfterm::core {
namespace {

using halfterm::testing::ToHex;

TEST(Sha256Test, TheExamplesOfTheStandard) {
  const struct {
    std::string text;
    const char* digest;
  } cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& c : cases) EXPECT_EQ(ToHex(Sha256(c.text).view()), c.digest);
}

TEST(Sha256Test, EveryLengthUpToSeveralBlocks) {
  Digest32 chain;
  for (std::size_t size = 0; size < 300; ++size) {
    chain = Sha256({chain.view(), std::string(size, static_cast<char>(size))});
  }
  EXPECT_EQ(ToHex(chain.view()),
            "538699283253f92f6da5d1ac04d1d2101213c0e3d9fc9e3b21b19b5d3711b571");
}

TEST(Sha256Test, PartsAreOneText) {
  const std::string text(150, 't');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view whole = text;
    EXPECT_EQ(Sha256({whole.substr(0, cut), whole.substr(cut)}), Sha256(text)) << cut;
    EXPECT_EQ(Sha256({whole.substr(0, cut), {}, whole.substr(cut), {}}), Sha256(text)) << cut;
  }
}

TEST(HmacSha256Test, TheExamplesOfRfc4231) {
  const struct {
    const char* what;
    std::string key, text;
    const char* mac;
  } cases[] = {
      {"1", std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"2", "Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {"6: a key longer than a block", std::string(131, '\xaa'),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {"a key of exactly a block", std::string(64, 'k'), "x",
       "f91c4c403625fb06910ef93999265bbd2d62baeaec6ff36455498cc124fe3e66"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(ToHex(HmacSha256(c.key, {c.text}).view()), c.mac);
    const std::string_view text = c.text;
    EXPECT_EQ(ToHex(HmacSha256(c.key, {text.substr(0, 1), text.substr(1)}).view()), c.mac);
  }
}

TEST(DigestHalvesTest, EqualOnlyIfEveryByteIs) {
  const Digest16 half = FirstHalf(Sha256("x"));
  EXPECT_EQ(half.view(), Sha256("x").view().substr(0, 16));
  EXPECT_TRUE(EqualInConstantTime(half, half));
  for (std::size_t i = 0; i < Digest16::kSize; ++i) {
    Digest16 other = half;
    other.bytes[i] ^= 1;
    EXPECT_FALSE(EqualInConstantTime(half, other)) << "byte " << i;
  }
}

}  // namespace
}  // namespace halfterm::core
