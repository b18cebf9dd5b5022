#include "tests/support/committed_school.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "storage/rocks/rocks_engine.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/sha256.h"
#include "tests/support/engine_rows.h"
#include "tests/support/hex.h"

namespace halfterm::testing {
namespace {

// Submits the job that `make` builds around a callback, and waits for its answer.
template <typename Reply, typename Make>
absl::StatusOr<Reply> Answer(storage::Committer& committer, Make make) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Reply>>>();
  committer.Submit(
      make([promise](absl::StatusOr<Reply> reply) { promise->set_value(std::move(reply)); }));
  return promise->get_future().get();
}

// The school's own row, as an import would write it.
void WriteTenant(storage::Engine& engine) {
  disk::TenantRow row;
  row.set_handle(CommittedSchool::kTenant);
  row.set_name("Northgate");
  storage::WriteSet writes;
  writes.Put(storage::Family::kMeta, storage::TenantKey("Northgate"), row.SerializeAsString());
  EXPECT_TRUE(engine.Commit(writes).ok());
}

}  // namespace

PushingTablet::PushingTablet(CommittedSchool& school, const core::Id16& person, uint8_t device)
    : school_(school),
      caller_{school.tenant(), {}, person, IdNumber(static_cast<uint8_t>(200 + device))} {
  v1::OpenSessionRequest request;
  request.set_tenant("Northgate");
  request.set_person(BytesOf(person));
  request.set_device(BytesOf(caller_.device));
  const auto session = Answer<v1::OpenSessionReply>(school_.committer(), [&](auto done) {
    return storage::MakeOpenSession(request, std::move(done));
  });
  EXPECT_TRUE(session.ok()) << session.status();
  caller_.session = *core::Id16::FromBytes(session->session());
  key_ = session->key();
  const auto hello = Hello();
  EXPECT_TRUE(hello.ok()) << hello.status();
  replica_ = hello->stores(0).replica();
}

void PushingTablet::GoOnAs(uint64_t replica) {
  replica_ = replica;
  last_n_ = 0;
  hash_ = hash_before_ = {};
  sealed_.clear();
}

absl::StatusOr<v1::HelloReply> PushingTablet::Hello() {
  v1::HelloRequest request;
  v1::Store& store = *request.add_stores();
  store.set_replica(replica_);
  store.set_last_n(last_n_);
  if (last_n_ > 0) store.set_last_hash(std::string(hash_.view()));
  auto reply = Answer<v1::HelloReply>(school_.committer(), [&](auto done) {
    return storage::MakeHello(caller_, request, std::move(done));
  });
  if (reply.ok()) hello_no_ = reply->hello_no();
  return reply;
}

const std::string& PushingTablet::SealBytes(std::string bytes) {
  if (sealed_.empty()) hash_before_ = hash_;
  hash_ = core::ChainHash(hash_, ++last_n_, core::Sha256(bytes));
  sealed_.push_back(std::move(bytes));
  return sealed_.back();
}

const std::string& PushingTablet::Seal(core::GroupKind kind, const core::FacetId& facet,
                                       const std::string& body) {
  core::GroupHeader header;
  header.kind = kind;
  header.replica = replica_;
  header.n = last_n_ + 1;
  header.session = caller_.session;
  header.base_epoch = 1;
  header.base_seq = base_seq;
  header.known = known;
  header.facet = facet;
  header.time.wall_ms = static_cast<uint64_t>(school_.clock.NowMs());
  header.time.hello_no = hello_no_;
  return SealBytes(core::EncodeGroup(header, body, key_));
}

void PushingTablet::Write(const core::FacetId& facet, const core::Facet& held,
                          const std::vector<std::pair<core::Path, std::string>>& values) {
  core::Facet delta;
  for (const auto& [path, value] : values) {
    core::Put(delta, core::Written(held, path, next_dot(), core::Id16{}, value));
  }
  Seal(core::GroupKind::kDelta, facet, core::Encode(delta));
}

void PushingTablet::Intend(const core::FacetId& facet, const v1::Intent& intent) {
  Seal(core::GroupKind::kIntent, facet, intent.SerializeAsString());
}

v1::PushRequest PushingTablet::TakeSealed() {
  v1::PushRequest request;
  request.set_replica(replica_);
  request.set_first_n(last_n_ - sealed_.size() + 1);
  for (const std::string& group : sealed_) request.add_groups(group);
  request.set_epoch(1);
  if (request.first_n() > 1) request.set_hash_before(std::string(hash_before_.view()));
  sealed_.clear();
  return request;
}

