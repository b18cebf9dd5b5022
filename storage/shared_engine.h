// An engine whose rows several servers write, each in its turn.
//
// A turn belongs to one server at a time in the whole store. Whoever has it reads, decides and
// commits, and nobody else commits meanwhile; so what was read is still so when it is written, and
// all commits of all servers are in one order, with a number each. What a server keeps in memory is
// made true again from the news that every commit carries: before a turn begins, and before a
// snapshot is handed out. A snapshot is therefore never newer than what its server knows.

#ifndef HALFTERM_STORAGE_SHARED_ENGINE_H_
#define HALFTERM_STORAGE_SHARED_ENGINE_H_
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/engine.h"

namespace halfterm::storage {

// What other servers committed since this one looked last.
struct News {
  // What was said with each commit, the oldest first.
  std::vector<std::string> said;
  // Some of it is not kept any more, or this is the first look: everything is to be read anew.
  bool is_all_new = false;
};

// Threads as Engine says; turns are for the thread that commits.
class SharedEngine : public Engine {
 public:
  // The engine, if others may commit to it too; else null.
  static SharedEngine* Of(Engine& engine) { return dynamic_cast<SharedEngine*>(&engine); }

  // Told before anything is read that is newer than what it was told last; `view` is as new as the
  // news. One call at a time, on whichever thread looked. An error makes that thread's reading, or
  // its turn, fail with it; the same news comes again.
  using Heed = std::function<absl::Status(const News& news, const Snapshot& view)>;

  // From now on `heed` is told; at once of everything. To be called once, before the first turn.
  // Errors of `heed`, and as Snapshot's.
  virtual absl::Status Follow(Heed heed) = 0;
  // Whether that was called; turns are taken from then on.
  virtual bool IsFollowing() const = 0;

  // Waits for this server's turn. True: others have committed since its last one, so that what it
  // kept from then is to be forgotten. Errors as Commit's.
  virtual absl::StatusOr<bool> BeginTurn() = 0;
  // Ends a turn in which nothing was committed, and takes back what was written ahead. Without
  // either it does nothing.
  virtual void EndTurn() = 0;
  // Asks the database whether the turn is still this server's. For `agree` of CommitTurn.
  virtual bool HasTurn() = 0;

  // What is decided already of the set that will be committed next, by either call: the engine may
  // begin to write it while the rest is decided. Each call brings the whole set as it is by then,
  // with what it held before unchanged. Nothing but speed depends on it, and errors show in the
  // commit. Whoever then commits nothing ends the turn, also where he had none.
  virtual void WriteAhead(const WriteSet& writes) = 0;

  // As Commit, and ends the turn, also where it fails. `news` is what others are told; `publish` is
  // called after the commit, before any snapshot of this server shows it, and must not call the
  // engine. An empty set writes nothing and is published, once what others committed before this turn
  // is as safe as a commit of this server's own: it may be answered from.
  //
  // `agree` is called when nothing but the commit itself is left to do and the turn is this
  // server's; it may ask HasTurn. Its error is returned, with nothing written. True: it did what
  // stands whatever becomes of the commit; so it is not called again, and a commit that is not made
  // ends the engine, for the next start to settle. False: it has looked, and looks again where the
  // commit is tried on another connection.
  //
  // Aborted: the turn was lost with its connection, and another server has had one since. Nothing
  //   was written; what was decided in this turn is to be decided again.
  using Agree = std::function<absl::StatusOr<bool>()>;
  virtual absl::Status CommitTurn(const WriteSet& writes, absl::string_view news,
                                  const std::function<void()>& publish,
                                  const Agree& agree = {}) = 0;

  // Commits nothing more, as after a failure of its own; `why` is told to whoever is told of that.
  virtual absl::Status GiveUp(const absl::Status& why) = 0;

  // Commit() is for a server that is starting, and knows nothing yet. Others wait meanwhile; where
  // one has committed all the same, because a connection was lost, it is Aborted. Others are told
  // that everything is new.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SHARED_ENGINE_H_
