// One line of a gesture file as a gesture.

#ifndef HALFTERM_TOOLS_WORKLOAD_GESTURE_LINE_H_
#define HALFTERM_TOOLS_WORKLOAD_GESTURE_LINE_H_
#include "tools/replay/gesture.h"
#include "tools/workload/json_fields.h"

namespace halfterm::tools {

// What is wrong with the line, if anything is, is in line.wrong() afterwards.
Gesture ReadGesture(JsonFields& line);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_GESTURE_LINE_H_
