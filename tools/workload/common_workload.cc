#include "tools/workload/common_workload.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/replay/ids.h"
#include "tools/workload/json_fields.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

// The criteria in the order of the elements' numbers.
constexpr const char* kCriteria[] = {"planning",    "subject_knowledge", "pace",
                                     "questioning", "differentiation",   "behaviour",
                                     "assessment",  "engagement",        "progress"};

// 0: no such criterion.
uint32_t ElementOf(const std::string& criterion) {
  const auto* const found = std::find(std::begin(kCriteria), std::end(kCriteria), criterion);
  return found == std::end(kCriteria) ? 0
                                      : static_cast<uint32_t>(found - std::begin(kCriteria)) + 1;
}

v1::VisitKind KindOf(const std::string& kind) {
  static const auto* const kinds =
      new std::map<std::string, v1::VisitKind>{{"half-termly", v1::VISIT_KIND_DEPT},
                                               {"walk-round", v1::VISIT_KIND_WALK},
                                               {"peer-coaching", v1::VISIT_KIND_COACH},
                                               {"ast-review", v1::VISIT_KIND_AST},
                                               {"new-staff", v1::VISIT_KIND_MENTOR}};
  const auto found = kinds->find(kind);
  return found == kinds->end() ? v1::VISIT_KIND_UNSPECIFIED : found->second;
}

v1::Level LevelOf(const std::string& status) {
  if (status == "draft") return v1::LEVEL_DRAFT;
  if (status == "submitted") return v1::LEVEL_SUBMITTED;
  // A teacher's acknowledgement names a version and is not the observer's to give.
  if (status == "shared" || status == "acknowledged") return v1::LEVEL_SHARED;
  if (status == "closed") return v1::LEVEL_CLOSED;
  return v1::LEVEL_UNSPECIFIED;
}

v1::Note NoteOf(JsonFields& fields, int64_t start_ms) {
  constexpr int64_t kDayMs = 86'400'000;
  v1::Note note;
  note.set_key(Bytes(fields.Id("id")));
  note.set_text(fields.Text("text"));
  const uint32_t element = ElementOf(fields.Text("criterion"));
  if (element == 0) fields.Wrong("criterion");
  note.set_element(element);
  const int64_t offset_ms = fields.Moment("at") - start_ms;
  if (offset_ms >= 0 && offset_ms <= kDayMs) {
    note.set_t_offset_s(static_cast<uint32_t>(offset_ms / 1000));
  }
  return note;
}

void ReadSheet(JsonFields& record, int64_t start_ms, uint32_t levels, v1::Sheet& sheet) {
  sheet.set_pupils_present(record.Small("pupils", 500));
  JsonFields ratings(record.Object("ratings"));
  for (uint32_t i = 0; i < std::size(kCriteria); ++i) {
    v1::Rating& rating = *sheet.add_ratings();
    rating.set_element(i + 1);
    rating.set_level(ratings.Small(kCriteria[i], levels));
  }
  record.Within(ratings);
  for (const json& line : record.List("notes")) {
    JsonFields note(line);
    *sheet.add_notes() = NoteOf(note, start_ms);
    record.Within(note);
  }
}

void ReadFeedback(JsonFields& record, v1::Feedback& feedback, v1::Steps& steps) {
  for (const json& line : record.List("strengths")) {
    JsonFields strength(line);
    v1::Paragraph& paragraph = *feedback.add_strengths();
    paragraph.set_key(Bytes(strength.Id("id")));
    paragraph.set_text(strength.Text("text"));
    record.Within(strength);
  }
  for (const json& line : record.List("actions")) {
    JsonFields action(line);
    v1::Step& step = *steps.add_steps();
    step.set_key(Bytes(action.Id("id")));
    step.set_text(action.Text("text"));
    step.set_due_day(action.Day("due"));
    if (action.Bool("done")) step.set_status(v1::STEP_STATUS_TRIED);
    record.Within(action);
  }
}

