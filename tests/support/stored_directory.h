// Writes a committed school's people into its store, as an import would: what reads the store alone
// (verify, a restart) then finds them.

#ifndef HALFTERM_TESTS_SUPPORT_STORED_DIRECTORY_H_
#define HALFTERM_TESTS_SUPPORT_STORED_DIRECTORY_H_
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <utility>

#include "storage/directory/directory_writer.h"
#include "storage/directory/reference.h"
#include "tests/support/committed_school.h"

namespace halfterm::testing {

class WriteDirectoryJob final : public storage::Job {
 public:
  WriteDirectoryJob(storage::DirectoryChange change, std::promise<absl::Status>& done)
      : change_(std::move(change)), done_(done) {}
  void Apply(storage::Batch& batch) override {
    result_ = storage::WriteDirectory(batch, storage::Tenant(CommittedSchool::kTenant), "Northgate",
                                      change_)
                  .status();
  }
  void Done(const absl::Status& committed) override {
    done_.set_value(committed.ok() ? result_ : committed);
  }

 private:
  const storage::DirectoryChange change_;
  std::promise<absl::Status>& done_;
  absl::Status result_;
};

// With `rederive` what is derived from the visits is made again, in steps behind the jobs that
// follow.
inline void StoreDirectory(CommittedSchool& school, bool rederive = false) {
  school.PutDirectory();
  storage::DirectoryChange change;
  change.rederive = rederive;
  change.references = storage::ReferencesOf(school.people.content);
  change.grants = school.people.content.grants;
  std::promise<absl::Status> done;
  school.committer().Submit(std::make_unique<WriteDirectoryJob>(std::move(change), done));
  const absl::Status stored = done.get_future().get();
  EXPECT_TRUE(stored.ok()) << stored;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_STORED_DIRECTORY_H_
