// An engine on a disk that is a value: it can be copied, put aside and put back.
//
// The disks of simulated tablets are such. A tablet that is restored from an old copy, or cloned,
// is then an assignment, and one that is switched off between two commits costs nothing.

#ifndef HALFTERM_TESTS_SUPPORT_MEMORY_ENGINE_H_
#define HALFTERM_TESTS_SUPPORT_MEMORY_ENGINE_H_
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "storage/engine.h"

namespace halfterm::testing {

// What is on the disk. A copy costs nothing until one of both is written to.
class MemoryDisk {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;
  using Families = std::array<Rows, storage::kFamilies.size()>;

  MemoryDisk() : families_(std::make_shared<Families>()) {}

  // Whether the bytes stand in any value; with `counts` in any that it says true of.
  using Counts = std::function<bool(storage::Family family, absl::string_view key)>;
  bool Mentions(absl::string_view bytes, const Counts& counts = {}) const;
  bool is_full = false;  // Commits are refused.
  // The commit after so many fails, and every later one until the disk is opened anew.
  int64_t commits_until_failure = -1;  // Never.

 private:
  friend class MemoryEngine;
  friend class MemorySnapshot;
  std::shared_ptr<Families> families_;
};

// `disk` must outlive the engine. For one thread at a time, unlike others.
std::unique_ptr<storage::Engine> OpenMemoryEngine(MemoryDisk& disk);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_MEMORY_ENGINE_H_
