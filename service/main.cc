// halftermd: reads flags, builds the server, serves, drains.

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/log.h"
#include "service/server.h"
#include "storage/clock.h"

namespace halfterm::service {
namespace {

constexpr int kStartAgain = 75;  // EX_TEMPFAIL: a supervisor should start us again.
constexpr int kLookAtIt = 1;     // Another start would meet the same until somebody mends it.
constexpr char kLeaving[] = "leaving, to be started again";
constexpr rlim_t kWantedFiles = 65'536;

std::string SystemRandom(size_t bytes) {
  std::string random(bytes, '\0');
  for (size_t done = 0; done < bytes;) {
    const ssize_t got = getrandom(random.data() + done, bytes - done, 0);
    if (got < 0 && errno != EINTR) std::abort();  // Keys that can be guessed are worse than none.
    if (got > 0) done += static_cast<size_t>(got);
  }
  return random;
}

// At the limit gRPC's listener would stop for good.
void RaiseFileLimit(Log& log) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  rlimit wanted{std::max(limit.rlim_cur, kWantedFiles), std::max(limit.rlim_max, kWantedFiles)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) != 0) {
    wanted = {limit.rlim_max, limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &wanted);
  }
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < kWantedFiles) {
    log.Error("few files may be open", {{"files", static_cast<int64_t>(limit.rlim_cur)},
                                        {"wanted", static_cast<int64_t>(kWantedFiles)}});
  }
}

// SIGTERM, SIGINT, and a failure of the server, as something to wait for. Made before any thread,
// so that no other thread takes the signals.
class Endings {
 public:
  Endings() : fatal_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    asked_ = signalfd(-1, &signals_, SFD_CLOEXEC);
    std::signal(SIGPIPE, SIG_IGN);
  }
  ~Endings() {
    close(asked_);
    close(fatal_);
  }

  void Fail() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(fatal_, &one, sizeof one);
  }

  // True: asked to stop. False: the server failed. A second SIGTERM or SIGINT ends the process.
  bool Wait() {
    pollfd waits[] = {{asked_, POLLIN, 0}, {fatal_, POLLIN, 0}};
    while (poll(waits, 2, -1) < 0 && errno == EINTR) {
    }
    if (waits[0].revents != 0) {
      signalfd_siginfo info;
      [[maybe_unused]] const ssize_t got = read(asked_, &info, sizeof info);
    }
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    return waits[1].revents == 0;
  }

 private:
  const int fatal_;
  int asked_ = -1;
  sigset_t signals_;
};

bool WritePorts(const std::string& file, const Server& server) {
  const nlohmann::json ports = {{"grpc", server.grpc_address()},
                                {"grpc_port", server.grpc_port()},
                                {"admin", server.admin_address()},
                                {"admin_port", server.admin_port()},
                                {"http", server.http_address()},
                                {"http_port", server.http_port()},
                                {"pid", getpid()}};
  // Under its name only when it is whole, for whoever waits for it.
  const std::string part = file + ".part";
  std::ofstream out(part);
  out << ports.dump() << "\n";
  out.close();
  return out.good() && std::rename(part.c_str(), file.c_str()) == 0;
}

