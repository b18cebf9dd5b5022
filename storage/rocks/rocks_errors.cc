#include "storage/rocks/rocks_errors.h"

#include <rocksdb/status.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace halfterm::storage {
namespace {

constexpr absl::string_view kSeeDoctor =
    "Nothing was changed. Run `halfterm doctor` on this directory: it says what is damaged, what "
    "would be lost, and what can be done; keep a copy of the directory first.";

}  // namespace

absl::Status DamagedError(const std::string& directory, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("Cannot open the store in ", directory, ": ", what, ". ", kSeeDoctor));
}

absl::Status OpenError(const std::string& directory, const rocksdb::Status& error) {
  const std::string text = error.ToString();
  const std::string opening =
      absl::StrCat("Cannot open the store in ", directory, ": ", text, ". ");
  // A file that the store names and the directory lacks is as lost as a damaged one.
  if (error.IsCorruption() || error.IsPathNotFound()) {
    return DamagedError(directory, text);
  }
  if (error.IsIOError() && absl::StrContains(text, "/LOCK:")) {
    return absl::FailedPreconditionError(absl::StrCat(
        opening, "Another process has it open; stop that one first. The lock goes with it."));
  }
  if (error.IsIOError() && absl::StrContains(text, "Permission denied")) {
    return absl::PermissionDeniedError(
        absl::StrCat(opening, "Give the directory and its files to the user of this process."));
  }
  if (error.IsInvalidArgument() && absl::StrContains(text, "Column families not opened")) {
    return absl::FailedPreconditionError(
        absl::StrCat(opening, "A newer version of Halfterm wrote it; use that version."));
  }
  if (error.IsNoSpace()) {
    return absl::UnavailableError(
        absl::StrCat(opening, "Its disk is full; free some space and start again."));
  }
  return absl::UnavailableError(absl::StrCat(
      opening, "If it persists, run `halfterm doctor` on this directory; nothing was changed."));
}

absl::Status ReadError(const std::string& directory, const rocksdb::Status& error) {
  // A miss is common, and without a message it costs no memory.
  if (error.IsNotFound()) return absl::Status(absl::StatusCode::kNotFound, "");
  const std::string reading = absl::StrCat("Reading in ", directory, ": ", error.ToString(), ". ");
  if (error.IsCorruption()) {
    return absl::DataLossError(
        absl::StrCat(reading, "Stop the server and run `halfterm doctor` on this directory."));
  }
  return absl::UnavailableError(reading);
}

FailureLatch::FailureLatch(std::string directory, std::function<void(const absl::Status&)> on_fatal)
    : directory_(std::move(directory)), on_fatal_(std::move(on_fatal)) {}

void FailureLatch::Fail(absl::string_view doing, const rocksdb::Status& error) {
  const absl::Status why = absl::UnavailableError(absl::StrCat(
      "The store in ", directory_, " failed while ", doing, ": ", error.ToString(),
      ". Nothing can be committed until this process is started again; what was acknowledged is "
      "safe."));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!status_.ok()) return;
    status_ = why;
  }
  if (on_fatal_) on_fatal_(why);
}

absl::Status FailureLatch::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

}  // namespace halfterm::storage
