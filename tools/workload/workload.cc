#include "tools/workload/workload.h"

#include <algorithm>
#include <utility>

namespace halfterm::tools {

void OnFewerTablets(size_t tablets, Workload& workload) {
  if (tablets == 0 || tablets >= workload.tablets) return;
  for (size_t i = tablets; i < workload.people.size(); ++i) {
    std::vector<core::Id16>& people = workload.people[i % tablets];
    people.insert(people.end(), workload.people[i].begin(), workload.people[i].end());
  }
  workload.people.resize(tablets);
  for (std::vector<core::Id16>& people : workload.people) {
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
  }
  for (Phase& phase : workload.phases) {
    std::map<std::pair<size_t, core::Id16>, Work> merged;
    for (Work& work : phase.work) {
      Work& to = merged[{work.tablet % tablets, work.person}];
      to.tablet = work.tablet % tablets;
      to.person = work.person;
      std::move(work.gestures.begin(), work.gestures.end(), std::back_inserter(to.gestures));
    }
    phase.work.clear();
    for (auto& [place, work] : merged) {
      std::stable_sort(work.gestures.begin(), work.gestures.end(),
                       [](const Gesture& a, const Gesture& b) { return a.at_ms < b.at_ms; });
      phase.work.push_back(std::move(work));
    }
  }
  workload.tablets = tablets;
}

}  // namespace halfterm::tools
