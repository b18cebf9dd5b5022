// What a school's stores say after a replay, in words that do not depend on the run: random names
// of stores are replaced by whose they are, and what only says when something arrived is left out.
// Two runs of one workload agree if and only if their dumps are equal.

#ifndef HALFTERM_TESTS_END_TO_END_CONTENT_DUMP_H_
#define HALFTERM_TESTS_END_TO_END_CONTENT_DUMP_H_
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/replay/tablet.h"
#include "tools/workload/school.h"

namespace halfterm::testing {

// One line a facet, by its id: every phase, and every cell that tablets wrote with its values,
// their authors and its whole context. Cells of the server record what it held at a moment, and are
// not in.
using Lines = std::map<std::string, std::string>;
absl::StatusOr<Lines> DumpContent(const std::vector<std::unique_ptr<tools::Tablet>>& tablets,
                                  tools::Tablet& fresh);

// One line a page: the summaries of each teacher, department and site, and each site's coverage,
// for the first half-term, as the heads of the sites read them.
absl::StatusOr<Lines> DumpSummaries(const tools::SchoolShape& school, const std::string& tenant,
                                    const std::string& address, tools::AdminCalls& admin);

// The first line in which two dumps differ; empty if none does.
std::string FirstDifference(const Lines& a, const Lines& b);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_END_TO_END_CONTENT_DUMP_H_
