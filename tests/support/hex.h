// Bytes written as hexadecimal text, so that a test shows what it feeds.

#ifndef HALFTERM_TESTS_SUPPORT_HEX_H_
#define HALFTERM_TESTS_SUPPORT_HEX_H_
#include <cassert>
#include <string>
#include <string_view>

namespace halfterm::testing {

// Spaces may stand anywhere; everything else is a pair of lower-case digits.
inline std::string FromHex(std::string_view text) {
  std::string digits, bytes;
  for (const char c : text) {
    if (c == ' ') continue;
    assert((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    digits.push_back(static_cast<char>(c <= '9' ? c - '0' : c - 'a' + 10));
  }
  assert(digits.size() % 2 == 0);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(digits[i] * 16 + digits[i + 1]));
  }
  return bytes;
}

inline std::string ToHex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text.push_back("0123456789abcdef"[static_cast<unsigned char>(byte) >> 4]);
    text.push_back("0123456789abcdef"[byte & 15]);
  }
  return text;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_HEX_H_
