#include "storage/practice/heat_map.h"

#include <string>

#include "storage/practice/org_asked.h"
#include "storage/summary/figures.h"
#include "storage/summary/group_rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;

void FillCell(const v1::GroupElementFigures& figures, v1::HeatCell& cell) {
  cell.set_teachers(static_cast<uint32_t>(figures.teachers()));
  cell.set_lessons(static_cast<uint32_t>(figures.n()));
  if (figures.n() == 0) return;
  if (figures.teachers() < kHeatTeachers || figures.n() < kHeatLessons) {
    cell.set_state(v1::HEAT_STATE_NOT_ENOUGH);
    return;
  }
  cell.set_state(v1::HEAT_STATE_SHOWN);
  cell.set_mean_of_means_millionths(figures.mean_of_means_millionths());
  Histogram medians{};
  for (int level = 0; level < figures.median_hist_size(); ++level) {
    medians[static_cast<size_t>(level)] = figures.median_hist(level);
  }
  cell.set_lower_median(LowerMedian(medians));
}

}  // namespace

absl::StatusOr<v1::HeatMapReply> ReadHeatMap(const Question& question,
                                             const v1::HeatMapRequest& request) {
  const absl::StatusOr<OrgAsked> school = SchoolAskedFor(question, request.school());
  if (!school.ok()) return school.status();
  absl::StatusOr<Id16> rubric = OptionalId(request.rubric_version(), "rubric_version");
  if (!rubric.ok()) return rubric.status();
  const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question, school->id, request.h2());
  if (!half_term.ok()) return half_term.status();

  RollupRows rollups(question.snapshot, question.tenant);
  GroupRows rows;
  for (const v1::Org* org : school->departments) {
    const absl::Status read = rows.Read(rollups, question, *Id16::FromBytes(org->id()), *half_term);
    if (!read.ok()) return read;
  }
  if (rubric->IsZero()) *rubric = rows.MostUsedRubric();

  v1::HeatMapReply reply;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, *rubric, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  reply.set_h2(*half_term);
  for (const auto& [other, unused] : rows.by_rubric) {
    if (other != *rubric) reply.add_other_rubric_versions(std::string(other.view()));
  }
  const v1::RubricVersion* known = question.directory.Rubric(*rubric);
  if (known == nullptr) return reply;
  reply.set_rubric_version(known->id());
  for (const v1::RubricElement& element : known->elements()) {
    v1::HeatColumn& column = *reply.add_columns();
    column.set_element(element.number());
    column.set_code(element.code());
    column.set_title(element.title());
    column.set_levels(static_cast<uint32_t>(element.levels_size()));
  }
  const auto by_department = rows.by_rubric.find(*rubric);
  for (const v1::Org* org : school->departments) {
    v1::HeatRow& row = *reply.add_rows();
    row.set_department(org->id());
    row.set_name(org->name());
    for (const v1::HeatColumn& column : reply.columns()) {
      v1::HeatCell& cell = *row.add_cells();
      cell.set_element(column.element());
      cell.set_state(v1::HEAT_STATE_NONE);
    }
    if (by_department == rows.by_rubric.end()) continue;
    const auto teachers = by_department->second.find(*Id16::FromBytes(org->id()));
    if (teachers == by_department->second.end()) continue;
    for (const v1::GroupElementFigures& figures : SumOf(teachers->second).FiguresFor(*known)) {
      for (v1::HeatCell& cell : *row.mutable_cells()) {
        if (cell.element() == figures.element()) FillCell(figures, cell);
      }
    }
  }
  return reply;
}

}  // namespace halfterm::storage
