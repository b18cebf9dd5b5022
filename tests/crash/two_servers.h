// Two halftermd on one database, with one ledger; each is started again where it leaves to be, as a
// supervisor does it. And what a tablet sees of both.

#ifndef HALFTERM_TESTS_CRASH_TWO_SERVERS_H_
#define HALFTERM_TESTS_CRASH_TWO_SERVERS_H_
#include <grpcpp/grpcpp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "tests/crash/outside_server.h"
#include "tests/support/small_school.h"
#include "tests/support/tablet_server.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {

// As a tablet's server it is a balancer: each connection goes to the next one that runs. Start and
// Kill from one thread at a time, beside the calls of TabletServer and no others.
class TwoServers final : public TabletServer {
 public:
  // On the databases with these connection strings.
  TwoServers(const std::string& rows, const std::string& ledger);

  // Starts both for the first time; `was_alone`: the first had its ledger to itself before, and
  // takes it along. Fails the test where they do not start.
  void Begin(bool was_alone);
  void Start(size_t server);
  // SIGKILL.
  void Kill(size_t server);
  OutsideServer& operator[](size_t server) { return servers_[server]; }

  std::shared_ptr<grpc::Channel> PublicChannel() override;
  v1::OpenSessionReply OpenSession(const std::string& tenant, const core::Id16& person,
                                   const core::Id16& device) override;
  int64_t NowMs() override { return servers_[0].NowMs(); }

  // A server that left to be started again is back.
  void ExpectThatBothServe();
  // Both say the same of the school, as `leader` reads it on tablets with this number and the next,
  // and each finds nothing wrong when it recomputes all of it.
  void ExpectThatBothAreRight(const std::string& tenant, const SmallSchool& school,
                              const core::Id16& leader, uint8_t device);
  // What the school's page says at one server: the figures, without how they were read.
  std::string Figures(size_t server, const std::string& tenant, const SmallSchool& school,
                      const core::Id16& person, uint8_t device);

 private:
  size_t Next();

  TemporaryDirectory directory_;
  const std::string script_ = directory_.Path("halftermd"), keys_ = directory_.Path("keys");
  std::string program_;
  const std::array<TemporaryDirectory, 2> sockets_ = {TemporaryDirectory::ForSocket(),
                                                      TemporaryDirectory::ForSocket()};
  std::array<OutsideServer, 2> servers_;
  std::mutex mutex_;
  std::array<bool, 2> runs_ = {};  // Guarded by mutex_, and so is:
  size_t next_ = 0;
};

// Pulls the half-term of all lessons of the tests.
void PullLessons(WireTablet& tablet);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_CRASH_TWO_SERVERS_H_