absl::StatusOr<v1::PushReply> PushingTablet::Push() { return Send(TakeSealed()); }

void PushingTablet::SendLater(const v1::PushRequest& request,
                              std::function<void(absl::StatusOr<v1::PushReply>)> done) {
  school_.committer().Submit(storage::MakePush(caller_, request, std::move(done)));
}

absl::StatusOr<v1::PushReply> PushingTablet::PushAgain() { return Send(last_); }

absl::StatusOr<v1::PushReply> PushingTablet::Send(v1::PushRequest request) {
  last_ = std::move(request);
  return Answer<v1::PushReply>(school_.committer(), [&](auto done) {
    return storage::MakePush(caller_, last_, std::move(done));
  });
}

CommittedSchool::CommittedSchool() {
  Open();
  WriteTenant(*engine_);
  PutDirectory();
}

CommittedSchool::~CommittedSchool() { committer_->Drain(); }

void CommittedSchool::Open() {
  storage::RocksEngineOptions options;
  options.directory = directory_.Path("store");
  options.free_bytes = [this]() -> absl::StatusOr<uint64_t> { return free_bytes_.load(); };
  auto engine = storage::OpenRocksEngine(options);
  if (!engine.ok()) {
    ADD_FAILURE() << engine.status();
    std::abort();
  }
  engine_ = *std::move(engine);
  secrets_ = std::make_unique<storage::Secrets>(std::string(32, 'k'));
  epochs_ = std::make_unique<storage::Epochs>(*storage::Epochs::Open(*engine_, clock));
  directories_ = std::make_unique<storage::Directories>();
  sessions_ = std::make_unique<storage::Sessions>();
  changes_ = std::make_unique<storage::Changes>();
  if (Head().seq() > 0) PutDirectory();  // What is there is known before the committer begins.
  EXPECT_TRUE(sessions_->Load(*engine_).ok());
  context_ = std::make_unique<storage::BatchContext>(
      storage::BatchContext{*engine_, clock, *directories_, *sessions_, *changes_, *secrets_,
                            *epochs_, [this](size_t bytes) {
                              std::string random(bytes, '\0');
                              for (char& byte : random) byte = static_cast<char>(random_());
                              return random;
                            }});
  committer_ = std::make_unique<storage::Committer>(*engine_, clock, *context_);
}

void CommittedSchool::Reopen() {
  committer_->Drain();
  committer_.reset();
  context_.reset();
  EXPECT_TRUE(engine_->Close().ok());
  engine_.reset();
  Open();
}

void CommittedSchool::PutDirectory() {
  directories_->Put(tenant(), "Northgate", std::make_shared<sync::Directory>(people.Made()));
}

core::Id16 CommittedSchool::NewId() {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes.push_back(static_cast<char>(random_()));
  return *core::Id16::FromBytes(bytes);
}

disk::FacetRow CommittedSchool::StoredRow(const core::FacetId& facet) {
  disk::FacetRow row;
  const auto stored = engine_->Get(storage::Family::kState, storage::FacetKey(tenant(), facet));
  if (stored.ok()) {
    EXPECT_TRUE(row.ParseFromString(*stored));
  }
  return row;
}

core::Facet CommittedSchool::Stored(const core::FacetId& facet) {
  const disk::FacetRow row = StoredRow(facet);
  if (row.facet().empty()) return {};
  auto decoded = core::Decode(row.facet(), core::kFacetLimits);
  EXPECT_TRUE(decoded.ok());
  return std::move(decoded).value();
}

disk::HeadRow CommittedSchool::Head() {
  disk::HeadRow row;
  const auto stored = engine_->Get(storage::Family::kMeta, storage::HeadKey(tenant()));
  if (stored.ok()) {
    EXPECT_TRUE(row.ParseFromString(*stored));
  }
  return row;
}

size_t CommittedSchool::LogRows() {
  const std::string prefix = storage::OplogPrefix(tenant());
  return RowsOf(*engine_->NewSnapshot(), storage::Family::kLog, prefix,
                storage::EndOfPrefix(prefix))
      .size();
}

std::vector<std::pair<std::string, std::string>> CommittedSchool::Rollups() {
  const std::string prefix = storage::RollupPrefix(tenant());
  Rows rows = RowsOf(*engine_->NewSnapshot(), storage::Family::kDerived, prefix,
                     storage::EndOfPrefix(prefix));
  for (auto& [key, value] : rows) {
    key = ToHex(key);
    value = ToHex(value);
  }
  return rows;
}

}  // namespace halfterm::testing
