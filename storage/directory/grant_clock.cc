// MakeGrantClock() of import.h.

#include <string>
#include <utility>

#include "storage/directory/directory_writer.h"
#include "storage/import/import.h"
#include "storage/import/import_plan.h"

namespace halfterm::storage {
namespace {

core::Id16 IdOrZeros(const std::string& bytes) {
  return core::Id16::FromBytes(bytes).value_or(core::Id16{});
}

// The order in which time passes.
int Place(v1::GrantState state) {
  if (state == v1::GRANT_STATE_COMING) return 0;
  return state == v1::GRANT_STATE_ENDED ? 2 : 1;
}

// Moves a state on to that of its days, never back.
template <typename Dated>
bool MoveOn(Dated& dated, int32_t today) {
  const v1::GrantState now = StateOn(today, dated.from_day(), dated.to_day());
  if (Place(now) <= Place(dated.state())) return false;
  dated.set_state(now);
  return true;
}

// Where somebody's days begin and end.
core::Id16 PlaceOf(const v1::Person& person) {
  return person.departments().empty() ? core::Id16{} : IdOrZeros(person.departments(0).org());
}

DirectoryChange ChangesOf(const sync::Directory& directory, int64_t now_ms) {
  DirectoryChange change;
  for (const v1::RoleGrant& grant : directory.content().grants) {
    if (grant.from_day() == 0 && grant.to_day() == 0) continue;
    v1::RoleGrant moved = grant;
    if (!MoveOn(moved, DayAt(directory, IdOrZeros(grant.org()), now_ms))) continue;
    change.rederive = change.rederive || DecidesWhoReadsOrCounts(grant.role());
    change.grants.push_back(std::move(moved));
  }
  for (const v1::Person& person : directory.content().people) {
    if (person.from_day() == 0 && person.to_day() == 0) continue;
    v1::Person moved = person;
    if (!MoveOn(moved, DayAt(directory, PlaceOf(person), now_ms))) continue;
    change.rederive = true;
    *change.references.emplace_back().mutable_person() = std::move(moved);
  }
  return change;
}

class GrantClock final : public Job {
 public:
  GrantClock(std::vector<Tenant> schools, std::function<void(absl::Status)> done)
      : schools_(std::move(schools)), done_(std::move(done)) {}

  void Apply(Batch& batch) override {
    for (const Tenant tenant : schools_) {
      const DirectoryChange change = ChangesOf(batch.DirectoryOf(tenant), batch.now_ms());
      const auto taken = TakenIds(batch, tenant, change.references);
      if (!taken.ok()) {
        result_ = taken.status();
        continue;
      }
      const absl::StatusOr<uint64_t> written =
          WriteDirectory(batch, tenant, batch.context().directories.NameOf(tenant), change);
      if (!written.ok()) result_ = written.status();
    }
  }

  void Done(const absl::Status& committed) override { done_(committed.ok() ? result_ : committed); }

 private:
  const std::vector<Tenant> schools_;
  const std::function<void(absl::Status)> done_;
  absl::Status result_;
};

}  // namespace

std::unique_ptr<Job> MakeGrantClock(std::vector<Tenant> schools,
                                    std::function<void(absl::Status)> done) {
  return std::make_unique<GrantClock>(std::move(schools), std::move(done));
}

}  // namespace halfterm::storage
