#include "tools/verify_command.h"

#include <grpcpp/client_context.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/admin.grpc.pb.h"
#include "storage/commit/secrets.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/verify/verifier.h"
#include "sync/schema.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;
using Progress = std::function<bool(const v1::VerifyReply&)>;

struct VerifyFlags {
  bool raw_sums = false;
  std::string offline;
};

std::string UuidText(const std::string& bytes) {
  const auto id = core::Id16::FromBytes(bytes);
  return id ? FormatUuid(*id) : "";
}

absl::Status VerifyOnline(const std::string& admin, const v1::VerifyRequest& request,
                          const Progress& progress) {
  const auto stub = v1::Admin::NewStub(OpenChannel(admin));
  grpc::ClientContext context;
  const auto reader = stub->Verify(&context, request);
  v1::VerifyReply reply;
  while (reader->Read(&reply)) progress(reply);
  return ToStatus(reader->Finish());
}

// Opens the data directory of a server that is not running; writes nothing in it.
absl::Status VerifyOffline(const std::string& data, const v1::VerifyRequest& request,
                           const Progress& progress) {
  const std::string store = data + "/store";
  std::error_code error;
  if (!std::filesystem::exists(store, error)) {
    return absl::NotFoundError(absl::StrCat("there is no store in ", data));
  }
  storage::RocksEngineOptions options;
  options.directory = store;
  options.may_create = false;
  absl::StatusOr<std::unique_ptr<storage::Engine>> engine = storage::OpenRocksEngine(options);
  if (!engine.ok()) return engine.status();
  const absl::StatusOr<storage::Secrets> secrets =
      storage::Secrets::Open(data, /*store_exists=*/true);
  if (!secrets.ok()) return secrets.status();
  return storage::Verify(**engine, request, progress, &*secrets);
}

json AsJson(const v1::VerifyReply& reply) {
  json answer = {{"right", reply.difference_count() == 0},
                 {"as_of_seq", reply.as_of_seq()},
                 {"records", reply.records()},
                 {"facets", reply.facets()},
                 {"groups", reply.groups()},
                 {"feed_rows", reply.feed_rows()},
                 {"digests", reply.digests()},
                 {"rollups", reply.rollups()},
                 {"chains", reply.chains()},
                 {"difference_count", reply.difference_count()},
                 {"differences", json::array()}};
  for (const v1::Difference& difference : reply.differences()) {
    answer["differences"].push_back({{"what", difference.what()},
                                     {"where", difference.where()},
                                     {"detail", difference.detail()}});
  }
  for (const v1::RawSums& sums : reply.raw_sums()) {
    json row = {{"teacher", UuidText(sums.teacher())}, {"records", sums.records()}};
    row["sums"] = std::vector<uint64_t>(sums.sums().begin(), sums.sums().end());
    answer["raw_sums"].push_back(std::move(row));
  }
  return answer;
}

void Print(std::ostream& out, const v1::VerifyReply& reply) {
  out << "Recomputed as of group " << reply.as_of_seq() << ": " << reply.records() << " records, "
      << reply.facets() << " facets joined again from " << reply.groups() << " groups,\n"
      << reply.feed_rows() << " feed rows, " << reply.digests() << " digests, " << reply.rollups()
      << " roll-up rows, " << reply.chains() << " chains.\n";
  if (reply.difference_count() == 0) {
    out << "Everything agrees.\n";
  } else {
    out << reply.difference_count() << " differ";
    out << (reply.difference_count() > 100 ? "; the first 100:\n" : ":\n");
    Table table;
    table.AddColumn("what");
    table.AddColumn("where", Table::Align::kLeft, 60);
    table.AddColumn("detail", Table::Align::kLeft, 60);
    for (const v1::Difference& difference : reply.differences()) {
      table.AddRow({difference.what(), difference.where(), difference.detail()});
    }
    table.Print(out, 2);
  }
  if (reply.raw_sums().empty()) return;
  Table table;
  table.AddColumn("teacher");
  table.AddColumn("records", Table::Align::kRight);
  table.AddColumn("sum of levels, by element", Table::Align::kLeft, 100);
  for (const v1::RawSums& sums : reply.raw_sums()) {
    std::string text;
    for (const uint64_t sum : sums.sums()) absl::StrAppend(&text, sum, " ");
    table.AddRow({UuidText(sums.teacher()), absl::StrCat(sums.records()), text});
  }
  table.Print(out);
}

