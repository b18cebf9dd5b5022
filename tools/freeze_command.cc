#include "tools/freeze_command.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/aggregate.grpc.pb.h"
#include "tools/figures.h"
#include "tools/half_term_name.h"
#include "tools/message_json.h"
#include "tools/replay/connection.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

constexpr char kHidden[] = "-";

int Freeze(Invocation& invocation, const std::string& half_term) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) {
    invocation.Fail("wrong usage", school.status());
    return kExitUsage;
  }
  v1::FreezeRequest request;
  request.set_tenant(*school);
  if (!half_term.empty()) {
    const std::optional<uint32_t> h2 = ParseHalfTerm(half_term);
    if (!h2) {
      invocation.Fail("wrong usage",
                      absl::InvalidArgumentError(absl::StrCat(
                          "--half-term: \"", half_term, "\" is none such as \"Autumn 1 2026\"")));
      return kExitUsage;
    }
    request.set_h2(*h2);
  }
  const auto stub = v1::Freezing::NewStub(OpenChannel(invocation.admin));
  grpc::ClientContext context;
  PrepareCall(context, "");
  v1::FreezeReply reply;
  const absl::Status status = ToStatus(stub->Freeze(&context, request, &reply));
  if (!status.ok()) return invocation.Fail("nothing was frozen", status);
  if (invocation.json) {
    invocation.out << MessageAsJson(reply).dump() << "\n";
    return kExitOk;
  }
  invocation.out << HalfTermName(reply.h2()) << " is frozen: " << reply.published()
                 << " new figures, " << reply.replaced() << " replaced, " << reply.withheld()
                 << " stay as they were shown, " << reply.hidden() << " are shown to nobody\n";
  return kExitOk;
}

std::string CoverageText(const v1::FrozenUnit& unit, const std::string& title) {
  for (const v1::FrozenCoverage& coverage : unit.coverage()) {
    if (coverage.title() != title) continue;
    return absl::StrCat(coverage.done(), " of ", coverage.eligible());
  }
  return kHidden;
}

std::string LoopText(const v1::FrozenUnit& unit, v1::FrozenLoopPart part) {
  for (const v1::FrozenLoop& loop : unit.loop()) {
    if (loop.part() != part) continue;
    return part == v1::FROZEN_LOOP_PART_SHARING ? absl::StrCat(loop.value())
                                                : absl::StrCat(loop.value(), " of ", loop.of());
  }
  return kHidden;
}

std::string LevelText(const v1::FrozenUnit& unit, const std::string& rubric, uint32_t element) {
  for (const v1::FrozenLevels& levels : unit.levels()) {
    if (levels.rubric_version() != rubric || levels.element() != element) continue;
    return absl::StrCat(levels.mean_tenths() / 10, ".", levels.mean_tenths() % 10, " (",
                        levels.teachers(), ")");
  }
  return kHidden;
}

// One row a department or school. What is left out looks as what there was none of.
void Print(Invocation& invocation, const Reader& reader,
           const std::vector<const v1::FrozenUnit*>& units) {
  std::set<std::string> titles;
  std::map<std::string, std::set<uint32_t>> elements;
  for (const v1::FrozenUnit* unit : units) {
    for (const v1::FrozenCoverage& coverage : unit->coverage()) titles.insert(coverage.title());
    for (const v1::FrozenLevels& levels : unit->levels()) {
      elements[levels.rubric_version()].insert(levels.element());
    }
  }
  Table table;
  table.AddColumn("");
  for (const std::string& title : titles) table.AddColumn(title, Table::Align::kRight);
  table.AddColumn("school days to sharing", Table::Align::kRight);
  table.AddColumn("acknowledged", Table::Align::kRight);
  table.AddColumn("steps looked at", Table::Align::kRight);
  for (const v1::FrozenUnit* unit : units) {
    std::vector<std::string> row = {unit->name()};
    for (const std::string& title : titles) row.push_back(CoverageText(*unit, title));
    row.push_back(LoopText(*unit, v1::FROZEN_LOOP_PART_SHARING));
    row.push_back(LoopText(*unit, v1::FROZEN_LOOP_PART_ACKNOWLEDGEMENT));
    row.push_back(LoopText(*unit, v1::FROZEN_LOOP_PART_STEPS));
    table.AddRow(std::move(row));
  }
  table.Print(invocation.out);
  for (const auto& [rubric, numbers] : elements) {
    const v1::RubricVersion* known = RubricOf(reader.directory, rubric);
    invocation.out << "\nMean of each element, teachers in brackets"
                   << (known == nullptr ? ""
                                        : absl::StrCat("; ", known->title(), " ", known->version()))
                   << "\n";
    Table levels;
    levels.AddColumn("");
    for (const uint32_t element : numbers) {
      levels.AddColumn(ElementCode(known, element), Table::Align::kRight);
    }
    for (const v1::FrozenUnit* unit : units) {
      std::vector<std::string> row = {unit->name()};
      for (const uint32_t element : numbers) row.push_back(LevelText(*unit, rubric, element));
      levels.AddRow(std::move(row));
    }
    levels.Print(invocation.out);
  }
  invocation.out << "\nA dash: there was none, or fewer than five teachers could be made out.\n";
}

}  // namespace

