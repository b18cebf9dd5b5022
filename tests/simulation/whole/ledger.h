// What was promised: every group that the server took, and every word that somebody saw on their
// screen when they had written it.
//
// The ledger reads the server's log from outside and keeps its own copy of it. A row that changes
// or goes, a group that is taken twice, a number that is given twice, a value that is neither there
// nor was seen by whoever replaced it: each is a broken promise, and has a name.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_LEDGER_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_LEDGER_H_
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sync/core/facet.h"
#include "tests/simulation/whole/server.h"
#include "tests/simulation/whole/tablet.h"

namespace halfterm::testing {

// A text that is written once and can be told from every other.
struct Word {
  std::string text;
  core::FacetId facet;
  core::Path path;
  std::set<std::string> seen;  // The words that its writer saw there, and replaced.
  size_t tablet = 0;           // Which tablet has it, before the server does.
  bool went_with_its_tablet = false;
};

class Ledger {
 public:
  explicit Ledger(SimulatedServer& server) : server_(server) {}

  // Words. `Wrote` after the gesture is on the tablet's disk.
  std::string NextWord() { return "word" + std::to_string(words_.size()) + "."; }
  void Wrote(Word word);
  void Removed(const std::set<std::string>& seen) { removed_.insert(seen.begin(), seen.end()); }
  // A tablet was put back, and these are all disks now: what is neither on one of them nor with the
  // server went with it. That is the one loss that nobody can prevent.
  void DiskWasPutBack(const std::vector<const MemoryDisk*>& surviving);

  // The server became what it was when a backup was made. What is neither in it nor on a disk of
  // `surviving` is gone: nobody can bring it back. The log begins anew, and what it says of words
  // with it.
  std::string ServerWasRestored(const std::vector<const MemoryDisk*>& surviving);

  // That whatever the server took and that is in no two backups (up to `durable`) is still on the
  // disk of the tablet that wrote it, by number; but for tablets that were put back.
  std::string CheckKept(uint64_t durable, const std::vector<const MemoryDisk*>& disks,
                        const std::set<size_t>& put_back) const;

  // Each says what is wrong, or nothing. Reads the log's new rows.
  std::string ReadLog();
  // That the old rows are as they were, and that everything committed is where it belongs.
  std::string CheckServer();
  // That what the tablet was answered is what the server's log says.
  std::string CheckAnswers(SimulatedTablet& tablet);
  // Once everything was sent: that no word is lost.
  std::string CheckWords();

  uint64_t groups() const { return seq_of_.size(); }
  uint64_t words() const { return words_.size(); }
  uint64_t went() const;
  // By disposition.
  const std::map<uint32_t, uint64_t>& dispositions() const { return dispositions_; }
  // What was logged so far, in few bytes; the same for the same history.
  const std::string& trace() const { return trace_; }

 private:
  struct Logged {
    std::string group_hash, row_hash;  // Of the row without what an erasure or a release changes.
    core::Id16 record;
    uint32_t disposition = 0;
    int64_t stamp_ms = 0;
  };
  std::string Read(uint64_t seq, const std::string& bytes);
  void ReadEffects(const disk::LogRow& row);
  std::string CheckFacet(const core::FacetId& id, const core::Facet& committed,
                         const core::Facet& held, uint64_t server_replica) const;
  bool IsErased(const core::Id16& record) const;

  SimulatedServer& server_;
  std::vector<Word> words_;
  std::set<std::string> removed_;
  std::map<uint64_t, Logged> log_;
  std::map<core::Dot, uint64_t> seq_of_;
  std::map<std::string, uint32_t> arrived_;     // Words that are in the log; with the disposition.
  std::map<std::string, uint64_t> arrived_at_;  // Those of tablets' groups; with the number.
  std::map<core::FacetId, core::Facet> committed_;  // What tablets wrote there, joined.
  std::map<core::FacetId, std::string> versions_;   // What teachers read; it never changes.
  std::map<core::Dot, uint64_t> stamps_;
  std::map<uint32_t, uint64_t> dispositions_;
  std::string trace_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_LEDGER_H_
