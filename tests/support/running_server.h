// The whole server in this process, on free ports of the loopback, over a real engine in a
// temporary directory; and a school in it. Only the clock is a test's own.

#ifndef HALFTERM_TESTS_SUPPORT_RUNNING_SERVER_H_
#define HALFTERM_TESTS_SUPPORT_RUNNING_SERVER_H_
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>

#include "halfterm/v1/admin.grpc.pb.h"
#include "halfterm/v1/directory.grpc.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "halfterm/v1/sync.grpc.pb.h"
#include "service/log.h"
#include "service/server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/small_school.h"
#include "tests/support/tablet_server.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

// What an import of the school brings, with the words that a SmallSchool leaves out.
v1::ImportRequest ImportOf(const SmallSchool& school, const std::string& tenant);

class RunningServer final : public TabletServer {
 public:
  enum class Http { kNone, kWithAPage };  // A page: an app of one file.
  explicit RunningServer(Http http = Http::kNone);
  ~RunningServer() override;

  FakeClock clock{At(2026, 9, 14, 16)};

  service::Server& server() { return *server_; }
  const std::string& data() const { return directory_.path(); }
  const std::string& public_address() const { return server_->grpc_address(); }
  const std::string& admin_address() const { return server_->admin_address(); }

  // A connection of its own for each call. It takes 64 KiB before somebody reads.
  std::shared_ptr<grpc::Channel> PublicChannel() override;
  v1::Admin::Stub& admin() { return *admin_; }
  v1::Directory::Stub& directory() { return *directory_calls_; }

  // Drains the server and starts another one on the same data, on other ports; `meanwhile` is called
  // in between, when nobody holds the files.
  void Restart(const std::function<void()>& meanwhile = [] {});

  // Fails the test where it is refused.
  void Import(const SmallSchool& school, const std::string& tenant);
  v1::OpenSessionReply OpenSession(const std::string& tenant, const core::Id16& person,
                                   const core::Id16& device) override;
  int64_t NowMs() override { return clock.NowMs(); }
  v1::StatsReply Stats();

 private:
  void Start();

  const Http http_;
  TemporaryDirectory directory_;
  service::Log log_;
  std::mutex random_mutex_;
  std::mt19937_64 random_;
  std::unique_ptr<service::Server> server_;
  std::unique_ptr<v1::Admin::Stub> admin_;
  std::unique_ptr<v1::Directory::Stub> directory_calls_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_RUNNING_SERVER_H_
