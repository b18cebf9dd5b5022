// Departments by elements, without a name in it.

#ifndef HALFTERM_STORAGE_PRACTICE_HEAT_MAP_H_
#define HALFTERM_STORAGE_PRACTICE_HEAT_MAP_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/trend.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// A cell with fewer teachers or lessons than these says NOT_ENOUGH: one teacher's mean is no figure
// of a department.
constexpr uint32_t kHeatTeachers = 2, kHeatLessons = 3;

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::HeatMapReply> ReadHeatMap(const Question& question,
                                             const v1::HeatMapRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_HEAT_MAP_H_
