#include "storage/postgres/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/writer.h"

namespace halfterm::storage::postgres {

Listener::Listener(std::string conninfo, std::chrono::milliseconds every,
                   std::function<void(uint64_t)> look)
    : conninfo_(std::move(conninfo)),
      every_(every),
      look_(std::move(look)),
      stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { Run(); }) {}

Listener::~Listener() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_, &one, sizeof one);
  thread_.join();
  close(stop_);
}

void Listener::Run() {
  std::unique_ptr<Connection> connection;
  pollfd stop{stop_, POLLIN, 0};
  while (poll(&stop, 1, 0) == 0) {
    if (connection == nullptr) {
      absl::StatusOr<std::unique_ptr<Connection>> opened =
          Connection::Open(conninfo_, Purpose::kReading);
      if (opened.ok() && (*opened)->Listen(kChannel).ok()) connection = *std::move(opened);
      // Of what was notified while nobody listened.
      look_(0);
    }
    if (connection == nullptr) {
      poll(&stop, 1, static_cast<int>(every_.count()));
      continue;
    }
    const std::optional<std::string> notice = connection->AwaitNotice(stop_, every_);
    uint64_t number = 0;
    if (notice && !absl::SimpleAtoi(*notice, &number)) number = 0;
    if (connection->is_lost()) {
      connection.reset();
    } else {
      look_(number);
    }
  }
}

}  // namespace halfterm::storage::postgres