int ShowFrozen(Invocation& invocation, const ReadingFlags& flags, const std::string& whose) {
  const auto reader = BeginReading(invocation, flags);
  if (!reader.ok()) return FailReading(invocation, reader.status());
  const auto org = (*reader)->OrgFor(whose, /*departments=*/false);
  if (!org.ok()) return FailReading(invocation, org.status());
  const auto stub = v1::Aggregates::NewStub(OpenChannel(invocation.server));
  grpc::ClientContext context;
  PrepareCall(context, (*reader)->token);
  std::vector<const v1::FrozenUnit*> units;
  v1::FrozenSchoolReply school;
  v1::FrozenFederationReply federation;
  if ((*org)->kind() == v1::ORG_KIND_FEDERATION || (*org)->kind() == v1::ORG_KIND_PARTNERSHIP) {
    v1::FrozenFederationRequest request;
    request.set_org((*org)->id());
    request.set_h2((*reader)->h2);
    const absl::Status status = ToStatus(stub->FrozenFederation(&context, request, &federation));
    if (!status.ok()) return FailReading(invocation, status);
    if (invocation.json) invocation.out << MessageAsJson(federation).dump() << "\n";
    for (const v1::FrozenUnit& unit : federation.schools()) units.push_back(&unit);
  } else {
    v1::FrozenSchoolRequest request;
    request.set_school((*org)->id());
    request.set_h2((*reader)->h2);
    const absl::Status status = ToStatus(stub->FrozenSchool(&context, request, &school));
    if (!status.ok()) return FailReading(invocation, status);
    if (invocation.json) invocation.out << MessageAsJson(school).dump() << "\n";
    for (const v1::FrozenUnit& unit : school.departments()) units.push_back(&unit);
    units.push_back(&school.school());
  }
  if (invocation.json) return kExitOk;
  invocation.out << (*org)->name() << ", "
                 << HalfTermName(school.h2() != 0 ? school.h2() : federation.h2());
  if (school.frozen_ms() != 0) {
    invocation.out << "; frozen on " << DayInWords(school.frozen_ms(), (*reader)->zone());
  }
  if (school.replaced_ms() != 0) {
    invocation.out << ", replaced on " << DayInWords(school.replaced_ms(), (*reader)->zone());
  }
  invocation.out << "\n\n";
  Print(invocation, **reader, units);
  return kExitOk;
}

void AddFreezeCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("freeze", "Freezes a half-term that has closed, or looks at it again");
  const auto half_term = std::make_shared<std::string>();
  command
      ->add_option("--half-term", *half_term,
                   "Such as \"Autumn 1 2026\"; the last that has closed if not said")
      ->type_name("ID");
  command->footer("Example: halfterm --school riverside freeze --half-term \"Autumn 1 2026\"");
  command->callback([&invocation, half_term] {
    invocation.run = [&invocation, half_term] { return Freeze(invocation, *half_term); };
  });
}

}  // namespace halfterm::tools
