// One person's copy and store on one tablet of the scope simulation: writes, pulls, loses answers,
// goes back to an old backup, proves what it holds and heals what has rotted.

#ifndef HALFTERM_TESTS_SIMULATION_SCOPES_TABLET_H_
#define HALFTERM_TESTS_SIMULATION_SCOPES_TABLET_H_
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/caller.h"
#include "sync/core/group.h"
#include "tests/simulation/scopes_oracle.h"
#include "tests/simulation/scopes_school.h"
#include "tests/support/chance.h"
#include "tests/support/pulling_reader.h"

namespace halfterm::testing {

class ScopesTablet {
 public:
  ScopesTablet(ScopesSchool& school, ScopesOracle& oracle, const core::Id16& person,
               uint8_t device);

  const core::Id16& person() const { return caller_.person; }
  const core::Id16& device() const { return caller_.device; }

  // Pushes one group over what the server holds of the facet, or over nothing. What becomes of it
  // is the judge's affair.
  using Values = std::vector<std::pair<core::Path, std::string>>;
  void Write(const core::FacetId& facet, const Values& values, bool over_what_is_held);
  void Intend(const core::FacetId& facet, const v1::Intent& intent);

  // Pulls at most `chunks` chunks, each perhaps lost, doubled or late. What is wrong, or nothing.
  std::string Pull(Chance& chance, int chunks, bool faults);
  // Whether the last pull came to its end and nothing was pulled since.
  bool is_complete() const { return is_complete_; }
  // After a complete pull: what is wrong with the copy, or nothing.
  std::string Check();

  void SetInterest(std::vector<uint16_t> periods) { periods_ = std::move(periods); }
  void Backup() { backups_.push_back(reader_); }
  void Restore(Chance& chance);
  void StartAfresh();
  // Damages a facet of the copy without anybody noticing.
  void Rot(Chance& chance);

  uint64_t healed() const { return healed_; }
  uint64_t chunks() const { return chunks_; }

 private:
  void Hello();
  void Push(core::GroupKind kind, const core::FacetId& facet, const std::string& body);
  // The server's answer as it would be with the rule missing.
  absl::StatusOr<v1::PullReply> Ask(uint32_t max_bytes);
  std::string Apply(const std::string& from, const v1::PullReply& reply);
  std::string Confirm();
  // Finds what differs by narrowing, and fetches it.
  std::string Heal();
  std::string HealPair(const v1::ScopeDigest& pair);
  // The sums of what is held under a pair, by record.
  std::map<core::Id16, core::SumDigest> RecordSums(const core::Scope& scope, uint16_t period) const;
  v1::ConfirmRequest Sums() const;

  ScopesSchool& school_;
  ScopesOracle& oracle_;
  storage::Caller caller_;
  std::string key_;
  uint64_t replica_ = 0, last_n_ = 0;
  uint32_t hello_no_ = 0;
  core::Digest16 hash_;

  PullingReader reader_;
  std::vector<uint16_t> periods_;  // Empty: what the server takes for granted.
  std::set<uint16_t> held_periods_;
  std::vector<PullingReader> backups_;
  std::optional<std::pair<std::string, v1::PullReply>> late_;
  std::set<core::Scope> had_;  // Scopes that it ever held, for the missing backfill.
  bool is_complete_ = false;
  bool rotten_ = false;
  uint64_t healed_ = 0, chunks_ = 0;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_SCOPES_TABLET_H_
