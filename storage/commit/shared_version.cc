#include "storage/commit/shared_version.h"

#include "sync/levels.h"
#include "sync/schema.h"
#include "sync/view.h"

namespace halfterm::storage {
namespace {

template <typename M>
M ViewOf(const sync::RecordView& record, core::FacetClass facet_class, const core::Id16& sub = {}) {
  M message;
  const core::Facet* facet = record.Find(facet_class, sub);
  // A cell that cannot be read is left out of the view and stays in the record.
  if (facet != nullptr) {
    (void)sync::ReadView(sync::Schema::OfThisBuild(), facet_class, *facet, message, nullptr);
  }
  return message;
}

}  // namespace

core::FacetId VersionFacet(const core::Id16& record, uint16_t round) {
  core::FacetId id{record, core::kVersion, {}};
  id.sub.bytes[14] = static_cast<uint8_t>(round >> 8);
  id.sub.bytes[15] = static_cast<uint8_t>(round);
  return id;
}

v1::SharedVersion SharedVersionOf(const sync::RecordView& record, const core::VisitFacts& facts,
                                  const Sharing& sharing) {
  v1::SharedVersion version;
  version.set_round(sharing.round);
  version.set_shared_by(std::string(sharing.by.view()));
  version.set_shared_day(sharing.day);
  // Each version carries the first day on, so that one of them is enough to read.
  version.set_first_shared_day(sharing.round == 1 ? sharing.day
                                                  : sync::NewestVersion(record).first_shared_day);
  const auto plan = ViewOf<v1::Plan>(record, core::kPlan);
  version.set_rubric_version(plan.rubric_version());

  const auto feedback = ViewOf<v1::Feedback>(record, core::kFeedback);
  for (const v1::Paragraph& strength : feedback.strengths()) version.add_strengths(strength.text());
  if (facts.kind == core::VisitKind::kWalk && feedback.strengths().empty()) {
    // A walk-round has a page and no feedback: its praise is what reaches the teacher.
    for (const core::Id16& observer : facts.observers) {
      const auto sheet = ViewOf<v1::Sheet>(record, core::kSheet, observer);
      for (const v1::Praise& praise : sheet.praise()) version.add_strengths(praise.text());
    }
  }
  version.set_priority(feedback.priority());
  version.set_priority_element(feedback.priority_element());
  for (const v1::Paragraph& part : feedback.message()) version.add_message(part.text());
  const auto steps = ViewOf<v1::Steps>(record, core::kSteps);
  *version.mutable_steps() = steps.steps();

  const std::vector<core::Id16> observers = sync::ExpectedObservers(record, facts);
  for (const sync::Rating& level : sync::ShareableLevels(record, observers)) {
    if (level.disputed) {
      version.add_left_out(level.element);
    } else if (level.level != 0) {
      v1::Rating& rating = *version.add_ratings();
      rating.set_element(level.element);
      rating.set_level(level.level);
    }
  }
  if (!feedback.include_notes()) return version;
  for (const core::Id16& observer : facts.observers) {
    const auto sheet = ViewOf<v1::Sheet>(record, core::kSheet, observer);
    for (const v1::Note& note : sheet.notes()) {
      if (!note.is_private()) *version.add_notes() = note;
    }
  }
  return version;
}

}  // namespace halfterm::storage
