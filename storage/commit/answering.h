// What a job says to whoever asked for it, once its batch is durable or is known not to be.

#ifndef HALFTERM_STORAGE_COMMIT_ANSWERING_H_
#define HALFTERM_STORAGE_COMMIT_ANSWERING_H_
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace halfterm::storage {

template <class Reply>
using ReplyTo = std::function<void(absl::StatusOr<Reply>)>;

// The job's own error, which changed nothing; else the commit's; and the reply only when what it
// tells of is durable.
template <class Reply>
void AnswerOnce(const ReplyTo<Reply>& done, const absl::Status& own, const absl::Status& committed,
                Reply reply) {
  if (!own.ok()) {
    done(own);
  } else if (!committed.ok()) {
    done(committed);
  } else {
    done(std::move(reply));
  }
}

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_ANSWERING_H_
