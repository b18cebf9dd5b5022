#include "tools/summary_command.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/figures.h"
#include "tools/freeze_command.h"
#include "tools/half_term_name.h"
#include "tools/message_json.h"
#include "tools/practice/pack_page.h"
#include "tools/reading.h"
#include "tools/replay/connection.h"
#include "tools/roster/builder.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

struct SummaryFlags {
  ReadingFlags reading;
  std::string whose;
  bool details = false;
  bool frozen = false;
};

std::string Count(uint64_t count, const char* one, const char* many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

void PrintHead(Invocation& invocation, const std::string& name, uint32_t h2,
               const v1::RubricVersion* rubric, const std::string& behind) {
  invocation.out << name << ", " << HalfTermName(h2) << "\n"
                 << RubricTitle(rubric) << "; " << behind << "\n\n";
}

void PrintFoot(Invocation& invocation, const Reader& reader, const v1::Watermark& watermark,
               int other_versions) {
  invocation.out << "\n" << WatermarkText(watermark, reader.zone());
  if (other_versions > 0) {
    invocation.out << "There are figures of "
                   << Count(static_cast<uint64_t>(other_versions), "other rubric version",
                            "other rubric versions")
                   << " too; --rubric names one.\n";
  }
}

// Element by element, over many teachers.
template <typename Figures>
void PrintGroup(Invocation& invocation, const v1::RubricVersion* rubric, const Figures& elements) {
  const int levels = LevelsOf(rubric);
  std::vector<std::string> places;
  for (int level = 1; level <= levels; ++level) places.push_back(absl::StrCat(level));
  Table table;
  table.AddColumn("element");
  table.AddColumn("mean", Table::Align::kRight);
  table.AddColumn("teachers", Table::Align::kRight);
  table.AddColumn("lessons", Table::Align::kRight);
  table.AddColumn("teachers whose median is " + absl::StrJoin(places, " "));
  table.AddColumn("waiting", Table::Align::kRight);
  for (const v1::GroupElementFigures& figures : elements) {
    table.AddRow(
        {ElementTitle(rubric, figures.element()),
         figures.teachers() == 0 ? kNotEnoughYet : MeanText(figures.mean_of_means_millionths()),
         absl::StrCat(figures.teachers()), absl::StrCat(figures.n()),
         HistogramText(figures.median_hist(), levels),
         figures.unresolved() == 0 ? "" : absl::StrCat(figures.unresolved())});
  }
  table.Print(invocation.out);
}

// One row a name, one column an element: "2.7 (3)".
void PrintNames(Invocation& invocation, const v1::RubricVersion* rubric, const char* title,
                const char* in_brackets,
                const std::vector<std::pair<std::string, std::map<uint32_t, std::string>>>& rows) {
  std::set<uint32_t> elements;
  for (const auto& [name, cells] : rows) {
    for (const auto& [element, cell] : cells) elements.insert(element);
  }
  invocation.out << "\nMean of each element, " << in_brackets << " in brackets\n";
  Table table;
  table.AddColumn(title);
  for (const uint32_t element : elements) {
    table.AddColumn(ElementCode(rubric, element), Table::Align::kRight);
  }
  for (const auto& [name, cells] : rows) {
    std::vector<std::string> row = {name};
    for (const uint32_t element : elements) {
      const auto found = cells.find(element);
      row.push_back(found == cells.end() ? "-" : found->second);
    }
    table.AddRow(std::move(row));
  }
  table.Print(invocation.out);
}

template <typename Request, typename Reply>
absl::StatusOr<Reply> Ask(const Reader& reader,
                          grpc::Status (v1::Summaries::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Reply*),
                          Request request) {
  request.set_h2(reader.h2);
  request.set_rubric_version(reader.rubric);
  grpc::ClientContext context;
  PrepareCall(context, reader.token);
  Reply reply;
  const absl::Status status =
      ToStatus((reader.summaries.get()->*method)(&context, request, &reply));
  if (!status.ok()) return status;
  return reply;
}

void PrintLessons(Invocation& invocation, const Reader& reader, const v1::RubricVersion* rubric,
                  const v1::TeacherReply& reply) {
  Table table;
  table.AddColumn("lesson");
  table.AddColumn("kind");
  table.AddColumn("levels", Table::Align::kLeft, 60);
  table.AddColumn("to know");
  for (const v1::Lesson& lesson : reply.lessons()) {
    std::vector<std::string> levels, remarks;
    for (const v1::LessonLevel& level : lesson.levels()) {
      levels.push_back(absl::StrCat(ElementCode(rubric, level.element()), " ", level.level()));
    }
    for (const uint32_t element : lesson.unresolved()) {
      remarks.push_back(ElementCode(rubric, element) + " waits for its author");
    }
    for (const uint32_t element : lesson.queried()) {
      remarks.push_back(ElementCode(rubric, element) + " is questioned");
    }
    if (lesson.changed_since_shared()) remarks.push_back("changed since it was shared");
    table.AddRow({MomentInWords(lesson.lesson_start_ms(), reader.zone()),
                  ChoiceText(v1::VisitKind_descriptor(), lesson.kind()),
                  absl::StrJoin(levels, ", "), absl::StrJoin(remarks, "; ")});
  }
  invocation.out << "\n";
  table.Print(invocation.out);
}

int Teacher(Invocation& invocation, const SummaryFlags& flags) {
  const auto reader = BeginReading(invocation, flags.reading);
  if (!reader.ok()) return FailReading(invocation, reader.status());
  const auto teacher = flags.whose.empty()
                           ? absl::StatusOr<const v1::Person*>((*reader)->person)
                           : PersonMeant((*reader)->directory.content(), flags.whose);
  if (!teacher.ok()) return FailReading(invocation, teacher.status());
  v1::TeacherRequest request;
  request.set_teacher((*teacher)->id());
  request.set_with_lessons(flags.details || invocation.json);
  const auto reply = Ask(**reader, &v1::Summaries::Stub::Teacher, request);
  if (!reply.ok()) return FailReading(invocation, reply.status());
  if (invocation.json) {
    invocation.out << MessageAsJson(*reply).dump() << "\n";
    return kExitOk;
  }
  const v1::RubricVersion* rubric =
      RubricOf((*reader)->directory, reply->watermark().rubric_version());
  PrintHead(invocation, reply->display_name(), reply->h2(), rubric,
            absl::StrCat(Count(reply->visits(), "visit", "visits"), " counted, ",
                         Count(reply->observers(), "observer", "observers"),
                         reply->as_shared() ? "; as it was shared" : ""));
  const int levels = LevelsOf(rubric);
  Table table;
  table.AddColumn("element");
  table.AddColumn("mean", Table::Align::kRight);
  table.AddColumn("median", Table::Align::kRight);
  table.AddColumn("lessons", Table::Align::kRight);
  table.AddColumn("observers", Table::Align::kRight);
  table.AddColumn("at level 1 up");
  table.AddColumn("last");
  table.AddColumn("trend");
  table.AddColumn("waiting", Table::Align::kRight);
  for (const v1::ElementFigures& figures : reply->elements()) {
    const bool none = figures.n() == 0;
    table.AddRow({ElementTitle(rubric, figures.element()),
                  none ? kNotEnoughYet : MeanText(figures.mean_millionths()),
                  none ? "" : absl::StrCat(figures.lower_median()), absl::StrCat(figures.n()),
                  absl::StrCat(reply->observers()), HistogramText(figures.hist(), levels),
                  figures.last_level() == 0
                      ? ""
                      : absl::StrCat(figures.last_level(), " on ",
                                     DayInWords(figures.last_lesson_ms(), (*reader)->zone())),
                  TrendText(figures.trend()),
                  figures.unresolved() == 0 ? "" : absl::StrCat(figures.unresolved())});
  }
  if (reply->elements().empty()) {
    invocation.out << kNotEnoughYet << "\n";
  } else {
    table.Print(invocation.out);
  }
  if (flags.details && !reply->lessons().empty()) {
    PrintLessons(invocation, **reader, rubric, *reply);
  }
  PrintFoot(invocation, **reader, reply->watermark(), reply->other_rubric_versions_size());
  return kExitOk;
}

int Department(Invocation& invocation, const SummaryFlags& flags) {
  const auto reader = BeginReading(invocation, flags.reading);
  if (!reader.ok()) return FailReading(invocation, reader.status());
  const auto org = (*reader)->OrgFor(flags.whose, /*departments=*/true);
  if (!org.ok()) return FailReading(invocation, org.status());
  v1::DepartmentRequest request;
  request.set_department((*org)->id());
  request.set_with_teachers(flags.details || invocation.json);
  const auto reply = Ask(**reader, &v1::Summaries::Stub::Department, request);
  if (!reply.ok()) return FailReading(invocation, reply.status());
  if (invocation.json) {
    invocation.out << MessageAsJson(*reply).dump() << "\n";
    return kExitOk;
  }
  const v1::RubricVersion* rubric =
      RubricOf((*reader)->directory, reply->watermark().rubric_version());
  PrintHead(invocation, reply->name(), reply->h2(), rubric,
            Count(reply->visits(), "visit", "visits") + " counted");
  if (reply->elements().empty()) {
    invocation.out << kNotEnoughYet << "\n";
  } else {
    PrintGroup(invocation, rubric, reply->elements());
  }
  if (flags.details && !reply->teachers().empty()) {
    std::vector<std::pair<std::string, std::map<uint32_t, std::string>>> rows;
    for (const v1::TeacherRow& row : reply->teachers()) {
      auto& [name, cells] =
          rows.emplace_back(row.display_name(), std::map<uint32_t, std::string>());
      for (const v1::ElementFigures& figures : row.elements()) {
        if (figures.n() == 0) continue;
        cells[figures.element()] =
            absl::StrCat(MeanText(figures.mean_millionths()), " (", figures.n(), ")");
      }
    }
    PrintNames(invocation, rubric, "teacher", "lessons", rows);
  }
  PrintFoot(invocation, **reader, reply->watermark(), reply->other_rubric_versions_size());
  return kExitOk;
}

int School(Invocation& invocation, const SummaryFlags& flags) {
  if (flags.frozen) return ShowFrozen(invocation, flags.reading, flags.whose);
  const auto reader = BeginReading(invocation, flags.reading);
  if (!reader.ok()) return FailReading(invocation, reader.status());
  const auto org = (*reader)->OrgFor(flags.whose, /*departments=*/false);
  if (!org.ok()) return FailReading(invocation, org.status());
  v1::SchoolRequest request;
  request.set_school((*org)->id());
  request.set_with_departments(flags.details || invocation.json);
  const auto reply = Ask(**reader, &v1::Summaries::Stub::School, request);
  if (!reply.ok()) return FailReading(invocation, reply.status());
  if (invocation.json) {
    invocation.out << MessageAsJson(*reply).dump() << "\n";
    return kExitOk;
  }
  const v1::RubricVersion* rubric =
      RubricOf((*reader)->directory, reply->watermark().rubric_version());
  PrintHead(invocation, reply->name(), reply->h2(), rubric,
            Count(reply->visits(), "visit", "visits") + " counted");
  if (reply->elements().empty()) {
    invocation.out << kNotEnoughYet << "\n";
  } else {
    PrintGroup(invocation, rubric, reply->elements());
  }
  if (flags.details && !reply->departments().empty()) {
    std::vector<std::pair<std::string, std::map<uint32_t, std::string>>> rows;
    for (const v1::DepartmentRow& row : reply->departments()) {
      auto& [name, cells] = rows.emplace_back(row.name(), std::map<uint32_t, std::string>());
      for (const v1::GroupElementFigures& figures : row.elements()) {
        if (figures.teachers() == 0) continue;
        cells[figures.element()] = absl::StrCat(MeanText(figures.mean_of_means_millionths()), " (",
                                                figures.teachers(), ")");
      }
    }
    PrintNames(invocation, rubric, "department", "teachers", rows);
  }
  PrintFoot(invocation, **reader, reply->watermark(), reply->other_rubric_versions_size());
  return kExitOk;
}

}  // namespace

void AddSummaryCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* summary = app.add_subcommand("summary", "Shows figures, as somebody sees them");
  summary->require_subcommand(1);
  struct Page {
    const char* name;
    const char* says;
    const char* whose;
    const char* flag;
    const char* details;
    const char* example;
    int (*run)(Invocation&, const SummaryFlags&);
  };
  const Page pages[] = {
      {"teacher", "One teacher, element by element", "Whose; the one who asks if not said",
       "--lessons", "Lists the lessons behind the figures",
       "halfterm --school riverside summary teacher \"Ann Reid\" --as HOW --lessons", Teacher},
      {"department", "One department", "Which; the one that is led if not said", "--teachers",
       "Lists the teachers by name",
       "halfterm --school riverside summary department Music --as HOW --half-term \"Autumn 1 "
       "2026\"",
       Department},
      {"school", "The whole school or site", "Which; the only one if not said", "--departments",
       "Lists the departments by name",
       "halfterm --school riverside summary school --as HEA --departments", School},
  };
  for (const Page& page : pages) {
    CLI::App* command = summary->add_subcommand(page.name, page.says);
    const auto flags = std::make_shared<SummaryFlags>();
    command->add_option("whose", flags->whose, page.whose)->type_name("NAME");
    command->add_flag(page.flag, flags->details, page.details);
    if (page.run == School) {
      command->add_flag("--frozen", flags->frozen,
                        "What was frozen of a half-term, for governors and partners");
    }
    AddReadingFlags(*command, flags->reading);
    command->footer(absl::StrCat("Example: ", page.example));
    command->callback([&invocation, flags, run = page.run] {
      invocation.run = [&invocation, flags, run] { return run(invocation, *flags); };
    });
  }
  AddPackPage(*summary, invocation);
}

}  // namespace halfterm::tools
