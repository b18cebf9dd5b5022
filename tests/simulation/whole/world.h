// A school's weeks from one number: observers write on tablets that stay away for days, have wrong
// clocks, lose answers and are put back to old copies; roles begin, end and move; records are
// shared, queried, withdrawn and erased; the server loses power.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_WORLD_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_WORLD_H_
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/whole/ledger.h"
#include "tests/simulation/whole/rocks_disk.h"
#include "tests/simulation/whole/server.h"
#include "tests/simulation/whole/step.h"
#include "tests/simulation/whole/tablet.h"
#include "tests/support/chance.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

class World {
 public:
  World(uint64_t seed, LeftOut left_out, const MakeDisk& make_disk = OnRocks);

  // What is wrong, or nothing.
  std::string Do(const Step& step);
  // No more faults: everybody meets the server until all is quiet, which takes three rounds at
  // most, and then nothing is lost, everybody holds what they should, and everything adds up.
  std::string Finish();

  // What scenarios are made of. Each says what is wrong, or nothing.
  SimulatedServer& server() { return server_; }
  SimulatedTablet& tablet(size_t index) { return *tablets_[index]; }
  size_t tablets() const { return tablets_.size(); }
  Ledger& ledger() { return ledger_; }
  const SmallSchool& people() const { return server_.people(); }
  Network& network() { return network_; }
  size_t TabletOf(const core::Id16& person) const;  // The first.
  core::Id16 Begin(const core::Id16& lead, const core::Id16& teacher, v1::VisitKind kind,
                   std::string& wrong, const std::vector<core::Id16>& observers = {});
  // A new word in the facet, in one of a few places.
  std::string Write(size_t tablet, const core::Id16& person, const core::FacetId& facet,
                    uint64_t place, tools::Sealing sealing = tools::Sealing::kEachGesture);
  std::string Rate(size_t tablet, const core::Id16& person, const core::FacetId& sheet,
                   uint32_t element, uint32_t level);
  std::string RemoveNote(size_t tablet, const core::Id16& person, const core::FacetId& sheet,
                         uint64_t place);
  std::string Intend(size_t tablet, const core::Id16& person, const core::FacetId& facet,
                     const v1::Intent& intent);
  std::string Meet(size_t tablet, const core::Id16& person,
                   const tools::FaultRates& rates = tools::kNoFaults, uint64_t seed = 0);
  std::string MeetAll();
  std::string Grant(const core::Id16& person, v1::Role role, const core::Id16& org,
                    v1::GrantState state, const core::Id16& id);
  std::string PutBack(size_t tablet, const MemoryDisk& copy);
  std::string BackUp();
  std::string Restore(size_t backup, bool is_announced);
  std::string StartServer();

  // So much the same for the same history, and for no other.
  std::string Trace() const { return trace_ + ledger_.trace(); }
  double tablet_days() const;
  struct Counts {
    uint64_t meetings = 0, complete = 0, put_back = 0, late = 0, recomputed = 0, restarts = 0,
             erased = 0, rounds = 0, backups = 0, restores = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Visit {
    core::Id16 id, lead, teacher;
    uint32_t kind;
    std::vector<core::Id16> observers;
    bool erased = false;
  };
  struct Copy {
    size_t tablet;
    MemoryDisk disk;
    std::vector<core::Id16> people;
  };

  std::string DoMeet(Chance& chance);
  std::string DoWrite(Chance& chance, bool strays);
  std::string DoIntend(Chance& chance);
  std::string DoBegin(Chance& chance);
  std::string DoGrant(Chance& chance);
  std::string DoMove(Chance& chance);
  std::string DoErase(Chance& chance);
  std::string DoLatePush(Chance& chance);
  std::string DoPutBack(Chance& chance, bool on_another);
  std::vector<const MemoryDisk*> Disks() const;
  std::string After(std::string wrong);
  size_t SomeTabletOf(const core::Id16& person, Chance& chance) const;
  std::string Gesture(size_t tablet, const core::Id16& person, const core::FacetId& facet,
                      std::shared_ptr<google::protobuf::Message> change, Word word,
                      tools::Sealing sealing);
  std::set<std::string> WordsAt(size_t tablet, const core::Id16& person, const core::FacetId& facet,
                                const core::Path& path);

  const TemporaryDirectory directory_;
  SimulatedServer server_;
  ScopesOracle oracle_;
  Network network_;
  Ledger ledger_;
  std::vector<std::unique_ptr<SimulatedTablet>> tablets_;
  std::vector<Visit> visits_;
  std::vector<Copy> copies_;
  std::vector<v1::RoleGrant> given_;
  std::mt19937_64 ids_;
  const int64_t began_ms_;
  std::string trace_;
  std::set<size_t> put_back_;  // Tablets that hold an older disk than they had once.
  Counts counts_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_WORLD_H_