int Serve(const ServerOptions& given, const std::string& ports_file) {
  Endings endings;
  Log log;
  SilenceLibraries();
  RaiseFileLimit(log);
  ServerOptions options = given;
  options.on_fatal = [&endings](absl::string_view) { endings.Fail(); };
  const storage::SystemClock clock;
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(options, Server::World{clock, SystemRandom, log});
  if (!server.ok()) {
    // Of files and addresses, never of content: whoever started us must read it.
    std::fprintf(stderr, "halftermd: %s\n", std::string(server.status().message()).c_str());
    // Nobody answers there yet, or another server was quicker.
    const bool may_pass = absl::IsUnavailable(server.status()) || absl::IsAborted(server.status());
    if (!may_pass) return kLookAtIt;
    log.Error(kLeaving, {{"exit_code", int64_t{kStartAgain}}});
    return kStartAgain;
  }
  if (!ports_file.empty() && !WritePorts(ports_file, **server)) {
    std::fprintf(stderr, "halftermd: cannot write %s\n", ports_file.c_str());
    return kLookAtIt;
  }
  const std::string& http = (*server)->http_address();
  std::printf("halftermd serves %s: app %s%s, gRPC %s, admin %s\n", options.data.c_str(),
              http.empty() ? "nowhere" : "http://", http.c_str(), (*server)->grpc_address().c_str(),
              (*server)->admin_address().c_str());
  std::fflush(stdout);

  const bool was_asked = endings.Wait();
  (*server)->Drain();
  if (!was_asked) {
    log.Error(kLeaving, {{"exit_code", int64_t{kStartAgain}}});
    std::_Exit(kStartAgain);  // Without destructors: an engine that failed may not survive them.
  }
  return 0;
}

}  // namespace
}  // namespace halfterm::service

int main(int argc, char** argv) {
  halfterm::service::ServerOptions options;
  options.http_address = "127.0.0.1:7480";
  std::string engine = "rocks", ports_file;
  uint64_t low_space_mib = options.low_space_bytes >> 20;

  CLI::App app(
      "halftermd keeps a school's lesson observations: tablets bring them, it merges, keeps and\n"
      "summarises them, and decides who may see them.");
  app.footer(
      "Examples:\n  halftermd --data /var/lib/halfterm\n"
      "  halftermd --data /var/lib/halfterm --engine=postgres \\\n"
      "      --postgres='host=/var/run/postgresql dbname=halfterm'\n"
      "One of several servers on one database:\n"
      "  halftermd --data /var/lib/halfterm --engine=postgres \\\n"
      "      --postgres='host=db.example.org dbname=halfterm' \\\n"
      "      --ledger='host=other.example.org dbname=halfterm_ledger'");
  app.add_option("--data", options.data, "Directory of the data; made if it is missing")
      ->required();
  app.add_option("--engine", engine, "How data is kept")
      ->check(CLI::IsMember({"rocks", "postgres"}))
      ->capture_default_str();
  app.add_option("--postgres", options.postgres,
                 "With --engine=postgres: where the database is, as libpq reads it")
      ->type_name("CONNINFO");
  app.add_option("--ledger", options.ledger,
                 "With --engine=postgres: the database, in another cluster, of what no restore may "
                 "take back; several servers may then serve the rows. Else DIR/ledger is that")
      ->type_name("CONNINFO");
  app.add_flag("--take-over", options.take_over,
               "With --engine=postgres and without --ledger: takes the database from a halftermd "
               "that is still there");
  app.add_option("--grpc", options.grpc_address, "Tablets' calls: HOST:PORT or unix:PATH")
      ->capture_default_str();
  app.add_option("--admin", options.admin_address, "The tools' calls: HOST:PORT or unix:PATH")
      ->capture_default_str();
  app.add_option("--http", options.http_address,
                 "The tablets' browsers, through nginx: HOST:PORT; empty for none")
      ->capture_default_str();
  app.add_option("--app", options.app, "Folder of the built tablet app; else it is looked for")
      ->type_name("DIR");
  app.add_option("--low-space-mib", low_space_mib, "Free disk below which pushes are refused")
      ->capture_default_str();
  app.add_option("--ports-file", ports_file, "Writes the addresses in use to this file, as JSON");
  try {
    app.parse(argc, argv);
    if ((engine == "postgres") != !options.postgres.empty() ||
        (options.take_over && engine != "postgres")) {
      throw CLI::ValidationError(
          "--engine=postgres and --postgres=CONNINFO go together, and --take-over with them");
    }
    if (!options.ledger.empty() && (engine != "postgres" || options.take_over)) {
      throw CLI::ValidationError(
          "--ledger=CONNINFO goes with --engine=postgres, and without --take-over: servers that "
          "share their ledger need not take anything over");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.low_space_bytes = low_space_mib << 20;
  return halfterm::service::Serve(options, ports_file);
}
