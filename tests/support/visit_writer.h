// Tablets that write a visit, gesture by gesture, and a server that sets its phases: for tests of
// rules that read a whole record.
//
//   VisitWriter hana(school.hana, /*replica=*/1);
//   hana.Plan(visit, plan);  hana.Rate(visit, 3, 2);
//   Server().Share(visit) ...
//
// Everything written is a delta; a test joins them in any order, as often as it likes.

#ifndef HALFTERM_TESTS_SUPPORT_VISIT_WRITER_H_
#define HALFTERM_TESTS_SUPPORT_VISIT_WRITER_H_
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/audience.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/digest.h"
#include "sync/core/varint.h"
#include "sync/levels.h"
#include "sync/record.h"

namespace halfterm::testing {

inline std::string Number(uint64_t number) {
  std::string value;
  core::AppendVarint(value, number);
  return value;
}
inline std::string Signed(int64_t number) { return Number(core::ZigZag(number)); }

// One group as it arrives: what it adds to one facet.
struct Delta {
  core::FacetId facet;
  core::Facet cells;
};

// The facets of one record, joined from deltas.
class Held {
 public:
  explicit Held(const core::Id16& record) : record_(record) {}

  void Join(const Delta& delta) {
    core::JoinInto(facets_[delta.facet], core::Facet(delta.cells), nullptr);
  }
  const core::Facet& At(const core::FacetId& id) { return facets_[id]; }
  sync::RecordView View() const {
    sync::RecordView view;
    view.id = record_;
    for (const auto& [id, facet] : facets_) view.facets.push_back({id, &facet});
    return view;
  }

 private:
  core::Id16 record_;
  std::map<core::FacetId, core::Facet> facets_;
};

struct PlanOf {
  v1::VisitKind kind = v1::VISIT_KIND_DEPT;
  core::Id16 teacher{}, department{}, lead{};
  std::vector<core::Id16> observers;
  int64_t start_ms = 0;
  uint32_t minutes = 50;
  core::Id16 rubric{};
};

// A visit, and everything that was ever written about it.
class Visit {
 public:
  explicit Visit(const core::Id16& id) : record(id) {}

  const core::Id16 record;
  std::vector<Delta> written;

  core::FacetId Facet(core::FacetClass facet_class, const core::Id16& sub = {}) const {
    return {record, facet_class, sub};
  }
  // Everything, joined in the order of writing.
  Held All() const {
    Held held(record);
    for (const Delta& delta : written) held.Join(delta);
    return held;
  }

  // The server's phase of the plan, or of one sheet.
  void SetPhase(const core::FacetId& facet, uint16_t round, uint8_t level, bool withdrawn = false) {
    core::Cell cell;
    cell.path = core::Path::Field(1, core::Kind::kPhase);
    cell.phase = {withdrawn, round, level};
    Delta delta{facet, {}};
    delta.cells.cells.push_back(cell);
    written.push_back(std::move(delta));
  }
  void Submit(const core::Id16& observer) {
    SetPhase(Facet(core::kSheet, observer), 0, core::kSubmitted);
  }
  void Share(uint16_t round = 1) { SetPhase(Facet(core::kPlan), round, core::kShared); }
  void Withdraw() { SetPhase(Facet(core::kPlan), 0, 0, true); }
};

// One person on one tablet: holds what it wrote and what it was told of.
class VisitWriter {
 public:
  VisitWriter(const core::Id16& person, uint64_t replica) : person_(person), replica_(replica) {}

  const core::Id16& person() const { return person_; }

  // Everything written so far reaches this tablet.
  void Pull(const Visit& visit) {
    Held& held = HeldOf(visit);
    for (const Delta& delta : visit.written) held.Join(delta);
  }

  using Values = std::vector<std::pair<core::Path, std::string>>;
  // One gesture: one dot on every path.
  void Write(Visit& visit, const core::FacetId& facet, const Values& values) {
    const core::Dot dot{replica_, ++count_};
    Held& held = HeldOf(visit);
    Delta delta{facet, {}};
    for (const auto& [path, value] : values) {
      core::Put(delta.cells, core::Written(held.At(facet), path, dot, person_, value));
    }
    held.Join(delta);
    visit.written.push_back(std::move(delta));
  }

  void WritePlan(Visit& visit, const PlanOf& plan) {
    using core::Kind;
    using core::Path;
    Values values = {{Path::Field(2, Kind::kReg), Number(plan.kind)},
                     {Path::Field(5, Kind::kReg), std::string(plan.lead.view())},
                     {Path::Field(8, Kind::kReg), Signed(plan.start_ms)},
                     {Path::Field(9, Kind::kReg), Number(plan.minutes)}};
    const auto id = [&values](uint16_t field, const core::Id16& value) {
      if (value.IsZero()) return;
      values.emplace_back(Path::Field(field, Kind::kReg), std::string(value.view()));
    };
    id(3, plan.teacher);
    id(4, plan.department);
    id(16, plan.rubric);
    for (const core::Id16& observer : plan.observers) {
      values.emplace_back(Path::Entry(6, observer, 0, Kind::kElem), "");
    }
    Write(visit, visit.Facet(core::kPlan), values);
  }

