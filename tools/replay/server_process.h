// A halftermd of our own: started on a directory, stopped, or killed.

#ifndef HALFTERM_TOOLS_REPLAY_SERVER_PROCESS_H_
#define HALFTERM_TOOLS_REPLAY_SERVER_PROCESS_H_
#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace halfterm::tools {

// The program: what the environment's HALFTERMD names, else the one beside this program or, in a
// build tree, in service/. NotFound: there is none.
absl::StatusOr<std::string> FindServer();

// For one thread at a time.
class ServerProcess {
 public:
  // Starts `program` on the data in `directory`, on ports that nobody uses, and waits until it
  // answers. What it logs goes to `directory`.log. Unavailable: it ended, or does not answer within
  // half a minute. The server is killed when the calling thread ends, however it ends: nothing stays
  // behind a test that was killed.
  // With `sockets`, a folder, it listens on files in there instead of ports, so that another one
  // started later is found at the same addresses.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const std::string& program,
                                                              const std::string& directory,
                                                              const std::string& sockets = "");
  // Kills what still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  const std::string& admin_address() const { return admin_address_; }
  pid_t pid() const { return pid_; }

  // As if the power had gone: SIGKILL, and gone when this returns.
  void Kill();
  // SIGTERM; Internal: it ended with an error.
  absl::Status Stop();

 private:
  explicit ServerProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;  // 0: it has ended.
  std::string address_, admin_address_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_SERVER_PROCESS_H_
