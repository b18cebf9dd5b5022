// One observer on one tablet with one store, who writes visits without end, whatever becomes of the
// server, and remembers every answer. Only what was answered counts as kept; the server must never
// again say anything else about it.
//
// It keeps its own chain and its own list of what it wrote where, apart from the WireTablet's, so
// that a mistake in one is no mistake in both.

#ifndef HALFTERM_TESTS_CRASH_STEADY_WRITER_H_
#define HALFTERM_TESTS_CRASH_STEADY_WRITER_H_
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "halfterm/v1/sync.pb.h"
#include "sync/core/types.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {

// Whom one writer observes.
struct Post {
  core::Id16 observer, teacher, department;
};

// What went wrong with answered groups; all of it fails the test too.
struct BrokenPromises {
  uint64_t lost = 0;     // Answered, and not held any more.
  uint64_t doubled = 0;  // Answered a second time in another way.

  BrokenPromises& operator+=(const BrokenPromises& other) {
    lost += other.lost;
    doubled += other.doubled;
    return *this;
  }
};

// Whether the server is not there, or about to leave: in the moment of its closing gRPC itself
// answers CANCELLED.
bool DoesNotAnswer(const grpc::Status& status);

// For one thread at a time.
class SteadyWriter {
 public:
  // Opens a session and a store.
  SteadyWriter(TabletServer& server, const std::string& tenant, const Post& post, uint8_t number,
               uint64_t seed);

  // Greets a server that was started again, and compares its word with what was answered before.
  // Nothing may be lost, and of a push that was not answered all or nothing is there.
  void Greet();
  // The same; false where the server does not answer.
  [[nodiscard]] bool IsGreeted();

  // Pushes what waits, or else `groups` new ones, at most 40. An error leaves them waiting.
  grpc::Status Push(size_t groups);
  bool waits() const { return acked_.size() < groups_.size(); }

  // Sends the last answered push again, and fails the test unless the answer is the same.
  grpc::Status RepeatLast();
  // So with everything that was ever answered, in the largest pushes.
  grpc::Status RepeatAll();

  // Pulls, and looks for each value that was written and not replaced since. Returns how many
  // values it found. Nothing may wait.
  uint64_t FindEverything();

  uint64_t applied_n() const { return applied_n_; }  // As of the last Greet().
  uint64_t acked_n() const { return acked_.size(); }
  uint64_t last_n() const { return groups_.size(); }
  uint64_t unanswered_but_kept() const { return unanswered_but_kept_; }
  uint64_t kept_aside() const { return strays_.size(); }
  const BrokenPromises& broken() const { return broken_; }
  // Sequence numbers of all answered groups.
  std::vector<uint64_t> Seqs() const;

 private:
  struct Visit {
    core::Id16 id, strength;
    uint32_t rounds = 0;
  };
  struct Value {
    core::Dot dot;
    std::string value;
  };

  core::Id16 NewId();
  core::FacetId SheetOf(const Visit& visit) const;
  void WriteGroup();
  void Write(const core::FacetId& facet, const WireTablet::Values& values);
  void WriteNextOf(Visit& visit);
  void Edit(Visit& visit);
  void WriteStray(const Visit& visit);
  void Share(Visit& visit);
  std::string Words();
  void Take(const v1::PushRequest& request, const v1::PushReply& reply);
  // What the group is to be answered; `said`: what it was.
  v1::Outcome OutcomeOf(uint64_t n, v1::Outcome said) const;
  void Compare(const v1::HelloReply& reply);
  void Compare(const v1::PushRequest& request, const v1::PushReply& reply);
  v1::PushRequest RequestOf(uint64_t first_n, uint64_t last_n) const;

  const Post post_;
  const std::string name_;
  std::mt19937_64 random_;
  WireTablet tablet_;
  std::vector<std::string> groups_;     // By number, from 1: all that was ever sealed,
  std::vector<core::Digest16> chain_;   // and the chain after it; first that before any.
  std::vector<v1::PushResult> acked_;   // By number, from 1.
  std::set<uint64_t> strays_, shares_;  // Numbers of groups to be kept aside; of intents.
  std::map<core::FacetId, std::map<core::Path, Value>> wrote_;
  std::vector<Visit> visits_;
  int parts_of_last_ = 0;
  uint64_t sent_n_ = 0;  // Groups up to here went out once and were not answered then.
  std::optional<v1::PushRequest> last_push_;
  uint64_t applied_n_ = 0, unanswered_but_kept_ = 0;
  BrokenPromises broken_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_CRASH_STEADY_WRITER_H_
