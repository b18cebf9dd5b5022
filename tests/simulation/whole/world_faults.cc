// What goes wrong in the world beside power and network: messages of another time, and tablets that
// become an old copy of themselves or of another.

#include <memory>
#include <string>

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
  ledger_.TabletWasPutBack(index, tablets_[index]->disk());
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
  if (!on_another) ledger_.TabletWasPutBack(index, tablets_[index]->disk());
  return wrong;
}

}  // namespace halfterm::testing
