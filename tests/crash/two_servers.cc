#include "tests/crash/two_servers.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "halfterm/v1/summary.grpc.pb.h"
#include "tests/support/await.h"

namespace halfterm::testing {
namespace {

// A halftermd on the databases, started again where it leaves to be (75), after a moment. One that has no keys yet
// gets those of the first server, as somebody who sets up a further server does. It dies with
// whoever is killed in its place. While there is a file KEYS.alone, its ledger is its own.
std::string ScriptOf(const std::string& server, const std::string& rows, const std::string& ledger,
                     const std::string& keys) {
  return "#!/bin/sh\nserver='" + server + "' rows='" + rows + "' ledger='" + ledger + "' keys='" +
         keys + "'\n" +
         R"(data='' next=''
for word in "$@"; do
  [ "$next" = data ] && data=$word
  next=''
  [ "$word" = --data ] && next=data
done
if [ -d "$keys" ] && [ ! -d "$data/keys" ]; then
  mkdir -p "$data" && cp -r "$keys" "$data/keys"
fi
[ -e "$keys.alone" ] || set -- --ledger="$ledger" "$@"
while :; do
  setpriv --pdeathsig KILL "$server" --engine=postgres --postgres="$rows" "$@"
  left=$?
  [ $left = 75 ] || exit $left
  sleep 0.2
done
)";
}

}  // namespace

TwoServers::TwoServers(const std::string& rows, const std::string& ledger) {
  const absl::StatusOr<std::string> program = tools::FindServer();
  EXPECT_TRUE(program.ok()) << program.status();
  if (program.ok()) program_ = *program;
  std::ofstream(script_) << ScriptOf(program_, rows, ledger, keys_);
  chmod(script_.c_str(), 0755);
}

void TwoServers::Begin(bool was_alone) {
  const std::string alone = keys_ + ".alone", ledger = servers_[0].data() + "/ledger";
  if (was_alone) {
    std::ofstream(alone) << "\n";
    Start(0);
    Kill(0);
    std::filesystem::remove(alone);
    ASSERT_TRUE(std::filesystem::exists(ledger));
  }
  Start(0);
  EXPECT_FALSE(std::filesystem::exists(ledger));
  EXPECT_EQ(std::filesystem::exists(ledger + ".in-database"), was_alone);
  std::filesystem::copy(servers_[0].data() + "/keys", keys_,
                        std::filesystem::copy_options::recursive);
  Start(1);
}

void TwoServers::Start(size_t server) {
  setenv("HALFTERMD", script_.c_str(), 1);
  const absl::Status started = servers_[server].Start(sockets_[server].path());
  setenv("HALFTERMD", program_.c_str(), 1);
  ASSERT_TRUE(started.ok()) << started;
  const std::lock_guard<std::mutex> lock(mutex_);
  runs_[server] = true;
}

void TwoServers::Kill(size_t server) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    runs_[server] = false;
  }
  servers_[server].Kill();
}

size_t TwoServers::Next() {
  const std::lock_guard<std::mutex> lock(mutex_);
  do {
    next_ = 1 - next_;
  } while (!runs_[next_]);
  return next_;
}

std::shared_ptr<grpc::Channel> TwoServers::PublicChannel() {
  return servers_[Next()].PublicChannel();
}

v1::OpenSessionReply TwoServers::OpenSession(const std::string& tenant, const core::Id16& person,
                                             const core::Id16& device) {
  v1::OpenSessionReply session = servers_[Next()].OpenSession(tenant, person, device);
  // Its next call may lead to the other server, which has heard of it a moment later.
  for (OutsideServer& server : servers_) {
    const auto sync = v1::Sync::NewStub(server.PublicChannel());
    EXPECT_TRUE(ComesTrue([&] {
      grpc::ClientContext context;
      context.AddMetadata("authorization", "Bearer " + session.token());
      v1::HelloReply reply;
      return sync->Hello(&context, v1::HelloRequest(), &reply).error_code() !=
             grpc::StatusCode::UNAUTHENTICATED;
    }));
  }
  return session;
}

void TwoServers::ExpectThatBothServe() {
  for (OutsideServer& server : servers_) {
    const auto admin = v1::Admin::NewStub(server.admin_channel());
    EXPECT_TRUE(ComesTrue([&admin] {
      grpc::ClientContext context;
      v1::StatsReply reply;
      return admin->Stats(&context, v1::StatsRequest(), &reply).ok();
    }));
  }
}

std::string TwoServers::Figures(size_t server, const std::string& tenant, const SmallSchool& school,
                                const core::Id16& person, uint8_t device) {
  WireTablet tablet(servers_[server], tenant, person, device);
  const auto stub = v1::Summaries::NewStub(tablet.channel());
  v1::SchoolRequest request;
  request.set_school(BytesOf(school.site));
  request.set_h2(SmallSchool::kAutumn1);
  request.set_with_departments(true);
  v1::SchoolReply reply;
  grpc::ClientContext context;
  tablet.Prepare(context);
  const grpc::Status status = stub->School(&context, request, &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  reply.clear_watermark();
  return reply.DebugString();
}

void TwoServers::ExpectThatBothAreRight(const std::string& tenant, const SmallSchool& school,
                                        const core::Id16& leader, uint8_t device) {
  EXPECT_EQ(Figures(0, tenant, school, leader, device),
            Figures(1, tenant, school, leader, static_cast<uint8_t>(device + 1)));
  const v1::StatsReply one = servers_[0].Stats(), other = servers_[1].Stats();
  ASSERT_EQ(one.dispositions_size(), other.dispositions_size());
  for (int i = 0; i < one.dispositions_size(); ++i) {
    EXPECT_EQ(one.dispositions(i), other.dispositions(i)) << "disposition " << i;
  }
  for (OutsideServer& server : servers_) {
    const v1::VerifyReply verified = server.Verify();
    EXPECT_EQ(verified.difference_count(), 0u);
    for (const v1::Difference& difference : verified.differences()) {
      ADD_FAILURE() << difference.ShortDebugString();
    }
  }
}

void PullLessons(WireTablet& tablet) {
  v1::PullRequest request;
  request.mutable_interest()->add_periods(SmallSchool::kAutumn1);
  grpc::ClientContext context;
  tablet.Prepare(context);
  const auto reader = tablet.sync().Pull(&context, request);
  v1::PullReply chunk;
  while (reader->Read(&chunk)) EXPECT_EQ(tablet.held.Apply(chunk), "");
  const grpc::Status pulled = reader->Finish();
  EXPECT_TRUE(pulled.ok()) << pulled.error_message();
}

}  // namespace halfterm::testing
