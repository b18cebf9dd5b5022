#include "tests/simulation/whole/tablet.h"

#include "absl/strings/str_cat.h"
#include "tests/support/hex.h"

namespace halfterm::testing {
namespace {

constexpr size_t kLatePushes = 12;
constexpr int kGreetings = 4;

// The calls, without anything between.
class SimulatedCalls final : public tools::TabletCalls {
 public:
  explicit SimulatedCalls(Network& network) : network_(network) {}

  absl::StatusOr<v1::HelloReply> Hello(const std::string& token,
                                       const v1::HelloRequest& request) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    return network_.server.Hello(*caller, request);
  }

  absl::StatusOr<v1::PushReply> Push(const std::string& token,
                                     const v1::PushRequest& request) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    network_.late.emplace_back(token, request);
    if (network_.late.size() > kLatePushes) network_.late.pop_front();
    return network_.server.Push(*caller, request);
  }

  absl::Status Pull(const std::string& token, const v1::PullRequest& request,
                    const std::function<absl::Status(const v1::PullReply&)>& take) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    v1::PullRequest next = request;
    next.set_max_bytes(network_.chunk_bytes);
    for (bool more = true; more;) {
      if (network_.chunks_until_cut == 0) return absl::UnavailableError("the stream was cut");
      if (network_.chunks_until_cut > 0) --network_.chunks_until_cut;
      const absl::StatusOr<v1::PullReply> chunk = network_.server.Pull(*caller, next);
      if (!chunk.ok()) return chunk.status();
      ++network_.chunks;
      CheckSent(*caller, *chunk);
      const absl::Status taken = take(*chunk);
      if (!taken.ok()) return taken;
      next.set_cursor(chunk->cursor());
      more = chunk->more();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<v1::FetchReply> Fetch(const std::string& token,
                                       const v1::FetchRequest& request) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    return network_.server.Fetch(*caller, request);
  }
  absl::StatusOr<v1::DescendReply> Descend(const std::string& token,
                                           const v1::DescendRequest& request) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    return network_.server.Descend(*caller, request);
  }
  absl::StatusOr<v1::ConfirmReply> Confirm(const std::string& token,
                                           const v1::ConfirmRequest& request) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    return network_.server.Confirm(*caller, request);
  }
  absl::StatusOr<v1::OfferReply> Offer(const std::string& token,
                                       const v1::OfferRequest& request) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    return network_.server.Offer(*caller, request);
  }
  absl::StatusOr<v1::RefillReply> Refill(const std::string& token,
                                         const v1::RefillRequest& request) override {
    const auto caller = network_.server.CallerOf(token);
    if (!caller.ok()) return caller.status();
    return network_.server.Refill(*caller, request);
  }

 private:
  void CheckSent(const storage::Caller& caller, const v1::PullReply& chunk) {
    for (const v1::Item& item : chunk.items()) {
      for (const v1::Held& held : item.held()) {
        const auto facet = core::FacetId::Parse(held.facet());
        if (facet && network_.oracle.MayHold(caller.person, *facet)) continue;
        if (!network_.broken.empty()) continue;
        network_.broken = absl::StrCat("I6: a tablet was sent facet ", ToHex(held.facet()),
                                       ", which its person may not read");
      }
    }
  }

  Network& network_;
};

}  // namespace

const std::set<uint16_t>& SimulatedTablet::Periods() {
  static const auto* const periods =
      new std::set<uint16_t>{SmallSchool::kAutumn1, SmallSchool::kAutumn2, SmallSchool::kSpring1};
  return *periods;
}

SimulatedTablet::SimulatedTablet(Network& network, const core::Id16& device)
    : network_(network), device_(device), clock_(network.server.clock()) {
  tools::TabletOptions options;
  options.device = device;
  for (const uint16_t period : Periods()) options.periods.push_back(period);
  tablet_ = std::make_unique<tools::Tablet>(
      std::move(options), sync::Schema::OfThisBuild(), clock_,
      tools::TabletFaults(tools::kNoFaults, 0, 0),
      tools::TabletParts{std::make_unique<SimulatedCalls>(network),
                         [this] { return OpenMemoryEngine(disk_); }});
}

