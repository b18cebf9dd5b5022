#include "tools/practice/pack_page.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/practice.grpc.pb.h"
#include "tools/figures.h"
#include "tools/message_json.h"
#include "tools/practice/days.h"
#include "tools/reading.h"
#include "tools/replay/connection.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

struct PackFlags {
  ReadingFlags reading;
  std::string org;
  std::string day;
  uint32_t ahead_days = 0;
};

constexpr char kNothing[] = "  nothing this week\n";

std::string DueText(const v1::PackItem& item) {
  if (item.day() == 0) return "no day";
  return absl::StrCat(item.overdue() ? "was due " : "by ", ShortDay(item.day()));
}

// One line each: what, whose, by when.
void PrintItems(std::ostream& out, const char* title,
                const google::protobuf::RepeatedPtrField<v1::PackItem>& items) {
  out << "\n" << title << "\n";
  if (items.empty()) {
    out << kNothing;
    return;
  }
  Table table;
  table.AddColumn("what", Table::Align::kLeft, 60);
  table.AddColumn("for");
  table.AddColumn("who");
  table.AddColumn("when");
  for (const v1::PackItem& item : items) {
    table.AddRow({item.text(), item.teacher_name(),
                  item.owner_name().empty() ? "nobody yet" : item.owner_name(), DueText(item)});
  }
  table.Print(out, 2);
}

// By author: how many pages wait, and since when the longest does.
void PrintToShare(std::ostream& out,
                  const google::protobuf::RepeatedPtrField<v1::PackItem>& items) {
  out << "\nFeedback that waits to be shared\n";
  if (items.empty()) {
    out << kNothing;
    return;
  }
  std::map<std::string, std::pair<int, int32_t>> authors;
  for (const v1::PackItem& item : items) {
    auto& [count, since] = authors[item.owner_name()];
    since = count++ == 0 ? item.day() : std::min(since, item.day());
  }
  Table table;
  table.AddColumn("author");
  table.AddColumn("pages", Table::Align::kRight);
  table.AddColumn("since");
  for (const auto& [author, waiting] : authors) {
    table.AddRow({author, absl::StrCat(waiting.first), ShortDay(waiting.second)});
  }
  table.Print(out, 2);
}

void PrintCoverage(std::ostream& out, const v1::WeeklyPackReply& pack) {
  out << "\nCoverage by department\n";
  if (pack.coverage().empty()) out << kNothing;
  std::map<std::string, std::vector<const v1::PackCoverage*>> by_title;
  for (const v1::PackCoverage& one : pack.coverage()) by_title[one.title()].push_back(&one);
  for (const auto& [title, departments] : by_title) {
    out << "  " << title << "\n";
    Table table;
    table.AddColumn("department");
    for (const char* column : {"visited", "booked", "book soon", "overdue"}) {
      table.AddColumn(column, Table::Align::kRight);
    }
    for (const v1::PackCoverage* one : departments) {
      table.AddRow({one->department_name(), absl::StrCat(one->done(), " of ", one->eligible()),
                    absl::StrCat(one->booked()), absl::StrCat(one->at_risk()),
                    absl::StrCat(one->overdue())});
    }
    table.Print(out, 4);
  }
}

std::string CycleText(const v1::WeeklyPackReply& pack) {
  if (!pack.has_cycle()) return "none runs";
  const v1::CycleState& cycle = pack.cycle();
  std::string text = absl::StrCat(
      cycle.title(), cycle.week() == 0
                         ? ", between its weeks"
                         : absl::StrCat(", week ", cycle.week(), " of ", cycle.weeks_size()));
  if (cycle.next_checkpoint_day() != 0) {
    absl::StrAppend(&text, "; progress is looked at on ", ShortDay(cycle.next_checkpoint_day()));
  }
  return text;
}

void Print(Invocation& invocation, const Reader& reader, const v1::WeeklyPackReply& pack) {
  std::ostream& out = invocation.out;
  out << pack.name() << ", weekly pack of " << ShortDay(pack.day()) << "\n\nPraise this week\n";
  if (pack.praise().visits() == 0) {
    out << kNothing;
  } else {
    out << "  in " << pack.praise().visits() << " visits, for " << pack.praise().teachers()
        << " teachers\n";
    for (const v1::PraiseWords& words : pack.praise().words()) {
      out << "  " << words.display_name() << ": " << words.text() << "\n";
    }
  }
  PrintItems(out, "Decisions due", pack.decisions());
  PrintCoverage(out, pack);
  PrintToShare(out, pack.to_share());
  if (!pack.not_acknowledged().empty()) {
    out << "  and " << pack.not_acknowledged_size() << " delivered, without an answer yet\n";
  }
  PrintItems(out, "Referrals and support plans", pack.referrals());
  PrintItems(out, "Agreed steps that are due", pack.steps());
  out << "\nSix-week cycle: " << CycleText(pack) << "\n";
  if (pack.cut()) out << "A list was cut at 200 lines.\n";
  out << "\n" << WatermarkText(pack.watermark(), reader.zone());
}

int Run(Invocation& invocation, const PackFlags& flags) {
  const absl::StatusOr<int32_t> day = DayMeant("--day", flags.day);
  if (!day.ok()) return FailReading(invocation, day.status());
  const auto reader = BeginReading(invocation, flags.reading);
  if (!reader.ok()) return FailReading(invocation, reader.status());
  // Whoever leads a department has its pack, senior leaders the school's.
  auto org = (*reader)->OrgFor(flags.org, /*departments=*/flags.org.empty());
  if (!org.ok() && flags.org.empty()) org = (*reader)->OrgFor("", /*departments=*/false);
  if (!org.ok()) return FailReading(invocation, org.status());
  v1::WeeklyPackRequest request;
  request.set_org((*org)->id());
  request.set_day(*day);
  request.set_ahead_days(flags.ahead_days);
  grpc::ClientContext context;
  PrepareCall(context, (*reader)->token);
  v1::WeeklyPackReply pack;
  const auto practice = v1::Practice::NewStub(OpenChannel(invocation.server));
  const absl::Status status = ToStatus(practice->WeeklyPack(&context, request, &pack));
  if (!status.ok()) return FailReading(invocation, status);
  if (invocation.json) {
    invocation.out << MessageAsJson(pack).dump() << "\n";
  } else {
    Print(invocation, **reader, pack);
  }
  return kExitOk;
}

}  // namespace

void AddPackPage(CLI::App& summary, Invocation& invocation) {
  CLI::App* command = summary.add_subcommand("pack", "The agenda of a leadership meeting");
  const auto flags = std::make_shared<PackFlags>();
  command->add_option("whose", flags->org, "A department, site or school; what is led if not said")
      ->type_name("NAME");
  AddAskerFlag(*command, flags->reading);
  command->add_option("--day", flags->day, "The day of the meeting; today if not said")
      ->type_name("YYYY-MM-DD");
  command->add_option("--ahead", flags->ahead_days, "Days after it within which something is due")
      ->check(CLI::Range(1, 60))
      ->type_name("DAYS");
  command->footer("Example: halfterm --school riverside summary pack --as HEA --day 2026-11-26");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return Run(invocation, *flags); };
  });
}

}  // namespace halfterm::tools
