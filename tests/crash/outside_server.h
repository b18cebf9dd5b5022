// A halftermd in a process of its own, so that it can be killed; on data that outlive it.

#ifndef HALFTERM_TESTS_CRASH_OUTSIDE_SERVER_H_
#define HALFTERM_TESTS_CRASH_OUTSIDE_SERVER_H_
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "halfterm/v1/admin.grpc.pb.h"
#include "halfterm/v1/directory.pb.h"
#include "tests/support/tablet_server.h"
#include "tests/support/temporary_directory.h"
#include "tools/replay/server_process.h"

namespace halfterm::testing {

// Start and Kill from one thread, while no other call runs; the others from any.
class OutsideServer final : public TabletServer {
 public:
  // On other ports each time, or on the same files in `sockets`. Errors of tools::ServerProcess.
  absl::Status Start(const std::string& sockets = "");
  // SIGKILL, and gone when this returns.
  void Kill();

  // Where it listens, and its data directory.
  const std::string& admin_address() const { return process_->admin_address(); }
  std::string data() const { return directory_.Path("data"); }

  const std::shared_ptr<grpc::Channel>& admin_channel() const { return admin_channel_; }

  std::shared_ptr<grpc::Channel> PublicChannel() override;
  v1::OpenSessionReply OpenSession(const std::string& tenant, const core::Id16& person,
                                   const core::Id16& device) override;
  int64_t NowMs() override;

  // These fail the test where they are refused.
  void Import(const v1::ImportRequest& request);
  v1::StatsReply Stats();
  // The last message of a verification of everything.
  v1::VerifyReply Verify();

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<tools::ServerProcess> process_;
  std::shared_ptr<grpc::Channel> admin_channel_;
  std::unique_ptr<v1::Admin::Stub> admin_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_CRASH_OUTSIDE_SERVER_H_
