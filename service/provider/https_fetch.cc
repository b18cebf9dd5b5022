#include "service/provider/https_fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>

#include <memory>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "storage/accounts/provider_url.h"

namespace halfterm::service {
namespace {

constexpr size_t kMaxAnswerBytes = size_t{256} << 10;
constexpr long kConnectMs = 4'000, kAllMs = 8'000;

bool IsPrivateFour(uint32_t address) {
  const auto within = [address](uint32_t network, int bits) {
    return address >> (32 - bits) == network >> (32 - bits);
  };
  return within(0x00000000, 8) || within(0x0a000000, 8) || within(0x64400000, 10) ||
         within(0x7f000000, 8) || within(0xa9fe0000, 16) || within(0xac100000, 12) ||
         within(0xc0a80000, 16) || within(0xe0000000, 3);
}

bool IsPrivateSix(const in6_addr& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) {
    uint32_t four = 0;
    for (int i = 12; i < 16; ++i) four = four << 8 | address.s6_addr[i];
    return IsPrivateFour(four);
  }
  return IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address) ||
         IN6_IS_ADDR_LINKLOCAL(&address) || IN6_IS_ADDR_MULTICAST(&address) ||
         (address.s6_addr[0] & 0xfe) == 0xfc;
}

bool IsPrivate(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return IsPrivateFour(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    return IsPrivateSix(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  }
  return true;
}

size_t TakeBody(char* bytes, size_t size, size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kMaxAnswerBytes) return 0;  // Ends the call.
  body.append(bytes, size * count);
  return size * count;
}

curl_socket_t OpenPublicOnly(void*, curlsocktype, curl_sockaddr* address) {
  if (IsPrivate(address->addr)) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype, address->protocol);
}

void InitialiseOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

bool IsPrivateAddress(absl::string_view address) {
  const std::string text(address);
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return IsPrivateFour(ntohl(four.s_addr));
  in6_addr six{};
  return inet_pton(AF_INET6, text.c_str(), &six) != 1 || IsPrivateSix(six);
}

absl::StatusOr<std::string> Fetch(const FetchRequest& request) {
  InitialiseOnce();
  const absl::Status unavailable = absl::UnavailableError("the provider does not answer");
  const std::optional<storage::ProviderUrl> url = storage::ParseProviderUrl(request.url);
  if (!url) return absl::UnavailableError("the provider names an address that is not https");
  const std::unique_ptr<CURL, void (*)(CURL*)> call(curl_easy_init(), curl_easy_cleanup);
  if (call == nullptr) return unavailable;
  std::string body;
  curl_slist* list = curl_slist_append(nullptr, "Accept: application/json");
  if (!request.authorization.empty()) {
    list = curl_slist_append(list, absl::StrCat("Authorization: ", request.authorization).c_str());
  }
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);
  CURL* const c = call.get();
  curl_easy_setopt(c, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, url->secure ? "https" : "http");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, kAllMs);
  curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(c, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
  if (url->host != request.trusted_host) {
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, OpenPublicOnly);
  }
  if (!request.form.empty()) {
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form.size()));
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, request.form.c_str());
  }
  if (curl_easy_perform(c) != CURLE_OK) return unavailable;
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 500) return unavailable;
  if (status != 200) return absl::UnauthenticatedError("the provider refused");
  return body;
}

}  // namespace halfterm::service
