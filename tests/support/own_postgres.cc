#include "tests/support/own_postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>

#include "tests/support/await.h"

extern char** environ;

namespace halfterm::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";

[[noreturn]] void GiveUp(const std::string& why) {
  std::fprintf(stderr, "own PostgreSQL: %s\n", why.c_str());
  std::abort();
}

// PostgreSQL refuses root. The child dies with the thread that started it.
std::vector<std::string> WithoutPrivileges() {
  if (getuid() != 0) return {"setpriv", "--pdeathsig=QUIT"};
  const std::string user = getpwnam("postgres") != nullptr ? "postgres" : "nobody";
  const std::string group = std::to_string(getpwnam(user.c_str())->pw_gid);
  return {"setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups", "--pdeathsig=QUIT"};
}

pid_t Spawn(std::vector<std::string> words, const std::string& log) {
  std::vector<std::string> all = WithoutPrivileges();
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t process = 0;
  const int error = posix_spawnp(&process, "setpriv", &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) GiveUp("setpriv cannot be started");
  return process;
}

std::string TextOf(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

struct Process {
  pid_t parent = 0;
  char state = 0;
};
// From /proc/PID/stat; nothing (a zero parent) when it is gone.
Process Look(pid_t process) {
  const std::string text = TextOf("/proc/" + std::to_string(process) + "/stat");
  const size_t name_end = text.rfind(')');
  Process seen;
  if (name_end == std::string::npos) return seen;
  std::istringstream rest(text.substr(name_end + 1));
  rest >> seen.state >> seen.parent;
  return seen;
}
bool Runs(pid_t process) {
  const Process seen = Look(process);
  return seen.parent != 0 && seen.state != 'Z' && seen.state != 'X';
}

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const pid_t process = std::atoi(entry.path().filename().c_str());
    if (process > 0 && Look(process).parent == parent) children.push_back(process);
  }
  return children;
}

std::string ConninfoOf(const std::string& folder, const std::string& database) {
  return "host=" + folder + " user=halfterm dbname=" + database;
}

}  // namespace

void OwnPostgres::GiveFolderAway() {
  if (getuid() == 0) {
    const passwd* const user =
        getpwnam("postgres") != nullptr ? getpwnam("postgres") : getpwnam("nobody");
    if (user == nullptr || chown(folder().c_str(), user->pw_uid, user->pw_gid) != 0) {
      GiveUp("no user to run as");
    }
  }
  chmod(folder().c_str(), 0755);
}

OwnPostgres::OwnPostgres(const std::vector<std::string>& settings) : settings_(settings) {
  GiveFolderAway();
  const std::string log = folder() + "/log";
  const pid_t made = Spawn(
      {std::string(kPrograms) + "initdb", "--pgdata=" + folder() + "/data", "--username=halfterm",
       "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"},
      log);
  int status = 0;
  if (waitpid(made, &status, 0) != made || status != 0) {
    GiveUp("initdb failed; is postgresql-15 installed (tools/setup)?\n" + TextOf(log));
  }
  Start();
}

OwnPostgres::OwnPostgres(StandbyOf of) {
  GiveFolderAway();
  CopyFilesOf(of.primary);
  Start();
}

void OwnPostgres::CopyFilesOf(const OwnPostgres& primary) {
  const std::string log = folder() + "/log";
  const pid_t copied =
      Spawn({std::string(kPrograms) + "pg_basebackup", "--host=" + primary.folder(),
             "--username=halfterm", "--pgdata=" + folder() + "/data", "--write-recovery-conf",
             "--wal-method=stream", "--checkpoint=fast", "--no-sync"},
            log);
  int status = 0;
  if (waitpid(copied, &status, 0) != copied || status != 0) {
    GiveUp("pg_basebackup failed\n" + TextOf(log));
  }
}

void OwnPostgres::ComeBackAsStandbyOf(const OwnPostgres& primary) {
  fs::remove_all(folder() + "/data");
  CopyFilesOf(primary);
  Start();
}

void OwnPostgres::Promote() {
  if (Run(ConninfoOf(folder(), "postgres"), "select pg_promote(true, 120)") != "t") {
    GiveUp("it was not promoted\n" + TextOf(folder() + "/log"));
  }
}

OwnPostgres::~OwnPostgres() {
  if (process_ != 0) {
    kill(process_, SIGQUIT);  // At once: nobody needs what it holds.
    waitpid(process_, nullptr, 0);
  }
}

OwnPostgres& OwnPostgres::Shared() {
  static OwnPostgres shared;
  return shared;
}

void OwnPostgres::Start() {
  std::vector<std::string> words = {std::string(kPrograms) + "postgres", "-D", folder() + "/data",
                                    "-k", folder()};
  for (const char* const setting :
       {"listen_addresses=", "shared_buffers=32MB", "max_connections=60", "fsync=on",
        "max_wal_size=256MB", "checkpoint_completion_target=0", "autovacuum_naptime=10s",
        "log_min_messages=warning"}) {
    words.insert(words.end(), {"-c", setting});
  }
  for (const std::string& setting : settings_) words.insert(words.end(), {"-c", setting});
  const std::string conninfo = ConninfoOf(folder(), "postgres");
  process_ = Spawn(words, folder() + "/log");
  const bool is_up = ComesTrue([&] {
    // It does not start beside the last process of the one before.
    if (waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = Spawn(words, folder() + "/log");
    }
    return PQping(conninfo.c_str()) == PQPING_OK;
  });
  if (!is_up) GiveUp("it does not start\n" + TextOf(folder() + "/log"));
}

void OwnPostgres::Kill() {
  // Stopped first, it starts no further children.
  kill(process_, SIGSTOP);
  if (!ComesTrue([this] { return Look(process_).state == 'T'; })) GiveUp("it does not stand still");
  const std::vector<pid_t> children = ChildrenOf(process_);
  for (const pid_t child : children) kill(child, SIGKILL);
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = 0;
  for (const pid_t child : children) {
    if (!ComesTrue([child] { return !Runs(child); })) GiveUp("a process of it does not end");
  }
}

std::string OwnPostgres::NewDatabase(const std::string& copy_of) {
  const std::string name = "test_" + std::to_string(++databases_);
  Run(ConninfoOf(folder(), "postgres"),
      "create database " + name + (copy_of.empty() ? "" : " template " + copy_of));
  return ConninfoOf(folder(), name);
}

std::string OwnPostgres::Through(const std::string& folder, const std::string& conninfo) {
  return "host=" + folder + conninfo.substr(conninfo.find(' '));
}

std::string OwnPostgres::Run(const std::string& conninfo, const std::string& sql) const {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(conninfo.c_str()),
                                                              PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()),
                                                              PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK &&
      PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    GiveUp(sql + ": " + PQerrorMessage(connection.get()));
  }
  return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
}

}  // namespace halfterm::testing
