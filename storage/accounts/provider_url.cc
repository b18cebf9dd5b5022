#include "storage/accounts/provider_url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace halfterm::storage {
namespace {

constexpr size_t kMaxUrlBytes = 512;

bool IsPort(absl::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-';
}

}  // namespace

std::optional<ProviderUrl> ParseProviderUrl(absl::string_view url) {
  if (url.size() > kMaxUrlBytes) return std::nullopt;
  for (const char c : url) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) return std::nullopt;
  }
  if (url.find_first_of("?#\\@") != absl::string_view::npos) return std::nullopt;
  ProviderUrl parsed;
  if (absl::ConsumePrefix(&url, "http://")) {
    parsed.secure = false;
  } else if (!absl::ConsumePrefix(&url, "https://")) {
    return std::nullopt;
  }
  const size_t slash = std::min(url.find('/'), url.size());
  absl::string_view authority = url.substr(0, slash);
  parsed.path = std::string(url.substr(slash));
  absl::string_view host = authority, port;
  if (absl::StartsWith(authority, "[")) {
    const size_t end = authority.find(']');
    if (authority.substr(0, end + 1) != "[::1]") return std::nullopt;
    host = authority.substr(0, end + 1);
    port = authority.substr(end + 1);
    if (!port.empty() && !absl::ConsumePrefix(&port, ":")) return std::nullopt;
  } else if (const size_t colon = authority.find(':'); colon != absl::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (port.empty()) return std::nullopt;
  }
  if (!port.empty() && !IsPort(port)) return std::nullopt;
  if (host != "[::1]" &&
      (host.empty() || !std::all_of(host.begin(), host.end(), IsHostCharacter))) {
    return std::nullopt;
  }
  parsed.host = absl::AsciiStrToLower(host);
  const bool here =
      parsed.host == "127.0.0.1" || parsed.host == "[::1]" || parsed.host == "localhost";
  if (!parsed.secure && !here) return std::nullopt;
  parsed.origin =
      absl::StrCat(parsed.secure ? "https://" : "http://", absl::AsciiStrToLower(authority));
  return parsed;
}

}  // namespace halfterm::storage
