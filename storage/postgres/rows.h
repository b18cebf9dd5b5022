// What lies in halfterm_row: the families of engine.h under numbers that are on disk, and two row
// spaces of this engine's own.

#ifndef HALFTERM_STORAGE_POSTGRES_ROWS_H_
#define HALFTERM_STORAGE_POSTGRES_ROWS_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/engine.h"

namespace halfterm::storage::postgres {

// 1 to 6. On disk; never reused.
int16_t NumberOf(Family family);

// In tenant 0, under the empty key: the Head.
constexpr int16_t kHeads = 100;
// In tenant 0: one row a tenant that has rows, its key the handle, its value empty.
constexpr int16_t kCatalogue = 101;
// In tenant 0: one row a commit, its key the commit's number (8 bytes), its value the commit's mark
// (8 bytes) and, after kSaid, what the other servers are told; nothing where that is not said. The
// last kKeptNews of them.
constexpr int16_t kNews = 102;
constexpr char kSaid[] = "n";
constexpr uint64_t kKeptNews = 4096;

// How far the store has come, and by which commit. Every commit replaces it, where it is what the
// committing server read: so none builds on what it has not seen, and a commit whose answer was
// lost can be looked up.
struct Head {
  uint64_t commits = 0;  // Of all servers.
  // By chance: that of a server that is alone, with kAlone; else the last commit's, without it. Two
  // histories differ in it.
  uint64_t mark = 0;
  static constexpr uint64_t kAlone = uint64_t{1} << 63;
  bool is_of_one_alone() const { return (mark & kAlone) != 0; }

  friend bool operator==(const Head& a, const Head& b) {
    return a.commits == b.commits && a.mark == b.mark;
  }
};
std::string BytesOf(const Head& head);
std::optional<Head> HeadFrom(absl::string_view bytes);

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_ROWS_H_