void ReadPlan(JsonFields& record, int64_t start_ms, uint32_t levels, v1::Plan& plan) {
  plan.set_kind(KindOf(record.Text("kind")));
  if (plan.kind() == v1::VISIT_KIND_UNSPECIFIED) record.Wrong("kind");
  plan.set_teacher(Bytes(record.Id("teacher_id")));
  plan.set_department_at_lesson(Bytes(record.Id("department_id")));
  plan.add_observers()->set_person(Bytes(record.Id("observer_id")));
  plan.set_lesson_start_ms(start_ms);
  plan.set_minutes(static_cast<uint32_t>((record.Moment("ended_at") - start_ms) / 60'000));
  plan.set_class_code(record.Text("class_code"));
  plan.set_subject(record.Text("subject"));
  plan.set_year_group(record.Small("year_group", 14));
  plan.set_period(record.Small("period", 20));
  plan.set_rubric_version(Bytes(RubricOf(levels)));
}

Visit ReadVisit(JsonFields& line, SchoolShape& school) {
  Visit visit;
  visit.tablet = line.Small("tablet", 10'000);
  JsonFields record(line.Object("record"));
  visit.id = record.Id("id");
  visit.observer = record.Id("observer_id");
  visit.at_ms = record.Moment("updated_at");
  visit.level = LevelOf(record.Text("status"));
  if (visit.level == v1::LEVEL_UNSPECIFIED) record.Wrong("status");
  const int64_t start_ms = record.Moment("started_at");
  const uint32_t levels = record.Small("scale", 10);
  ReadPlan(record, start_ms, levels, visit.plan);
  ReadSheet(record, start_ms, levels, visit.sheet);
  ReadFeedback(record, visit.feedback, visit.steps);

  const core::Id16 site = record.Id("school_id"), department = record.Id("department_id");
  school.sites[site] = {record.Text("school"), levels};
  school.departments[department] = {record.Text("department"), site};
  school.teachers[record.Id("teacher_id")] = {record.Text("teacher"), department};
  school.observers[visit.observer] = record.Text("observer");
  line.Within(record);
  return visit;
}

Edit ReadEdit(JsonFields& line) {
  Edit edit;
  edit.tablet = line.Small("tablet", 10'000);
  edit.visit = line.Id("record_id");
  edit.at_ms = line.Moment("at");
  JsonFields op(line.Object("op"));
  if (op.Has("add")) {
    JsonFields note(op.Object("note"));
    edit.note = NoteOf(note, edit.at_ms);
    edit.note.clear_t_offset_s();  // Written weeks after the lesson.
    op.Within(note);
  } else if (op.Text("set") == "rating") {
    edit.element = ElementOf(op.Text("criterion"));
    edit.level = op.Small("value", 10);
    if (edit.element == 0) op.Wrong("criterion");
  } else {
    edit.status = LevelOf(op.Text("value"));
    if (edit.status < v1::LEVEL_SHARED) op.Wrong("value");
  }
  line.Within(op);
  return edit;
}

Gesture WritesSheet(const Edit& edit, v1::Sheet change) {
  Gesture gesture;
  gesture.person = edit.observer;
  gesture.at_ms = edit.at_ms;
  gesture.facet = SheetOf(edit.visit, edit.observer);
  gesture.change = std::make_shared<v1::Sheet>(std::move(change));
  return gesture;
}

}  // namespace

std::vector<Gesture> GesturesOf(const Edit& edit) {
  v1::Sheet sheet;
  if (edit.status != v1::LEVEL_UNSPECIFIED) {
    std::vector<Gesture> gestures = {ShareGesture(edit.visit, edit.observer, edit.at_ms)};
    if (edit.status == v1::LEVEL_CLOSED) {
      gestures.push_back(CloseGesture(edit.visit, edit.observer, edit.at_ms));
    }
    return gestures;
  }
  if (edit.element != 0) {
    v1::Rating& rating = *sheet.add_ratings();
    rating.set_element(edit.element);
    rating.set_level(edit.level);
  } else {
    *sheet.add_notes() = edit.note;
  }
  return {WritesSheet(edit, std::move(sheet))};
}

bool IsCommonWorkload(absl::string_view first_line) {
  const json line = json::parse(first_line.begin(), first_line.end(), nullptr, false);
  return line.is_object() && (line.contains("record") || line.contains("record_id"));
}

absl::Status CommonReader::Read(std::istream& lines, absl::string_view name) {
  std::map<core::Id16, core::Id16> observer_of;
  for (const Visit& visit : records_.visits) observer_of[visit.id] = visit.observer;
  std::string text;
  for (size_t number = 1; std::getline(lines, text); ++number) {
    const json parsed = json::parse(text, nullptr, false);
    JsonFields line(parsed);
    if (line.Has("record")) {
      records_.visits.push_back(ReadVisit(line, records_.school));
      observer_of[records_.visits.back().id] = records_.visits.back().observer;
      records_.tablets = std::max(records_.tablets, records_.visits.back().tablet + 1);
    } else {
      records_.edits.push_back(ReadEdit(line));
      Edit& edit = records_.edits.back();
      records_.tablets = std::max(records_.tablets, edit.tablet + 1);
      const auto observer = observer_of.find(edit.visit);
      if (observer == observer_of.end()) {
        line.Wrong("record_id");
      } else {
        edit.observer = observer->second;
      }
    }
    if (!line.wrong().empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":", number, ": `", line.wrong(), "` is missing or wrong"));
    }
  }
  return absl::OkStatus();
}

Workload MakeWorkload(CommonRecords records, const std::string& tenant) {
  Workload workload;
  workload.tenant = tenant;
  workload.school = MakeSchool(records.school, tenant);
  workload.tablets = records.tablets;
  std::vector<core::Id16> observers;
  for (const auto& [id, name] : records.school.observers) observers.push_back(id);
  workload.people.assign(records.tablets, observers);
  workload.periods = HalfTermsOfTheYear();

  using Place = std::pair<size_t, core::Id16>;
  std::map<Place, Work> first, second;
  for (Visit& visit : records.visits) {
    Work& work = first[{visit.tablet, visit.observer}];
    for (Gesture& gesture : GesturesOf(std::move(visit))) {
      work.gestures.push_back(std::move(gesture));
    }
  }
  for (const Edit& edit : records.edits) {
    Work& work = second[{edit.tablet, edit.observer}];
    for (Gesture& gesture : GesturesOf(edit)) work.gestures.push_back(std::move(gesture));
  }
  for (auto* phase_work : {&first, &second}) {
    if (phase_work->empty()) continue;
    Phase& phase = workload.phases.emplace_back();
    for (auto& [place, work] : *phase_work) {
      work.tablet = place.first;
      work.person = place.second;
      phase.work.push_back(std::move(work));
    }
  }
  return workload;
}

}  // namespace halfterm::tools
