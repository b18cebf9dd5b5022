#include "tests/support/cutting_proxy.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace halfterm::testing {
namespace {

constexpr char kSocketName[] = "/.s.PGSQL.5432";

sockaddr_un AddressIn(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + kSocketName;
  if (path.size() >= sizeof address.sun_path) std::abort();
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

int NewSocket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

bool SendAll(int to, const char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t sent = send(to, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<size_t>(sent);
  }
  return true;
}

// The bytes of the first message in `said`, or 0: there is no whole one yet. What a connection says
// first has no type, and begins with its length.
size_t FirstMessage(const std::string& said, bool is_first_of_all) {
  const size_t at = is_first_of_all ? 0 : 1;
  if (said.size() < at + 4) return 0;
  size_t length = 0;
  for (size_t i = 0; i < 4; ++i) length = (length << 8) | static_cast<uint8_t>(said[at + i]);
  return said.size() < at + length ? 0 : at + length;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server_folder)
    : server_(server_folder), listener_(NewSocket()), wake_(eventfd(0, EFD_CLOEXEC)) {
  const sockaddr_un address = AddressIn(folder());
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 64) != 0) {
    std::perror("cutting proxy");
    std::abort();
  }
  acceptor_ = std::thread([this] { Accept(); });
}

CuttingProxy::~CuttingProxy() {
  const uint64_t one = 1;
  if (write(wake_, &one, sizeof one) != sizeof one) std::abort();
  acceptor_.join();
  for (std::thread& link : links_) link.join();
  close(listener_);
  close(wake_);
}

void CuttingProxy::CutAt(uint64_t n, Cut cut, Then then) { CutAtText("", n, cut, then); }

void CuttingProxy::CutAtText(const std::string& text, uint64_t n, Cut cut, Then then) {
  const std::lock_guard<std::mutex> lock(mutex_);
  messages_ = 0;
  cut_at_ = stopped_ ? 0 : n;
  is_after_ = false;
  text_ = text;
  cut_ = cut;
  then_ = then;
  has_cut_ = false;
}

void CuttingProxy::CutAfterText(const std::string& text, uint64_t n, Cut cut, Then then) {
  CutAtText(text, n, cut, then);
  const std::lock_guard<std::mutex> lock(mutex_);
  is_after_ = true;
}

bool CuttingProxy::has_cut() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return has_cut_;
}

bool CuttingProxy::AwaitCut() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return has_cut_ || stopped_; });
  return !stopped_;
}

void CuttingProxy::StopCutting() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  cut_at_ = 0;
  changed_.notify_all();
}

uint64_t CuttingProxy::messages() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return messages_;
}

bool CuttingProxy::IsTheOne(const std::string& message, std::optional<uint64_t>& since, Cut& cut) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool has_text = message.find(text_) != std::string::npos;
  if (is_after_) {
    if (has_text) since = 0;
    if (has_text || !since || ++*since != cut_at_ || has_cut_) return false;
  } else if (!has_text || ++messages_ != cut_at_) {
    return false;
  }
  cut = cut_;
  has_cut_ = true;
  changed_.notify_all();
  return true;
}

bool CuttingProxy::IsRefusing() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return has_cut_ && then_ == Then::kRefuse;
}

void CuttingProxy::Accept() {
  pollfd waits[] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
  for (;;) {
    if (poll(waits, 2, -1) < 0) continue;
    if (waits[1].revents != 0) return;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (IsRefusing()) {
      close(client);
      continue;
    }
    links_.emplace_back([this, client] { Serve(client); });
  }
}

void CuttingProxy::Serve(int client) {
  const int server = NewSocket();
  const sockaddr_un address = AddressIn(server_);
  bool goes_on = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  pollfd waits[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {wake_, POLLIN, 0}};
  std::string said;
  bool is_first = true;
  std::optional<uint64_t> since;
  char bytes[16384];
  while (goes_on && poll(waits, 3, -1) > 0 && waits[2].revents == 0) {
    if (waits[1].revents != 0) {
      const ssize_t got = recv(server, bytes, sizeof bytes, 0);
      goes_on = got > 0 && SendAll(client, bytes, static_cast<size_t>(got));
    }
    if (!goes_on || waits[0].revents == 0) continue;
    const ssize_t got = recv(client, bytes, sizeof bytes, 0);
    goes_on = got > 0;
    if (goes_on) said.append(bytes, static_cast<size_t>(got));
    for (size_t length = 0; goes_on && (length = FirstMessage(said, is_first)) > 0;) {
      Cut cut = Cut::kBefore;
      const bool is_the_one = IsTheOne(said.substr(0, length), since, cut);
      if (!is_the_one || cut == Cut::kAfter) goes_on = SendAll(server, said.data(), length);
      if (is_the_one) goes_on = false;
      said.erase(0, length);
      is_first = false;
    }
  }
  close(client);
  close(server);
}

}  // namespace halfterm::testing
