#include "tools/replay/tablet_store.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/rocks/rocks_engine.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/limits.h"

namespace halfterm::tools {
namespace {

constexpr size_t kMiB = 1024 * 1024;
constexpr uint16_t kPhaseField = 1;  // Of the plan.

// Somebody who gives a value that is shown already, beside another, has chosen it: adds to `delta`
// what settles those fields of `change`.
absl::Status AddChoices(const sync::Schema& schema, uint8_t facet_class, const core::Facet& shown,
                        const google::protobuf::Message& change, const sync::ViewReport& report,
                        const core::Dot& dot, core::Facet& delta) {
  if (report.differing.empty()) return absl::OkStatus();
  const absl::StatusOr<core::Facet> given =
      sync::WriteChanges(schema, facet_class, core::Facet(), change, dot);
  if (!given.ok()) return given.status();
  for (const sync::Differing& differing : report.differing) {
    const core::Cell* cell = given->Find(differing.path);
    if (cell == nullptr || cell->siblings.empty() || delta.Find(differing.path) != nullptr) {
      continue;
    }
    absl::StatusOr<core::Facet> chosen = sync::Choose(schema, facet_class, shown, differing.path,
                                                      std::string(cell->siblings[0].value), dot);
    if (!chosen.ok()) return chosen.status();
    core::JoinInto(delta, *std::move(chosen), nullptr);
  }
  return absl::OkStatus();
}

}  // namespace

// What one atomic step has staged, as the person sees it.
struct TabletStore::Step {
  std::map<core::FacetId, core::Facet> shown;
  std::map<core::Id16, WrittenOver> over;
};

absl::StatusOr<std::unique_ptr<storage::Engine>> OpenTabletEngine(const std::string& directory) {
  storage::RocksEngineOptions options;
  options.directory = directory;
  options.block_cache_bytes = 1 * kMiB;
  options.memtable_bytes = 2 * kMiB;
  options.low_space_bytes = 64 * kMiB;
  return storage::OpenRocksEngine(options);
}

absl::StatusOr<TabletStore> TabletStore::Open(storage::Engine& engine, const sync::Schema& schema,
                                              StoreNumber number) {
  absl::StatusOr<Outbox> outbox = Outbox::Open(engine, number);
  if (!outbox.ok()) return outbox.status();
  absl::StatusOr<Base> base = Base::Open(engine, number);
  if (!base.ok()) return base.status();
  return TabletStore(schema, *std::move(outbox), *std::move(base));
}

absl::StatusOr<core::Facet> TabletStore::Shown(const core::FacetId& id) const {
  absl::StatusOr<Base::HeldFacet> held = base_.Facet(id);
  if (!held.ok()) return held.status();
  if (absl::Status joined = outbox_.JoinOwn(id, held->seq, held->facet); !joined.ok()) {
    return joined;
  }
  return std::move(held->facet);
}

absl::StatusOr<WrittenOver> TabletStore::Over(const core::Id16& record, Step& step) const {
  const auto known = step.over.find(record);
  if (known != step.over.end()) return known->second;
  WrittenOver over;
  over.base_epoch = base_.row().epoch();
  over.base_seq = base_.row().seq();
  const absl::StatusOr<Base::HeldFacet> plan = base_.Facet({record, core::kPlan, {}});
  if (!plan.ok()) return plan.status();
  const core::Cell* phase = plan->facet.Find(core::Path::Field(kPhaseField, core::Kind::kPhase));
  if (phase != nullptr) {
    over.known.flags = phase->phase.withdrawn ? 1 : 0;
    over.known.round = phase->phase.round;
    over.known.level = phase->phase.level;
  }
  step.over.emplace(record, over);
  return over;
}

absl::Status TabletStore::Stage(const Gesture& gesture, Sealing sealing, const TabletMoment& now,
                                Step& step) {
  const absl::StatusOr<WrittenOver> over = Over(gesture.facet.record, step);
  if (!over.ok()) return over.status();
  if (gesture.intent != nullptr) {
    outbox_.StageGroup(core::GroupKind::kIntent, gesture.facet, gesture.intent->SerializeAsString(),
                       *over, now);
    return absl::OkStatus();
  }

  auto shown = step.shown.find(gesture.facet);
  if (shown == step.shown.end()) {
    absl::StatusOr<core::Facet> facet = Shown(gesture.facet);
    if (!facet.ok()) return facet.status();
    shown = step.shown.emplace(gesture.facet, *std::move(facet)).first;
  }
  const uint8_t facet_class = gesture.facet.facet_class;
  const std::unique_ptr<google::protobuf::Message> view = NewView(*schema_, facet_class);
  if (view == nullptr) return absl::NotFoundError("a gesture on a facet of an unknown class");
  sync::ViewReport report;
  absl::Status read = sync::ReadView(*schema_, facet_class, shown->second, *view, &report);
  if (!read.ok()) return read;
  if (absl::Status changed = ChangeView(*schema_, gesture, *view); !changed.ok()) return changed;

  const bool collects = sealing == Sealing::kWhenSent;
  const core::Dot dot = collects ? outbox_.OpenDot() : outbox_.NextDot();
  absl::StatusOr<core::Facet> delta =
      sync::WriteChanges(*schema_, facet_class, shown->second, *view, dot);
  if (!delta.ok()) return delta.status();
  if (gesture.change != nullptr) {
    const absl::Status chosen =
        AddChoices(*schema_, facet_class, shown->second, *gesture.change, report, dot, *delta);
    if (!chosen.ok()) return chosen;
  }
  if (delta->cells.empty()) return absl::OkStatus();
  const std::string body = core::Encode(*delta);
  if (body.size() + core::kGroupHeaderBytes + 32 > core::kMaxGroupBytes ||
      delta->cells.size() > core::kMaxGroupCells) {
    return absl::InvalidArgumentError(
        absl::StrCat("a gesture of ", body.size(), " bytes is too large to be sent"));
  }
  core::Facet seen = *delta;
  core::Attribute(seen, dot, outbox_.person());
  core::JoinInto(shown->second, std::move(seen), nullptr);
  if (collects) return outbox_.StageOpen(gesture.facet, *std::move(delta), *over, now);
  outbox_.StageGroup(core::GroupKind::kDelta, gesture.facet, body, *over, now);
  return absl::OkStatus();
}

absl::StatusOr<size_t> TabletStore::Do(absl::Span<const Gesture> gestures, Sealing sealing,
                                       const std::function<TabletMoment(const Gesture&)>& moment) {
  if (outbox_.row().replica() == 0) {
    return absl::FailedPreconditionError("the store has not greeted the server yet");
  }
  Step step;
  size_t undone = 0;
  for (const Gesture& given : gestures) {
    const bool seals = given.intent != nullptr && sealing == Sealing::kWhenSent;
    if (seals || given.complete) {
      // What follows must find on disk what came before; and what is sealed has another number than
      // the step shows.
      if (absl::Status saved = outbox_.Commit(); !saved.ok()) return saved;
      step = Step();
    }
    Gesture gesture = given;
    if (gesture.complete) {
      const absl::Status completed = gesture.complete(*this, gesture);
      if (absl::IsNotFound(completed)) {
        ++undone;
        continue;
      }
      if (!completed.ok()) return completed;
    }
    if (seals) {
      if (absl::Status sealed = Seal(); !sealed.ok()) return sealed;
    }
    absl::Status staged = Stage(gesture, sealing, moment(gesture), step);
    if (!staged.ok()) return outbox_.Abandon(std::move(staged));
  }
  if (absl::Status saved = outbox_.Commit(); !saved.ok()) return saved;
  return undone;
}

absl::Status TabletStore::Seal() {
  if (absl::Status sealed = outbox_.StageSealing(); !sealed.ok()) return outbox_.Abandon(sealed);
  return outbox_.Commit();
}

}  // namespace halfterm::tools
