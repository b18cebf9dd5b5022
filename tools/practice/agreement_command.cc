#include "tools/practice/agreement_command.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "halfterm/v1/practice.grpc.pb.h"
#include "tools/figures.h"
#include "tools/message_json.h"
#include "tools/practice/days.h"
#include "tools/reading.h"
#include "tools/replay/connection.h"
#include "tools/roster/builder.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

struct AgreementFlags {
  ReadingFlags reading;
  std::string school;
  bool with_school = false;
  std::string since;
};

std::string OutOf(uint32_t k, uint32_t n) { return absl::StrCat(k, " of ", n); }

// "0.64 (0.51 to 0.75)"
std::string EstimateText(bool is_set, const v1::Estimate& estimate) {
  if (!is_set) return kNotEnoughYet;
  const auto shown = [](int64_t millionths) {
    return absl::StrFormat("%.2f", static_cast<double>(millionths) / 1e6);
  };
  return absl::StrCat(shown(estimate.millionths()), " (", shown(estimate.low_millionths()), " to ",
                      shown(estimate.high_millionths()), ")");
}

void PrintFigures(std::ostream& out, const char* title, const v1::AgreementFigures& figures) {
  out << title << "\n";
  if (figures.withheld()) {
    out << "  not shown: too few observers\n";
    return;
  }
  out << "  " << figures.pairs() << " pairs of levels, " << figures.visits() << " visits, "
      << figures.observers() << " observers\n"
      << "  the same level: " << OutOf(figures.exact(), figures.pairs())
      << "; at most one apart: " << OutOf(figures.within_one(), figures.pairs()) << "\n"
      << "  quadratic-weighted kappa, 95 % interval: "
      << EstimateText(figures.has_kappa(), figures.kappa()) << "\n"
      << "  ICC(2,1), 95 % interval: " << EstimateText(figures.has_icc(), figures.icc()) << "\n";
}

void PrintElements(std::ostream& out,
                   const google::protobuf::RepeatedPtrField<v1::ElementAgreement>& elements) {
  if (elements.empty()) return;
  Table table;
  table.AddColumn("element");
  for (const char* column : {"pairs", "same", "one apart"}) {
    table.AddColumn(column, Table::Align::kRight);
  }
  table.AddColumn("kappa");
  for (const v1::ElementAgreement& element : elements) {
    const v1::AgreementFigures& figures = element.figures();
    if (figures.withheld()) {
      table.AddRow({element.title(), "", "", "", "not shown"});
      continue;
    }
    table.AddRow({element.title(), absl::StrCat(figures.pairs()), absl::StrCat(figures.exact()),
                  absl::StrCat(figures.within_one()),
                  EstimateText(figures.has_kappa(), figures.kappa())});
  }
  table.Print(out, 2);
}

std::string CertificateText(const v1::Certificate& certificate) {
  // Unset where nobody has rated together yet.
  const int state = std::max<int>(certificate.state(), v1::CERTIFICATE_STATE_NONE);
  std::string text = ChoiceText(v1::CertificateState_descriptor(), state);
  if (certificate.to_day() != 0) absl::StrAppend(&text, ", until ", ShortDay(certificate.to_day()));
  if (certificate.drift()) absl::StrAppend(&text, "; less alike of late");
  return text;
}

void Print(Invocation& invocation, const Reader& reader, const v1::AgreementReply& reply,
           bool of_school) {
  std::ostream& out = invocation.out;
  out << "Agreement of observers, lessons since " << DayText(reply.from_day()) << "\n"
      << (reply.rubric_version().empty()
              ? std::string()
              : RubricTitle(RubricOf(reader.directory, reply.rubric_version())) + "\n")
      << "\n";
  if (reply.has_own()) {
    PrintFigures(out, "Own", reply.own());
    PrintElements(out, reply.own_elements());
  } else {
    out << "Own: in no lesson together with another observer yet\n";
  }
  out << "Own certificate: " << CertificateText(reply.own_certificate()) << "\n";
  if (reply.has_school()) {
    out << "\n";
    PrintFigures(out, "All observers", reply.school());
    PrintElements(out, reply.school_elements());
    out << "  department visits with two pages or more: "
        << OutOf(reply.double_coded(), reply.double_codable()) << "\n";
    Table table;
    table.AddColumn("observer");
    table.AddColumn("certificate");
    for (const v1::Certificate& certificate : reply.certificates()) {
      table.AddRow({certificate.display_name(), CertificateText(certificate)});
    }
    if (!reply.certificates().empty()) table.Print(out, 2);
  } else if (of_school) {
    out << "All observers: no lesson that two of them rated yet\n";
  }
  out << "\n" << WatermarkText(reply.watermark(), reader.zone());
}

int Run(Invocation& invocation, const AgreementFlags& flags) {
  const absl::StatusOr<int32_t> since = DayMeant("--since", flags.since);
  if (!since.ok()) return FailReading(invocation, since.status());
  const auto reader = BeginReading(invocation, flags.reading);
  if (!reader.ok()) return FailReading(invocation, reader.status());
  v1::AgreementRequest request;
  if (flags.with_school || !flags.school.empty()) {
    const auto org = (*reader)->OrgFor(flags.school, /*departments=*/false);
    if (!org.ok()) return FailReading(invocation, org.status());
    request.set_school((*org)->id());
  }
  request.set_rubric_version((*reader)->rubric);
  request.set_from_day(*since);
  grpc::ClientContext context;
  PrepareCall(context, (*reader)->token);
  v1::AgreementReply reply;
  const auto practice = v1::Practice::NewStub(OpenChannel(invocation.server));
  const absl::Status status = ToStatus(practice->Agreement(&context, request, &reply));
  if (!status.ok()) return FailReading(invocation, status);
  if (invocation.json) {
    invocation.out << MessageAsJson(reply).dump() << "\n";
  } else {
    Print(invocation, **reader, reply, !request.school().empty());
  }
  return kExitOk;
}

}  // namespace

void AddAgreementCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("agreement", "Shows how alike observers rate what they saw together");
  const auto flags = std::make_shared<AgreementFlags>();
  AddAskerFlag(*command, flags->reading);
  AddRubricFlag(*command, flags->reading);
  command->add_flag("--all", flags->with_school,
                    "Of all observers of the school too, for its senior leaders");
  command->add_option("--of", flags->school, "The same of the school or site that is named")
      ->type_name("NAME");
  command->add_option("--since", flags->since, "Lessons from this day on; of a year if not said")
      ->type_name("YYYY-MM-DD");
  command->footer("Example: halfterm --school riverside agreement --as HEA --all");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return Run(invocation, *flags); };
  });
}

}  // namespace halfterm::tools
