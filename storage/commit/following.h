// Keeps what this server has in memory as new as what it reads, where other servers commit too.
//
// Every commit says what changed that somebody keeps in memory (batch_news.h). A server that hears
// of commits of others reads those rows again, from a view in which they are, before it hands that
// view to anybody: no request is answered from rights that are older than the rows it reads.

#ifndef HALFTERM_STORAGE_COMMIT_FOLLOWING_H_
#define HALFTERM_STORAGE_COMMIT_FOLLOWING_H_
#include <set>
#include <string>

#include "absl/status/status.h"
#include "storage/commit/changes.h"
#include "storage/commit/epochs.h"
#include "storage/commit/sessions.h"
#include "storage/directory/directories.h"
#include "storage/keys.h"
#include "storage/shared_engine.h"

namespace halfterm::storage {

class Following {
 public:
  // All must outlive it.
  Following(Directories& directories, Sessions& sessions, Changes& changes, Epochs& epochs)
      : directories_(directories), sessions_(sessions), changes_(changes), epochs_(epochs) {}

  // As SharedEngine::Heed. DataLoss: a row cannot be read. Unavailable: the store is being moved
  // away.
  absl::Status Heed(const News& news, const Snapshot& view);

 private:
  absl::Status ReadEverything(const Snapshot& view);
  absl::Status ReadDirectoryOf(Tenant tenant, const std::string& name, const Snapshot& view);
  absl::Status ReadEpochs(const Snapshot& view);
  absl::Status ReadSessions(const std::set<std::string>& keys, const Snapshot& view);
  absl::Status PutSession(absl::string_view key, absl::string_view value);
  // Anything may have moved in the school.
  void WakeEverybody(Tenant tenant);

  Directories& directories_;
  Sessions& sessions_;
  Changes& changes_;
  Epochs& epochs_;
  bool has_read_ = false;  // Before the first time nobody watches.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_FOLLOWING_H_
