#include "tests/simulation/whole/history.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace halfterm::testing {

Told Live(uint64_t seed, const std::vector<Step>& history, LeftOut left_out,
          const MakeDisk& make_disk) {
  World world(seed, left_out, make_disk);
  Told told;
  for (const Step& step : history) {
    told.wrong = world.Do(step);
    if (!told.wrong.empty()) break;
  }
  if (told.wrong.empty()) told.wrong = world.Finish();
  told.trace = world.Trace();
  told.tablet_days = world.tablet_days();
  told.groups = world.ledger().groups();
  told.words = world.ledger().words();
  told.went = world.ledger().went();
  told.dispositions = world.ledger().dispositions();
  told.power_cuts = world.server().power_cuts();
  if (world.server().is_up()) told.epoch = world.server().epoch();
  told.commits = world.server().commits();
  told.chunks = world.network().chunks;
  told.counts = world.counts();
  for (size_t i = 0; i < world.tablets(); ++i) told.refills += world.tablet(i).counts().refills;
  return told;
}

// Takes away halves, then quarters, and so on to single steps, as long as it still goes wrong.
std::vector<Step> Shortest(uint64_t seed, std::vector<Step> history, LeftOut left_out,
                           int most_lives) {
  for (size_t piece = std::max<size_t>(history.size() / 2, 1);;
       piece = std::max<size_t>(piece / 2, 1)) {
    bool took_any = false;
    for (size_t begin = 0; begin < history.size() && most_lives > 0;) {
      std::vector<Step> without(history.begin(),
                                history.begin() + static_cast<std::ptrdiff_t>(begin));
      const size_t end = std::min(begin + piece, history.size());
      without.insert(without.end(), history.begin() + static_cast<std::ptrdiff_t>(end),
                     history.end());
      --most_lives;
      if (Live(seed, without, left_out).wrong.empty()) {
        begin = end;
      } else {
        history = std::move(without);
        took_any = true;
      }
    }
    if (most_lives <= 0 || (piece == 1 && !took_any)) return history;
  }
}

std::string Printed(uint64_t seed, const std::vector<Step>& history, LeftOut left_out) {
  std::string text = absl::StrCat("HALFTERM_SEED=", seed, ", ", history.size(), " steps:\n");
  for (const Step& step : history) absl::StrAppend(&text, "  ", Named(step), "\n");
  absl::StrAppend(&text, "  -> ", Live(seed, history, left_out).wrong, "\n");
  return text;
}

}  // namespace halfterm::testing
