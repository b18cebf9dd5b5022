// A small piece of work for the committer: a function that changes rows and fills a reply.

#ifndef HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_WORK_H_
#define HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_WORK_H_
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/commit/answering.h"
#include "storage/commit/committer.h"

namespace halfterm::storage {

// `apply` must check everything before its first change of the batch.
template <class Reply>
class AccountWork final : public Job {
 public:
  using ApplyTo = std::function<absl::Status(Batch&, Reply&)>;

  AccountWork(ApplyTo apply, ReplyTo<Reply> done)
      : apply_(std::move(apply)), done_(std::move(done)) {}

  void Apply(Batch& batch) override { error_ = apply_(batch, reply_); }

  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, error_, committed, std::move(reply_));
  }

 private:
  const ApplyTo apply_;
  const ReplyTo<Reply> done_;
  Reply reply_;
  absl::Status error_;
};

template <class Reply>
std::unique_ptr<Job> MakeAccountWork(typename AccountWork<Reply>::ApplyTo apply,
                                     ReplyTo<Reply> done) {
  return std::make_unique<AccountWork<Reply>>(std::move(apply), std::move(done));
}

// What was decided where a refusal, too, changes the store: a nonce is used, a try counted. Nobody
// hears it before that is durable.
template <class Reply>
struct Judged {
  absl::Status refused;
  Reply reply;
};

// `judge` returns OK where it decided, and an error only where it left the batch as it found it.
template <class Reply>
std::unique_ptr<Job> MakeJudgement(typename AccountWork<Judged<Reply>>::ApplyTo judge,
                                   ReplyTo<Reply> done) {
  return MakeAccountWork<Judged<Reply>>(
      std::move(judge), [done = std::move(done)](absl::StatusOr<Judged<Reply>> judged) {
        if (!judged.ok()) {
          done(judged.status());
        } else if (!judged->refused.ok()) {
          done(judged->refused);
        } else {
          done(std::move(judged->reply));
        }
      });
}

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_WORK_H_
