// What a verification has found so far, and how far it is.

#ifndef HALFTERM_STORAGE_VERIFY_FINDINGS_H_
#define HALFTERM_STORAGE_VERIFY_FINDINGS_H_
#include <cstddef>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "halfterm/v1/admin.pb.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"

namespace halfterm::storage {

class Findings {
 public:
  // `progress` must outlive this.
  explicit Findings(const std::function<bool(const v1::VerifyReply&)>& progress)
      : progress_(progress) {}

  // Counters are the caller's to raise.
  v1::VerifyReply& reply() { return reply_; }

  // `where` and `detail` name rows and numbers, and never what somebody wrote. All are counted, the
  // first 100 are kept.
  void Differs(absl::string_view what, std::string where, std::string detail);

  // Called for every record and every few log rows; now and then tells how far it is. False once
  // whoever asked has had enough.
  bool GoOn();
  // Tells the result.
  void Finish();

 private:
  const std::function<bool(const v1::VerifyReply&)>& progress_;
  v1::VerifyReply reply_;
  size_t steps_ = 0;
  bool stopped_ = false;
};

// Ids and keys in words for Differs().
std::string Named(absl::string_view what, absl::string_view bytes);
std::string Named(const core::Id16& record);
std::string Named(const core::FacetId& facet);
std::string Named(const core::Scope& scope);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_FINDINGS_H_
