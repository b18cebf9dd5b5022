// A record as the caller may see it: the facets that one of the caller's scopes holds, decoded.
//
// Pages are made of what is filed for their reader and of nothing else, so no page needs a rule of
// its own about who may see a line of it.

#ifndef HALFTERM_STORAGE_PRACTICE_VISIBLE_RECORD_H_
#define HALFTERM_STORAGE_PRACTICE_VISIBLE_RECORD_H_
#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/merge.pb.h"
#include "storage/summary/question.h"
#include "sync/core/audience.h"
#include "sync/core/types.h"
#include "sync/record.h"
#include "sync/view.h"

namespace halfterm::storage {

class VisibleRecord {
 public:
  // A record that is not there, or of which the caller may see nothing, is empty. DataLoss: a facet
  // cannot be read.
  static absl::StatusOr<VisibleRecord> Read(const Question& question, const core::Id16& record);

  bool IsEmpty() const { return view_.facets.empty(); }
  const core::Id16& id() const { return view_.id; }
  const sync::RecordView& view() const { return view_; }
  // Of what is visible: without the plan they say nothing.
  const core::VisitFacts& facts() const { return facts_; }

  // Shows the facet in `message`; false where it is not visible, or cannot be shown.
  bool Show(v1::FacetClass facet_class, const core::Id16& sub, google::protobuf::Message& message,
            sync::ViewReport* report = nullptr) const;

 private:
  std::vector<std::unique_ptr<core::Facet>> facets_;
  sync::RecordView view_;
  core::VisitFacts facts_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_VISIBLE_RECORD_H_