  void Rate(Visit& visit, uint16_t element, uint32_t level) {
    WriteRating(visit, visit.Facet(core::kSheet, person_), 3, element, level);
  }
  void Agree(Visit& visit, uint16_t element, uint32_t level) {
    WriteRating(visit, visit.Facet(core::kConsensus), 1, element, level);
  }
  // Agrees to the consensus as this tablet holds it.
  void SayAgreed(Visit& visit) {
    const core::FacetId facet = visit.Facet(core::kConsensus);
    const core::Digest32 digest = sync::RatingsDigest(HeldOf(visit).At(facet));
    Write(visit, facet,
          {{core::Path::Entry(3, person_, 0, core::Kind::kElem), ""},
           {core::Path::Entry(3, person_, 1, core::Kind::kReg), std::string(digest.view())}});
  }
  // As the teacher. Element 0: about all of the version.
  void Ask(Visit& visit, const core::Id16& query, uint16_t element) {
    Values values = {{core::Path::Entry(2, query, 0, core::Kind::kElem), ""}};
    if (element != 0) {
      values.emplace_back(core::Path::Entry(2, query, 2, core::Kind::kReg), Number(element));
    }
    Write(visit, visit.Facet(core::kResponse, person_), values);
  }
  void CloseQuery(Visit& visit, const core::Id16& query, bool closed = true) {
    Write(visit, visit.Facet(core::kResponse, person_),
          {{core::Path::Entry(2, query, 0, core::Kind::kElem), ""},
           {core::Path::Entry(2, query, 4, core::Kind::kReg), Number(closed ? 1 : 0)}});
  }
  void Resolve(Visit& visit, const core::Id16& query, v1::Resolution resolution) {
    Write(visit, visit.Facet(core::kAnswers),
          {{core::Path::Entry(1, query, 0, core::Kind::kElem), ""},
           {core::Path::Entry(1, query, 2, core::Kind::kReg), Number(resolution)}});
  }
  // The version as it stands.
  void Acknowledge(Visit& visit, uint16_t version) {
    const core::FacetId read = visit.Facet(core::kVersion, core::NumberKey(version));
    AcknowledgeText(visit, version,
                    core::FacetDigest(read, core::EncodeContent(visit.All().At(read))));
  }
  // Under its number, and whatever text that digest is of.
  void AcknowledgeText(Visit& visit, uint16_t version, const core::Digest32& digest) {
    const core::Id16 key = core::NumberKey(version);
    Write(visit, visit.Facet(core::kResponse, person_),
          {{core::Path::Entry(1, key, 0, core::Kind::kElem), ""},
           {core::Path::Entry(1, key, 1, core::Kind::kReg), std::string(digest.view())}});
  }
  void AddStep(Visit& visit, const core::Id16& step, int32_t due_day) {
    Write(visit, visit.Facet(core::kSteps),
          {{core::Path::Entry(1, step, 0, core::Kind::kElem), ""},
           {core::Path::Entry(1, step, 3, core::Kind::kReg), Signed(due_day)}});
  }
  void SetStep(Visit& visit, const core::Id16& step, uint16_t part, std::string value) {
    Write(visit, visit.Facet(core::kSteps),
          {{core::Path::Entry(1, step, 0, core::Kind::kElem), ""},
           {core::Path::Entry(1, step, part, core::Kind::kReg), std::move(value)}});
  }
  // As the server.
  void WriteVersion(Visit& visit, const v1::SharedVersion& version) {
    const core::Id16 sub = core::NumberKey(static_cast<uint16_t>(version.round()));
    Write(visit, visit.Facet(core::kVersion, sub),
          {{core::Path::Field(1, core::Kind::kBlob), version.SerializeAsString()}});
  }

 private:
  void WriteRating(Visit& visit, const core::FacetId& facet, uint16_t field, uint16_t element,
                   uint32_t level) {
    const core::Id16 key = core::NumberKey(element);
    Write(visit, facet,
          {{core::Path::Entry(field, key, 0, core::Kind::kElem), ""},
           {core::Path::Entry(field, key, 1, core::Kind::kReg), Number(level)}});
  }
  Held& HeldOf(const Visit& visit) {
    return held_.try_emplace(visit.record, visit.record).first->second;
  }

  core::Id16 person_;
  uint64_t replica_;
  uint64_t count_ = 0;
  std::map<core::Id16, Held> held_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_VISIT_WRITER_H_
