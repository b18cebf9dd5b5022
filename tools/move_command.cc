#include "tools/move_command.h"

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/backup/restore.h"
#include "storage/move/move.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/postgres_engine.h"
#include "storage/rocks/rocks_engine.h"

namespace halfterm::tools {
namespace {

struct MoveWish {
  std::string from, to;
  bool stay = false;
};

// An engine that this command holds open, and what people call it.
struct OpenedEnd {
  std::unique_ptr<storage::Engine> engine;
  std::string name;
  storage::MovedStore store() const { return {*engine, name}; }
};

absl::StatusOr<OpenedEnd> OpenEnd(const std::string& end, bool may_create) {
  OpenedEnd opened;
  absl::string_view place = end;
  if (absl::ConsumePrefix(&place, "rocks:") && !place.empty()) {
    std::error_code error;
    const std::string data = std::filesystem::weakly_canonical(std::string(place), error).string();
    opened.name = absl::StrCat("rocks:", data);
    storage::RocksEngineOptions options;
    options.directory = storage::StorePath(data);
    options.may_create = may_create;
    if (may_create) std::filesystem::create_directories(data, error);
    auto engine = storage::OpenRocksEngine(options);
    if (!engine.ok()) return engine.status();
    opened.engine = *std::move(engine);
    return opened;
  }
  if (absl::ConsumePrefix(&place, "postgres:") && !place.empty()) {
    storage::PostgresEngineOptions options;
    options.conninfo = std::string(place);
    options.may_create = may_create;
    opened.name = absl::StrCat("postgres:", storage::postgres::PlaceOf(options.conninfo));
    auto engine = storage::OpenPostgresEngine(options);
    if (!engine.ok()) return engine.status();
    opened.engine = *std::move(engine);
    return opened;
  }
  return absl::InvalidArgumentError(
      "A store is named rocks:DIR, by the server's data directory, or postgres:CONNINFO.");
}

// How the store that was just moved is served.
std::string StartOf(const MoveWish& wish) {
  return absl::StartsWith(wish.to, "rocks:")
             ? "halftermd --data " + wish.to.substr(std::string("rocks:").size())
             : "halftermd --engine=postgres, with the same --data as before";
}

int RunStay(Invocation& invocation, const MoveWish& wish) {
  const absl::StatusOr<OpenedEnd> from = OpenEnd(wish.from, /*may_create=*/false);
  if (!from.ok()) return invocation.Fail("the store cannot be opened", from.status());
  if (absl::Status stays = storage::Stay(from->store()); !stays.ok()) {
    return invocation.Fail("nothing was taken back", stays);
  }
  invocation.out << from->name << " is served again; what arrived elsewhere is not.\n";
  return kExitOk;
}

int RunMove(Invocation& invocation, const MoveWish& wish) {
  if (wish.stay) return RunStay(invocation, wish);
  const absl::StatusOr<OpenedEnd> from = OpenEnd(wish.from, /*may_create=*/false);
  if (!from.ok()) return invocation.Fail("the old store cannot be opened", from.status());
  const absl::StatusOr<OpenedEnd> to = OpenEnd(wish.to, /*may_create=*/true);
  if (!to.ok()) return invocation.Fail("the new store cannot be opened", to.status());
  const absl::StatusOr<storage::Moved> moved = storage::Move(
      from->store(), to->store(), invocation.clock.NowMs(),
      [&](uint64_t rows) { invocation.Progress(absl::StrCat(rows, " rows of a kind compared")); });
  invocation.EndProgress();
  if (!moved.ok()) return invocation.Fail("the store was not moved", moved.status());
  if (invocation.json) {
    const nlohmann::json answer = {{"was_done", moved->was_done},
                                   {"rows", moved->digest.rows},
                                   {"written", moved->written},
                                   {"deleted", moved->deleted},
                                   {"digest", absl::BytesToHexString(moved->digest.sha256)}};
    invocation.out << answer.dump() << "\n";
    return kExitOk;
  }
  if (moved->was_done) {
    invocation.out << "The rows were moved to " << to->name << " before; nothing was changed.\n";
    return kExitOk;
  }
  invocation.out << moved->digest.rows << " rows are the same in both; " << moved->written
                 << " were written now, " << moved->deleted << " deleted.\n"
                 << from->name << " is not served any more. Start " << StartOf(wish)
                 << ", under the address that the tablets know.\n";
  return kExitOk;
}

}  // namespace

void AddMoveCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "move",
      "Moves everything that a server keeps into another engine, and checks that it is there");
  const auto wish = std::make_shared<MoveWish>();
  command->add_option("--from", wish->from, "The old store: rocks:DIR or postgres:CONNINFO")
      ->required()
      ->type_name("STORE");
  CLI::Option* const to =
      command->add_option("--to", wish->to, "The new one, empty")->type_name("STORE");
  CLI::Option* const stay =
      command->add_flag("--stay", wish->stay, "Takes back a move that is not finished");
  to->excludes(stay);
  command->footer(
      "Stop halftermd first; tablets keep what they write meanwhile. Killed or failed, it is run "
      "again\n"
      "and goes on. DIR is the server's data directory, whose keys and ledger stay where they "
      "are.\n"
      "Example: halfterm move --from rocks:/var/lib/halfterm --to 'postgres:dbname=halfterm'");
  command->callback([&invocation, wish] {
    if (wish->to.empty() && !wish->stay) throw CLI::RequiredError("--to");
    invocation.run = [&invocation, wish] { return RunMove(invocation, *wish); };
  });
}

}  // namespace halfterm::tools
