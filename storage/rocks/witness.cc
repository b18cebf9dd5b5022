#include "storage/rocks/witness.h"

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/rocks/crc32c.h"

namespace halfterm::storage {
namespace {

// "manifest 1910 a1b2c3d4 <sum>" or "closed 000027.log 25410 <sum>": each line answers for itself.
std::string WithSum(absl::string_view words) {
  return absl::StrCat(words, " ", absl::Hex(Crc32c(words), absl::kZeroPad8), "\n");
}

bool Add(absl::string_view line, Witness& witness) {
  const size_t sum_at = line.rfind(' ');
  if (sum_at == absl::string_view::npos) return false;
  const absl::string_view words = line.substr(0, sum_at);
  if (absl::StrCat(line, "\n") != WithSum(words)) return false;
  const std::vector<absl::string_view> fields = absl::StrSplit(words, ' ');
  if (fields[0] == "manifest" && fields.size() == 3) {
    return absl::SimpleAtoi(fields[1], &witness.manifest_bytes) &&
           absl::SimpleHexAtoi(fields[2], &witness.manifest_crc);
  }
  if (fields[0] != "closed" || fields.size() % 2 == 0) return false;
  for (size_t i = 1; i < fields.size(); i += 2) {
    if (!absl::SimpleAtoi(fields[i + 1], &witness.log_bytes[std::string(fields[i])])) return false;
  }
  return true;
}

}  // namespace

std::string WitnessNameOf(absl::string_view manifest_name) {
  absl::ConsumePrefix(&manifest_name, "MANIFEST");
  return absl::StrCat("WITNESS", manifest_name);
}

std::string ManifestLine(uint64_t bytes, uint32_t crc) {
  return WithSum(absl::StrCat("manifest ", bytes, " ", absl::Hex(crc, absl::kZeroPad8)));
}

std::string ClosedLine(const std::map<std::string, uint64_t>& log_bytes) {
  std::string words = "closed";
  for (const auto& [name, bytes] : log_bytes) absl::StrAppend(&words, " ", name, " ", bytes);
  return WithSum(words);
}

absl::StatusOr<Witness> WitnessIn(absl::string_view content) {
  Witness witness;
  const std::vector<absl::string_view> lines = absl::StrSplit(content, '\n');
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    if (Add(lines[i], witness)) continue;
    // The last of its lines, or the last but for what never got an end.
    if (i + 2 < lines.size()) return absl::DataLossError(absl::StrCat("line ", i + 1));
  }
  if (witness.manifest_bytes == 0) return absl::DataLossError("no whole line about the MANIFEST");
  return witness;
}

}  // namespace halfterm::storage
