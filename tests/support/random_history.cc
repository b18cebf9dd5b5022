#include "tests/support/random_history.h"

#include <algorithm>
#include <map>
#include <utility>

namespace halfterm::testing {
namespace {

using core::Cell;
using core::Dot;
using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;

bool HasDots(const Path& path) { return path.kind() != Kind::kPhase && path.kind() != Kind::kMaxi; }

std::vector<Path> AllPaths() {
  const Id16 note = *Id16::FromBytes("a note's own key"),
             step = *Id16::FromBytes("a step's own key");
  return {
      Path::Field(1, Kind::kPhase),
      Path::Field(8, Kind::kReg),
      Path::Field(20, Kind::kPara),
      Path::Entry(2, note, 0, Kind::kElem),
      Path::Entry(2, note, 2, Kind::kPara),
      Path::Entry(2, note, 3, Kind::kPos),
      Path::Entry(2, step, 0, Kind::kElem),
      Path::Entry(3, core::NumberKey(5), 0, Kind::kElem),
      Path::Entry(3, core::NumberKey(5), 1, Kind::kReg),
      Path::Entry(4, step, 1, Kind::kTick),
      Path::Field(9, Kind::kMaxi),
      Path::Field(9, Kind::kBlob),
      Path::Field(9, Kind::kText2),
      Path::Field(47, static_cast<Kind>(0x2a)),
      Path::Entry(48, note, 1, static_cast<Kind>(0)),
      Path::Entry(0xffff, note, 0xffff, static_cast<Kind>(0xff)),
  };
}

std::vector<Path> SomePaths(Random& random) {
  std::vector<Path> paths = AllPaths();
  // Not std::shuffle: each standard library draws its own way, and one seed must give one history
  // in the server's build and in the tablet's.
  for (std::size_t i = paths.size() - 1; i > 0; --i)
    std::swap(paths[i], paths[Below(random, i + 1)]);
  paths.resize(3 + Below(random, 6));
  if (std::none_of(paths.begin(), paths.end(), HasDots))
    paths.push_back(Path::Field(8, Kind::kReg));
  return paths;
}

Id16 RandomAuthor(Random& random) {
  Id16 author;
  author.bytes.fill(static_cast<std::uint8_t>(Below(random, 5)));
  return author;
}

// One tablet's store, or the server.
struct Holder {
  std::uint64_t replica = 0;
  std::uint64_t written = 0;
  Facet held;
};

class Writing {
 public:
  explicit Writing(Random& random) : random_(random) {
    history_.paths = SomePaths(random);
    const std::size_t tablets = Below(random, 8) == 0 ? 12 : 2 + Below(random, 4);
    holders_.resize(1 + tablets);
    for (Holder& holder : holders_) holder.replica = random();
    if (Below(random, 4) == 0) holders_[1].replica = Below(random, 2) == 0 ? 0 : ~std::uint64_t{0};
  }

  History Write() && {
    const std::size_t steps = 5 + Below(random_, 36);
    for (std::size_t i = 0; i < steps; ++i) Step();
    for (Holder& holder : holders_) history_.states.push_back(std::move(holder.held));
    return std::move(history_);
  }

 private:
  void Step() {
    Holder& tablet = holders_[1 + Below(random_, holders_.size() - 1)];
    switch (Below(random_, 10)) {
      case 0:
        ServerWrites();
        break;
      case 1:
        Commit();
        break;
      case 2:
        core::JoinInto(tablet.held, Facet(holders_[0].held), nullptr);
        break;
      case 3:
        core::JoinInto(tablet.held, Facet(holders_[Below(random_, holders_.size())].held), nullptr);
        break;
      default:
        TabletWrites(tablet);
    }
    if (Below(random_, 3) == 0) history_.states.push_back(tablet.held);
  }

  void TabletWrites(Holder& tablet) {
    const bool without_looking = Below(random_, 20) == 0;
    const Facet delta =
        RandomGesture(random_, history_.paths, without_looking ? Facet() : tablet.held,
                      {tablet.replica, ++tablet.written});
    core::JoinInto(tablet.held, Facet(delta), nullptr);
    history_.deltas.push_back(delta);
  }

  void ServerWrites() {
    Facet delta;
    for (const Path& path : history_.paths) {
      if (HasDots(path)) continue;
      Cell cell;
      cell.path = path;
      if (path.kind() == Kind::kMaxi) {
        cell.maxi = Below(random_, 300);
      } else {
        cell.phase = {Below(random_, 8) == 0, static_cast<std::uint16_t>(Below(random_, 3)),
                      static_cast<std::uint8_t>(Below(random_, 6))};
      }
      core::Put(delta, cell);
    }
    core::JoinInto(holders_[0].held, Facet(delta), nullptr);
    history_.deltas.push_back(std::move(delta));
  }

  // The server takes a delta, in whatever order it comes, and stamps it once for ever.
  void Commit() {
    if (history_.deltas.empty()) return;
    Facet delta = history_.deltas[Below(random_, history_.deltas.size())];
    for (const Cell& cell : Facet(delta).cells) {
      for (const core::Sibling& sibling : cell.siblings) {
        const std::uint64_t stamp = stamps_.emplace(sibling.dot, stamps_.size() + 1).first->second;
        core::Stamp(delta, sibling.dot, stamp);
      }
    }
    core::JoinInto(holders_[0].held, std::move(delta), nullptr);
  }

  Random& random_;
  History history_;
  std::vector<Holder> holders_;  // The first is the server.
  std::map<Dot, std::uint64_t> stamps_;
};

}  // namespace

std::string RandomValue(Random& random) {
  switch (Below(random, 6)) {
    case 0:
      return "";
    case 1:
      return std::string(1, static_cast<char>(Below(random, 256)));
    case 2:
      return "Pupils could explain what they were doing, and why.";
    case 3: {
      std::string bytes;
      for (std::size_t size = Below(random, 200); bytes.size() < size;) {
        bytes.push_back(static_cast<char>(random()));
      }
      return bytes;
    }
    default:
      return std::to_string(Below(random, 4));
  }
}

Facet RandomGesture(Random& random, const std::vector<Path>& paths, const Facet& held,
                    const Dot& dot) {
  Facet delta;
  const Id16 author = RandomAuthor(random);
  const std::size_t wanted = 1 + Below(random, 3);
  while (delta.cells.size() < wanted) {
    const Path& path = paths[Below(random, paths.size())];
    if (HasDots(path)) {
      core::Put(delta, Below(random, 4) == 0
                           ? core::Removed(held, path, dot)
                           : core::Written(held, path, dot, author, RandomValue(random)));
    }
    if (Below(random, 4) == 0 && !delta.cells.empty()) break;  // There may be one such path only.
  }
  return delta;
}

Facet RandomCopy(Random& random, const History& history) {
  if (history.deltas.empty() || Below(random, 2) == 0) {
    return history.states[Below(random, history.states.size())];
  }
  Facet copy;
  const std::size_t count = Below(random, 3) == 0 ? 1 : Below(random, 6);
  for (std::size_t i = 0; i < count; ++i) {
    core::JoinInto(copy, Facet(history.deltas[Below(random, history.deltas.size())]), nullptr);
  }
  return copy;
}

History RandomHistory(Random& random) { return Writing(random).Write(); }

}  // namespace halfterm::testing
