// What the merge core costs: core_speed. Build it with -O2 on a quiet machine.
//
// The facet is a sheet as a lesson leaves it: 50 cells in about 1.8 KB. Each figure is the best of
// several rounds, in microseconds of the processor.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/digest.h"

namespace halfterm::bench {
namespace {

using namespace core;  // Most of the core's names occur below.

constexpr int kRounds = 3000;
constexpr std::size_t kTimes = 10;  // Few, since a server joins what it has just decoded.

class Sheet {
 public:
  Sheet() {
    Add(Path::Field(8, Kind::kReg), "\x19");
    for (std::uint16_t element = 1; element <= 9; ++element) {
      Add(Path::Entry(3, NumberKey(element), 0, Kind::kElem), "\1");
      Add(Path::Entry(3, NumberKey(element), 1, Kind::kReg), "\3");
    }
    for (int note = 0; note < 4; ++note) {
      const Id16 key = RandomKey();
      Add(Path::Entry(2, key, 0, Kind::kElem), "\1");
      Add(Path::Entry(2, key, 1, Kind::kReg), "\x19\x10");
      Add(Path::Entry(2, key, 2, Kind::kPara), std::string(60, 'n'));
      Add(Path::Entry(2, key, 3, Kind::kReg), "\3");
    }
    for (int tally = 0; tally < 4; ++tally) {
      const Id16 key = RandomKey();
      Add(Path::Entry(4, key, 0, Kind::kElem), "\1");
      Add(Path::Entry(4, key, 1, Kind::kTick), "\7");
    }
    for (int step = 0; step < 3; ++step) {
      const Id16 key = RandomKey();
      Add(Path::Entry(7, key, 0, Kind::kElem), "\1");
      Add(Path::Entry(7, key, 1, Kind::kPara), std::string(80, 's'));
    }
    Add(Path::Field(9, Kind::kReg), "\1");
  }

  const Facet& facet() const { return facet_; }

  // A changed rating and a new note.
  Facet NextDelta() {
    const Dot dot{1, ++written_};
    const Id16 note = RandomKey();
    Facet delta;
    for (const Path& path :
         {Path::Entry(3, NumberKey(5), 0, Kind::kElem), Path::Entry(3, NumberKey(5), 1, Kind::kReg),
          Path::Entry(2, note, 0, Kind::kElem), Path::Entry(2, note, 2, Kind::kPara)}) {
      Put(delta, Written(facet_, path, dot, Id16{}, path.sub() == 2 ? std::string(60, 'd') : "\1"));
    }
    return delta;
  }

 private:
  void Add(const Path& path, std::string value) {
    const Dot dot{1 + written_ % 2, 1 + written_};
    ++written_;
    Facet delta;
    Put(delta, Written(facet_, path, dot, Id16{}, std::move(value)));
    Stamp(delta, dot, written_);
    JoinInto(facet_, std::move(delta), nullptr);
  }

  Id16 RandomKey() {
    Id16 key;
    for (std::uint8_t& byte : key.bytes) byte = static_cast<std::uint8_t>(random_());
    return key;
  }

  std::mt19937_64 random_{1};
  Facet facet_;
  std::uint64_t written_ = 0;
};

std::size_t used;  // What work() returns goes here, so that no work is left out.

// Of the processor, so that other programs disturb less.
double MicrosecondsOnProcessor() {
  std::timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

// `work(number)` is timed; `prepare()` before each round of kTimes is not.
template <typename Prepare, typename Work>
void Print(const char* what, Prepare prepare, Work work) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    prepare();
    const double start = MicrosecondsOnProcessor();
    for (std::size_t i = 0; i < kTimes; ++i) used += work(i);
    best = std::min(best, (MicrosecondsOnProcessor() - start) / kTimes);
  }
  std::printf("%-40s %6.2f us\n", what, best);
}

void Measure() {
  Sheet sheet;
  const std::string bytes = Encode(sheet.facet()), delta = Encode(sheet.NextDelta());
  std::printf("a sheet of %zu cells in %zu bytes, a delta of 4 cells in %zu bytes\n",
              sheet.facet().cells.size(), bytes.size(), delta.size());
  const auto nothing = [] {};
  Print("decode the sheet, and let go of it", nothing,
        [&](std::size_t) { return Decode(bytes, kFacetLimits)->cells.size(); });

  std::vector<Facet> held(kTimes), deltas(kTimes);
  const auto decode_both = [&] {
    for (Facet& facet : held) facet = *Decode(bytes, kFacetLimits);
    for (Facet& facet : deltas) facet = *Decode(delta, kDeltaLimits);
  };
  Print("join the delta into it", decode_both, [&](std::size_t i) {
    JoinInto(held[i], std::move(deltas[i]), nullptr);
    return held[i].cells.size();
  });
  Print("join the delta into it and encode", decode_both, [&](std::size_t i) {
    JoinInto(held[i], std::move(deltas[i]), nullptr);
    return Encode(held[i]).size();
  });
  Print("join it into nothing and encode", decode_both, [&](std::size_t i) {
    Facet facet;
    JoinInto(facet, std::move(held[i]), nullptr);
    return Encode(facet).size();
  });
  Print("encode it", nothing, [&](std::size_t) { return Encode(sheet.facet()).size(); });
  Print("encode it with its content", nothing,
        [&](std::size_t) { return EncodeWithContent(sheet.facet()).content.size(); });
  Print("digest its content", nothing,
        [&](std::size_t) { return std::size_t{FacetDigest(FacetId{}, bytes).bytes[0]}; });
  std::printf("(%zu)\n", used % 10);
}

}  // namespace
}  // namespace halfterm::bench

int main() { halfterm::bench::Measure(); }
