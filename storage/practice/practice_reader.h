// The feedback loop's pages, each read from one snapshot.

#ifndef HALFTERM_STORAGE_PRACTICE_PRACTICE_READER_H_
#define HALFTERM_STORAGE_PRACTICE_PRACTICE_READER_H_
#include <memory>

#include "absl/status/statusor.h"
#include "halfterm/v1/help.pb.h"
#include "storage/aggregates/aggregate_reader.h"
#include "storage/caller.h"
#include "storage/clock.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// Safe to call from any thread. Blocks on the disk. Whoever may not read a page gets NotFound, in
// the same words as for an id that is not there.
class PracticeReader {
 public:
  template <class Request, class Reply>
  using Page = absl::StatusOr<Reply> (*)(const Question&, const Request&);

  // All must outlive the reader.
  PracticeReader(const Engine& engine, const Directories& directories,
                 const AggregateReader& aggregates, const Clock& clock)
      : engine_(engine), directories_(directories), aggregates_(aggregates), clock_(clock) {}

  template <class Request, class Reply>
  absl::StatusOr<Reply> Read(const Caller& caller, const Request& request,
                             Page<Request, Reply> page) const {
    const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
    if (directory == nullptr) return NotThereOrNotYours();
    const SummaryAccess access(*directory, caller.person);
    const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
    return page({*snapshot, caller.tenant, *directory, access, caller.person, clock_.NowMs()},
                request);
  }

  // The page of help, with departments' trends from frozen figures where they are asked for.
  absl::StatusOr<v1::HelpingReply> Helping(const Caller& caller,
                                           const v1::HelpingRequest& request) const;

 private:
  const Engine& engine_;
  const Directories& directories_;
  const AggregateReader& aggregates_;
  const Clock& clock_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_PRACTICE_READER_H_
