// What every command that reads figures needs first: the school, who asks, and a session of theirs.

#ifndef HALFTERM_TOOLS_READING_H_
#define HALFTERM_TOOLS_READING_H_
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "sync/directory.h"
#include "tools/command.h"

namespace halfterm::tools {

struct ReadingFlags {
  std::string as;         // Who asks.
  std::string half_term;  // As ParseHalfTerm. Empty: today's.
  std::string rubric;     // An id, or a version as people say it. Empty: the server chooses.
};
void AddReadingFlags(CLI::App& command, ReadingFlags& flags);
// The parts of it, for pages that are of no half-term, or of no rubric.
void AddAskerFlag(CLI::App& command, ReadingFlags& flags);
void AddRubricFlag(CLI::App& command, ReadingFlags& flags);

struct Reader {
  sync::Directory directory;
  const v1::Person* person;  // Who asks; of `directory`.
  std::string token;
  uint32_t h2 = 0;
  std::string rubric;  // An id of 16 bytes, or empty.
  std::unique_ptr<v1::Summaries::Stub> summaries;

  absl::TimeZone zone() const { return directory.ZoneOf(core::Id16{}); }
  // The organisation that `words` mean; without words the one that the person leads, or the only
  // school. NotFound: none, or several.
  absl::StatusOr<const v1::Org*> OrgFor(const std::string& words, bool departments) const;
};

// InvalidArgument: a flag means nothing. NotFound: no such school or person. Else the server's
// error.
absl::StatusOr<std::unique_ptr<Reader>> BeginReading(Invocation& invocation,
                                                     const ReadingFlags& flags);

// Says why figures could not be had; gives the exit code.
int FailReading(Invocation& invocation, const absl::Status& why);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_READING_H_
