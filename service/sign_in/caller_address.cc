#include "service/sign_in/caller_address.h"

#include <arpa/inet.h>

#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace halfterm::service {
namespace {

constexpr absl::string_view kHere = "here";

// An address as text, or nothing.
std::string Network(absl::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return text;
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return "";
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    char mapped[INET_ADDRSTRLEN] = "";
    return inet_ntop(AF_INET, &six.s6_addr[12], mapped, sizeof mapped) == nullptr ? "" : mapped;
  }
  if (!IN6_IS_ADDR_LOOPBACK(&six)) std::memset(&six.s6_addr[8], 0, 8);
  char network[INET6_ADDRSTRLEN] = "";
  return inet_ntop(AF_INET6, &six, network, sizeof network) == nullptr ? "" : network;
}

}  // namespace

std::string CallerAddress(absl::string_view peer, absl::string_view forwarded_for) {
  std::string address;
  if (absl::ConsumePrefix(&peer, "ipv4:")) {
    address = Network(peer.substr(0, peer.rfind(':')));
  } else if (absl::ConsumePrefix(&peer, "ipv6:")) {
    // Brackets come as they are or percent-encoded.
    std::string text = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}});
    const size_t open = text.find('['), close = text.find(']');
    if (open == 0 && close != std::string::npos) address = Network(text.substr(1, close - 1));
  }
  const bool is_here = address.empty() || absl::StartsWith(address, "127.") || address == "::1";
  if (!is_here) return address;
  const size_t comma = forwarded_for.rfind(',');
  if (comma != absl::string_view::npos) forwarded_for.remove_prefix(comma + 1);
  const std::string said = Network(absl::StripAsciiWhitespace(forwarded_for));
  return said.empty() ? std::string(kHere) : said;
}

}  // namespace halfterm::service
