// A batch that goes to a database is on its way while the rest of it is still being decided.
//
// Of the time of a commit PostgreSQL takes most for the rows themselves, on a processor of its own.
// So rows leave as they are decided, by the piece; the commit brings what is left.

#ifndef HALFTERM_STORAGE_COMMIT_WRITE_AHEAD_H_
#define HALFTERM_STORAGE_COMMIT_WRITE_AHEAD_H_
#include <cstddef>

#include "storage/shared_engine.h"

namespace halfterm::storage {

// To be called after each write to the set; does something at every 64th. Whoever does not commit
// the set ends the engine's turn.
inline void WriteAhead(Engine& engine, const WriteSet& writes) {
  constexpr size_t kPiece = 64;
  if (writes.Count() % kPiece != 0) return;
  if (SharedEngine* const shared = SharedEngine::Of(engine)) shared->WriteAhead(writes);
}

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_WRITE_AHEAD_H_