int RunVerify(Invocation& invocation, const VerifyFlags& flags) {
  v1::VerifyRequest request;
  request.set_tenant(invocation.school);
  request.set_raw_sums(flags.raw_sums);
  v1::VerifyReply last;
  const Progress progress = [&](const v1::VerifyReply& reply) {
    invocation.Progress(
        absl::StrCat("verifying: ", reply.records(), " records, ", reply.groups(), " groups"));
    last = reply;
    return true;
  };
  const absl::Status status = flags.offline.empty()
                                  ? VerifyOnline(invocation.admin, request, progress)
                                  : VerifyOffline(flags.offline, request, progress);
  invocation.EndProgress();
  if (!status.ok()) {
    return invocation.Fail(
        "the store could not be verified", status,
        flags.offline.empty() ? "" : "Stop halftermd first; it holds the store.");
  }
  if (invocation.json) {
    invocation.out << AsJson(last).dump() << "\n";
  } else {
    Print(invocation.out, last);
  }
  return last.difference_count() == 0 ? kExitOk : kExitNo;
}

// "rating of element 4", from the schema; nothing that anybody wrote.
std::string FieldInWords(const v1::WaitingItem& item) {
  if (!item.diverted_reason().empty()) return "kept aside: " + item.diverted_reason();
  const auto facet = core::FacetId::Parse(item.facet());
  const sync::FacetSchema* schema =
      facet ? sync::Schema::OfThisBuild().Facet(facet->facet_class) : nullptr;
  const sync::FieldSchema* field =
      schema == nullptr ? nullptr : schema->Field(static_cast<uint16_t>(item.field()));
  std::string words = field == nullptr || field->descriptor == nullptr
                          ? absl::StrCat("field ", item.field())
                          : std::string(field->descriptor->name());
  if (item.entry() != 0) absl::StrAppend(&words, " of element ", item.entry());
  return words;
}

int RunWaiting(Invocation& invocation, uint32_t max_items) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return invocation.Fail("which school is meant", school.status());
  const absl::StatusOr<sync::Directory::Content> directory =
      FetchDirectory(invocation.admin, *school);
  if (!directory.ok()) {
    return invocation.Fail("the school's directory could not be had", directory.status());
  }
  AdminCalls admin(invocation.admin);
  const absl::StatusOr<v1::WaitingReply> reply = admin.Waiting(*school, max_items);
  if (!reply.ok()) return invocation.Fail("what waits could not be had", reply.status());
  std::map<std::string, std::string> names;
  for (const v1::Person& person : directory->people) names[person.id()] = person.display_name();

  if (invocation.json) {
    json answer = {{"conflicts", reply->conflicts()},
                   {"diverted", reply->diverted()},
                   {"items", json::array()}};
    for (const v1::WaitingItem& item : reply->items()) {
      answer["items"].push_back({{"record", UuidText(item.record())},
                                 {"person", UuidText(item.person())},
                                 {"field", item.field()},
                                 {"entry", item.entry()},
                                 {"values", item.values()},
                                 {"diverted_reason", item.diverted_reason()}});
    }
    invocation.out << answer.dump() << "\n";
    return kExitOk;
  }
  if (reply->items().empty()) {
    invocation.out << "Nothing waits: no two values differ, and no group was kept aside.\n";
    return kExitOk;
  }
  invocation.out << reply->conflicts() << " conflicts wait for their author, " << reply->diverted()
                 << " groups were kept aside.\n";
  Table table;
  table.AddColumn("who is asked");
  table.AddColumn("about");
  table.AddColumn("values", Table::Align::kRight);
  table.AddColumn("visit");
  for (const v1::WaitingItem& item : reply->items()) {
    const auto name = names.find(item.person());
    table.AddRow({name == names.end() ? "the administrator" : name->second, FieldInWords(item),
                  item.values() == 0 ? "" : absl::StrCat(item.values()), UuidText(item.record())});
  }
  table.Print(invocation.out, 2);
  const uint64_t all = reply->conflicts() + reply->diverted();
  if (all > static_cast<uint64_t>(reply->items_size())) {
    invocation.out << "  ... and " << all - static_cast<uint64_t>(reply->items_size())
                   << " more; --max shows more of them.\n";
  }
  return kExitOk;
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "verify", "Recomputes every roll-up, digest, index and chain, and compares");
  const auto flags = std::make_shared<VerifyFlags>();
  command->add_flag("--raw-sums", flags->raw_sums,
                    "Also sums each teacher's levels over every record, shared or not");
  command->add_option("--offline", flags->offline, "A data directory whose server is stopped")
      ->type_name("DIR");
  command->footer(
      "Exit code 1 when something differs.\n"
      "Example: halfterm verify\n"
      "Example: halfterm verify --offline /var/lib/halfterm --json");
  command->callback([&invocation, flags] {
    invocation.run = [&invocation, flags] { return RunVerify(invocation, *flags); };
  });
}

void AddWaitingCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "waiting", "Lists what waits for somebody: two values of one rating, groups kept aside");
  const auto max_items = std::make_shared<uint32_t>(20);
  command->add_option("--max", *max_items, "At most so many")->capture_default_str();
  command->footer("Example: halfterm --school riverside waiting --max 50");
  command->callback([&invocation, max_items] {
    invocation.run = [&invocation, max_items] { return RunWaiting(invocation, *max_items); };
  });
}

}  // namespace halfterm::tools
