// Writes the golden vectors: make_vectors <folder>.
//
// Run by hand when a case is added, never by a build or a test: vectors that follow the code prove
// nothing. A difference in a case that already exists is a change of the wire format, of every
// digest and of every receipt. The second implementation that checks these files is core.mjs.

#include "tests/vectors/make_vectors.h"

#include <fstream>
#include <iostream>
#include <string>

namespace halfterm::testing {
namespace {

int Write(const std::string& folder) {
  const struct {
    const char* name;
    Json (*make)();
  } files[] = {
      {"facets", Facets}, {"joins", Joins},     {"cells", Cells},     {"refusals", Refusals},
      {"groups", Groups}, {"digests", Digests}, {"rehomes", Rehomes},
  };
  for (const auto& [name, make] : files) {
    std::ofstream out(folder + "/" + name + ".json");
    out << make().dump(1) << "\n";
    if (!out.flush()) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace halfterm::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "make_vectors <folder>\n";
    return 2;
  }
  return halfterm::testing::Write(argv[1]);
}
