// Three facets of any contents that the rules of cell.h allow, also such as no honest tablet would
// send, and the laws of the merge on them.
//
// The bytes are read as a description, so that nearly every input reaches the join: a facet lists
// cells; a cell a path of a few, a context of three replicas and some siblings within it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "tests/fuzz/must.h"

using namespace halfterm::core;
using halfterm::fuzz::Must;

namespace {

class Description {
 public:
  Description(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}

  // Zeros after the end.
  unsigned Byte() { return next_ == end_ ? 0 : *next_++; }
  unsigned Below(unsigned below) { return Byte() % below; }

  Facet ReadFacet() {
    Facet facet;
    for (unsigned cells = Below(6); cells > 0; --cells) Put(facet, ReadCell());
    return facet;
  }

 private:
  Cell ReadCell() {
    static const Path kPaths[] = {
        Path::Field(1, Kind::kPhase),
        Path::Field(9, Kind::kMaxi),
        Path::Field(8, Kind::kReg),
        Path::Entry(2, NumberKey(1), 0, Kind::kElem),
        Path::Entry(2, NumberKey(1), 2, Kind::kPara),
        Path::Entry(2, NumberKey(2), 0, Kind::kElem),
        Path::Field(47, static_cast<Kind>(0x2a)),
    };
    Cell cell;
    cell.path = kPaths[Below(std::size(kPaths))];
    if (cell.path.kind() == Kind::kPhase) {
      cell.phase = {Below(4) == 0, static_cast<std::uint16_t>(Byte() << 6),
                    static_cast<std::uint8_t>(Byte())};
    } else if (cell.path.kind() == Kind::kMaxi) {
      cell.maxi = std::uint64_t{Byte()} << Below(64);
    } else {
      ReadDots(cell);
    }
    return cell;
  }

  void ReadDots(Cell& cell) {
    static const std::uint64_t kReplicas[] = {0, 0x20e, ~std::uint64_t{0}};
    for (const std::uint64_t replica : kReplicas) {
      const unsigned seen = Below(5);
      if (seen > 0) cell.seen.push_back({replica, seen});
      const unsigned held = Byte();  // One bit a dot.
      for (unsigned count = 1; count <= seen; ++count) {
        if ((held >> count & 1) == 0) continue;
        Sibling sibling;
        sibling.dot = {replica, count};
        sibling.stamp = Below(3);
        sibling.author.bytes[0] = static_cast<std::uint8_t>(Below(2));
        sibling.value = std::string(Below(3), static_cast<char>('a' + Below(3)));
        cell.siblings.push_back(std::move(sibling));
      }
    }
    if (cell.seen.empty()) cell.seen.push_back({1, 1});
  }

  const std::uint8_t* next_;
  const std::uint8_t* end_;
};

bool ShowsEachValueOnce(const Cell& cell) {
  const auto shown = Shown(cell);
  for (const Sibling& sibling : cell.siblings) {
    if (std::count_if(shown.begin(), shown.end(),
                      [&](const Sibling* other) { return other->value == sibling.value; }) != 1) {
      return false;
    }
  }
  return shown.empty() || shown[0] == ShownFirst(cell);
}

bool Holds(const Facet& facet, const Path& path, const Dot& dot) {
  const Cell* cell = facet.Find(path);
  return cell != nullptr && std::any_of(cell->siblings.begin(), cell->siblings.end(),
                                        [&](const Sibling& sibling) { return sibling.dot == dot; });
}

// Convergence alone would also be met by keeping everything, or nothing.
bool LosesWhatTheOtherReplacedAndNothingElse(const Facet& mine, const Facet& theirs,
                                             const Facet& joined) {
  for (const Cell& cell : mine.cells) {
    const Cell* other = theirs.Find(cell.path);
    for (const Sibling& sibling : cell.siblings) {
      const bool replaced =
          other != nullptr && Covers(*other, sibling.dot) && !Holds(theirs, cell.path, sibling.dot);
      if (Holds(joined, cell.path, sibling.dot) == replaced) return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Description description(data, size);
  const Facet a = description.ReadFacet(), b = description.ReadFacet(), c = description.ReadFacet();
  JoinReport report;
  const Facet ab = Join(a, b, &report);
  Must(report.changed == (ab != a), "a report says whether anything was learned");
  Must(LosesWhatTheOtherReplacedAndNothingElse(a, b, ab), "a value goes only if it was replaced");
  Must(LosesWhatTheOtherReplacedAndNothingElse(b, a, ab), "a value goes only if it was replaced");
  Must(Join(b, a, nullptr) == ab, "commutative");
  Must(Join(ab, c, nullptr) == Join(a, Join(b, c, nullptr), nullptr), "associative");
  Must(Join(a, a, nullptr) == a, "idempotent");
  JoinReport again;
  Must(Join(ab, b, &again) == ab && !again.changed, "a copy that comes again changes nothing");
  for (const Facet* facet : {&a, &ab}) {
    const std::string bytes = Encode(*facet);
    const Result<Facet> read = Decode(bytes, kFacetLimits);
    Must(read.ok() && *read == *facet && Encode(*read) == bytes, "every facet reads back");
  }
  for (const Cell& cell : ab.cells) {
    Must(ShowsEachValueOnce(cell), "every value is shown once");
    for (const Sibling& sibling : cell.siblings) {
      Must(Covers(cell, sibling.dot), "a context covers its siblings");
    }
  }
  return 0;
}