std::string SimulatedTablet::Enrol(const core::Id16& person) {
  if (people_.empty()) {
    if (const absl::Status on = tablet_->SwitchOn(); !on.ok()) return on.ToString();
  }
  const auto session = network_.server.OpenSession(person, device_);
  if (!session.ok()) return session.status().ToString();
  people_.push_back(person);
  const absl::Status enrolled = tablet_->Enrol(person, *session);
  return enrolled.ok() ? "" : enrolled.ToString();
}

std::string SimulatedTablet::SignInAgain(const core::Id16& person) {
  const auto session = network_.server.OpenSession(person, device_);
  const absl::Status enrolled = session.ok() ? tablet_->Enrol(person, *session) : session.status();
  return enrolled.ok() ? "" : enrolled.ToString();
}

std::string SimulatedTablet::Restart() { return PutBack(MemoryDisk(disk_), people_); }

std::string SimulatedTablet::PutBack(const MemoryDisk& copy,
                                     const std::vector<core::Id16>& people) {
  absl::Status status = tablet_->SwitchOff();
  disk_ = copy;
  disk_.commits_until_failure = -1;
  people_ = people;
  clock_.Restart();
  if (status.ok()) status = tablet_->SwitchOn();
  return status.ok() ? "" : absl::StrCat("a tablet does not start: ", status.ToString());
}

std::string SimulatedTablet::Do(const core::Id16& person, const tools::Gesture& gesture,
                                tools::Sealing sealing) {
  // A person who was never greeted has no store to write in yet.
  if (StoreOf(person).outbox().row().replica() == 0) return "";
  tools::Gesture now = gesture;
  now.person = person;
  now.at_ms = clock_.NowMs();
  // What is a group of its own follows what was collected before it.
  if (sealing == tools::Sealing::kEachGesture) {
    const absl::Status sealed = StoreOf(person).Seal();
    if (!sealed.ok()) return absl::IsUnavailable(sealed) ? "" : sealed.ToString();
  }
  const auto done = tablet_->Do(person, {now}, sealing);
  if (done.ok() || absl::IsUnavailable(done.status())) return "";
  return absl::StrCat("a gesture: ", done.status().ToString());
}

std::string SimulatedTablet::TryToMeet(const core::Id16& person, absl::Status& status) {
  for (int greetings = 0; greetings < kGreetings; ++greetings) {
    status = tablet_->Greet(person);
    if (!status.ok()) return "";
    for (bool more = true; more && status.ok();) status = tablet_->PushSome(person, more);
    if (status.ok()) status = tablet_->Pull(person);
    if (!absl::IsFailedPrecondition(status)) return "";
  }
  return absl::StrCat("is told to greet again and again: ", status.ToString());
}

std::string SimulatedTablet::Meet(const core::Id16& person, const tools::FaultRates& rates,
                                  uint64_t seed, bool& is_complete) {
  tablet_->faults() = tools::TabletFaults(rates, seed, 0);
  absl::Status status;
  std::string wrong = TryToMeet(person, status);
  is_complete = wrong.empty() && status.ok();
  if (!wrong.empty() || !network_.broken.empty()) {
    return wrong.empty() ? network_.broken : wrong;
  }
  if (status.ok() || absl::IsUnavailable(status) || absl::IsResourceExhausted(status)) return "";
  return absl::StrCat("a meeting: ", status.ToString());
}

std::string SimulatedTablet::Check(const core::Id16& person) {
  const auto right = network_.oracle.Right(person, Periods());
  size_t expected = 0, found = 0;
  for (const auto& [id, record] : right) expected += record.facets.size();
  std::string wrong;
  const absl::Status read =
      StoreOf(person).base().ForEach([&](const core::FacetId& id, const disk::TabletFacetRow& row) {
        ++found;
        const auto record = right.find(id.record);
        if (record == right.end() || record->second.facets.count(id) == 0) {
          wrong = absl::StrCat("I6: holds facet ", ToHex(id.Bytes()), ", which is not theirs");
        } else if (record->second.facets.at(id).bytes != row.facet()) {
          wrong = absl::StrCat("I1: has other content in facet ", ToHex(id.Bytes()));
        }
      });
  if (!read.ok()) return read.ToString();
  if (wrong.empty() && found != expected) {
    wrong = absl::StrCat("I1: holds ", found, " facets of ", expected);
  }
  return wrong;
}

}  // namespace halfterm::testing
