// What goes wrong in the world beside power and network: messages of another time, and tablets that
// become an old copy of themselves or of another.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/simulation/whole/world.h"

namespace halfterm::testing {

std::string World::DoLatePush(Chance& chance) {
  if (network_.late.empty()) return "";
  ++counts_.late;
  const auto [token, request] =
      network_
          .late[static_cast<size_t>(chance.Number(0, static_cast<int>(network_.late.size()) - 1))];
  const auto caller = server_.CallerOf(token);
  if (!caller.ok()) return "";
  // Nobody hears the answer. That it does no harm is what the ledger says.
  server_.Push(*caller, request).IgnoreError();
  return "";
}

std::string World::PutBack(size_t index, const MemoryDisk& copy) {
  ++counts_.put_back;
  if (std::string wrong = ledger_.ReadLog(); !wrong.empty()) return wrong;
  std::string wrong = tablets_[index]->PutBack(copy, tablets_[index]->people());
  put_back_.insert(index);
  ledger_.DiskWasPutBack(Disks());
  return wrong;
}

std::string World::DoPutBack(Chance& chance, bool on_another) {
  if (copies_.empty() || !server_.is_up()) return "";
  const Copy& copy = chance.AnyOf(copies_);
  size_t index = copy.tablet;
  if (on_another) {  // A tablet more, which says that it is the one that was copied.
    if (tablets_.size() >= 9) return "";
    tablets_.push_back(
        std::make_unique<SimulatedTablet>(network_, tablets_[copy.tablet]->device()));
    index = tablets_.size() - 1;
  }
  ++counts_.put_back;
  if (std::string wrong = ledger_.ReadLog(); !wrong.empty()) return wrong;
  std::string wrong = tablets_[index]->PutBack(copy.disk, copy.people);
  put_back_.insert(index);
  if (!on_another) ledger_.DiskWasPutBack(Disks());
  return wrong;
}

std::vector<const MemoryDisk*> World::Disks() const {
  std::vector<const MemoryDisk*> disks;
  for (const auto& tablet : tablets_) disks.push_back(&tablet->disk());
  return disks;
}

std::string World::BackUp() {
  ++counts_.backups;
  const absl::Status made = server_.BackUp();
  return made.ok() ? "" : absl::StrCat("a backup: ", made.ToString());
}

std::string World::Restore(size_t backup, bool is_announced) {
  ++counts_.restores;
  if (std::string wrong = ledger_.CheckServer(); !wrong.empty()) return wrong;
  if (server_.is_up()) {
    std::string wrong = ledger_.CheckKept(server_.DurableSeq(), Disks(), put_back_);
    if (!wrong.empty()) return wrong;
  }
  const absl::Status restored = server_.Restore(backup, is_announced);
  if (!restored.ok()) return absl::StrCat("a restore: ", restored.ToString());
  return ledger_.ServerWasRestored(Disks());
}

}  // namespace halfterm::testing
