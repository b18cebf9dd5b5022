#include "tools/bench/visit_source.h"

#include <fstream>

#include "absl/strings/str_cat.h"

namespace halfterm::tools {

absl::StatusOr<VisitSource> VisitSource::FromFiles(const std::string& records,
                                                   const std::string& edits) {
  CommonReader reader;
  for (const std::string& file : {records, edits}) {
    if (file.empty()) continue;
    std::ifstream in(file);
    if (!in) return absl::NotFoundError(absl::StrCat(file, ": cannot be read"));
    if (absl::Status read = reader.Read(in, file); !read.ok()) return read;
  }
  VisitSource source;
  source.records_ = reader.Take();
  return source;
}

VisitSource VisitSource::Generated(uint64_t visits, uint64_t seed, size_t tablets) {
  VisitSource source;
  source.maker_ = std::make_shared<const VisitMaker>(seed, tablets);
  source.generated_ = visits;
  return source;
}

}  // namespace halfterm::tools
