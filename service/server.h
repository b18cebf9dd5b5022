// The server: all its parts, built in the order in which they need each other, and taken down so
// that nothing that was promised is lost.

#ifndef HALFTERM_SERVICE_SERVER_H_
#define HALFTERM_SERVICE_SERVER_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/log.h"
#include "storage/accounts/passphrase.h"
#include "storage/clock.h"

namespace halfterm::service {

struct ServerOptions {
  // Everything that the server keeps: DIR/store (the database), DIR/ledger (what no restore may
  // take back) and DIR/keys (its secrets), which two belong to no backup of the database.
  std::string data;

  // Connection string of the PostgreSQL database that holds the rows; empty: DIR/store does.
  std::string postgres;
  // That of the database that is the ledger, in another cluster than the rows: several servers
  // share both. Empty: DIR/ledger is, and this server has the rows to itself.
  std::string ledger;
  // Without `ledger`: takes the rows from another server that is still connected to them.
  bool take_over = false;

  // HOST:PORT, or unix:PATH. Port 0 takes a free one.
  std::string grpc_address = "127.0.0.1:7400";
  std::string admin_address = "127.0.0.1:7490";
  // HOST:PORT for the tablets' browsers; empty: no HTTP.
  std::string http_address;
  // Folder of the built tablet app; empty: where AppFiles::Find finds it.
  std::string app;

  // Below this many free bytes on the disk pushes are refused, while there is still room to work.
  uint64_t low_space_bytes = uint64_t{512} << 20;

  // What one try of a passphrase costs; less in tests only.
  storage::PassphraseCost passphrase_cost;

  // Called once when the server cannot go on and must be started again; from any thread, and must
  // not block. Drain may still be called.
  std::function<void(absl::string_view why)> on_fatal;
};

// Where the database lies in a data directory.
std::string StoreDirectory(absl::string_view data);

// Start and Drain from one thread; the others are safe from any.
class Server {
 public:
  // What only main() knows: the time, unguessable bytes, the log. All must outlive the server.
  struct World {
    const storage::Clock& clock;
    std::function<std::string(size_t bytes)> random;
    Log& log;
  };

  // Serves when it returns. Errors of OpenRocksEngine or OpenPostgresEngine, Secrets::Open and
  // OpenHistory; Unavailable: an address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, World world);
  ~Server();  // Drains.

  // HOST:PORT with the port in use, or unix:PATH.
  const std::string& grpc_address() const;
  const std::string& admin_address() const;
  // Empty without HTTP.
  const std::string& http_address() const;
  // 0 for a socket file, and without HTTP.
  int grpc_port() const;
  int admin_port() const;
  int http_port() const;

  // Streams that are open now.
  size_t open_pulls() const;
  size_t open_watches() const;

  // Says NOT_SERVING, ends streams (UNAVAILABLE: each client has its cursor), commits and answers
  // what was taken, refuses the rest with UNAVAILABLE, and closes the store; within 10 seconds. A
  // second call is no error.
  void Drain();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SERVER_H_
