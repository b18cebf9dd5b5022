// A school's weeks from one number: visits that go their way, roles that begin, end and move,
// tablets that stay away for days. What is asked of every moment is said in scopes_tablet.h.

#ifndef HALFTERM_TESTS_SIMULATION_SCOPES_WORLD_H_
#define HALFTERM_TESTS_SIMULATION_SCOPES_WORLD_H_
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/scopes_oracle.h"
#include "tests/simulation/scopes_school.h"
#include "tests/simulation/scopes_tablet.h"
#include "tests/support/chance.h"

namespace halfterm::testing {

class ScopesWorld {
 public:
  ScopesWorld(storage::Engine& engine, uint32_t tenant, uint64_t seed, Missing missing);

  // Both say what went wrong, or nothing.
  std::string Step();
  // No more faults: everybody pulls to the end, and so does a tablet that was never there before;
  // everybody's proof is accepted, and nobody owes one.
  std::string Finish();

  uint64_t healed() const;
  uint64_t chunks() const;
  uint64_t commits() const { return school_.commits(); }

 private:
  struct Visit {
    core::Id16 id;
    core::Id16 lead, teacher, department;
    uint32_t kind;
    bool erased = false;
  };

  ScopesTablet& TabletOf(const core::Id16& person);

  void BeginVisit();
  void GoOn(Visit& visit);
  void ChangeGrants();
  void MoveTeacher();
  std::string PullSome();
  std::string RotAndHeal();

  Chance chance_;
  ScopesSchool school_;
  ScopesOracle oracle_;
  std::vector<std::unique_ptr<ScopesTablet>> tablets_;
  std::vector<Visit> visits_;
  std::vector<v1::RoleGrant> given_;  // Grants of roles that were made on the way.
  uint8_t next_grant_ = 150;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_SCOPES_WORLD_H_
