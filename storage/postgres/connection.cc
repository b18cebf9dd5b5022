#include "storage/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace halfterm::storage::postgres {
namespace {

constexpr int kBinary = 1, kText = 0;
constexpr int kOldestServer = 130000;

// Before the user's own words, which replace them. A peer that is gone without a word is noticed
// within half a minute.
constexpr const char* kKeywords[] = {
    "connect_timeout",           "keepalives_idle",  "keepalives_interval",
    "keepalives_count",          "tcp_user_timeout", "target_session_attrs",
    "fallback_application_name", "dbname",           nullptr};

// Read by key in the order of keys: whatever the statistics of a young table say, the index serves.
constexpr char kSession[] =
    "set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set jit = off; "
    "set client_min_messages = error; set statement_timeout = 0;";
// A connection that broke while it held rows must not hold them for long.
constexpr char kWriting[] =
    "set idle_in_transaction_session_timeout = '20s'; set lock_timeout = '30s';";
// A page of more than 2 KB is compressed, and by LZ4 in a tenth of the time. PostgreSQL 13, and one
// that was built without it, does not know it and is left as it is.
constexpr char kQuickly[] =
    "select set_config(name, 'lz4', false) from pg_settings"
    " where name = 'default_toast_compression' and 'lz4' = any(enumvals)";
constexpr char kReading[] = "set idle_in_transaction_session_timeout = '10min';";

std::string BigEndian(uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>((number >> shift) & 0xFF));
  }
  return text;
}

// libpq ends its messages with a line end, and may write several lines.
std::string OneLine(absl::string_view message) {
  std::string line(message);
  while (!line.empty() && line.back() == '\n') line.pop_back();
  for (char& c : line) c = c == '\n' ? ' ' : c;
  return line;
}

}  // namespace

void Result::Free::operator()(pg_result* result) const { PQclear(result); }
int Result::rows() const { return PQntuples(result_.get()); }
absl::string_view Result::Text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}
bool Result::IsNull(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) == 1;
}
int64_t Result::Number(int row, int column) const {
  uint64_t number = 0;
  for (const char byte : Text(row, column)) number = (number << 8) | static_cast<uint8_t>(byte);
  return static_cast<int64_t>(number);
}
int64_t Result::Changed() const {
  int64_t rows_changed = 0;
  const bool is_number = absl::SimpleAtoi(PQcmdTuples(result_.get()), &rows_changed);
  return is_number ? rows_changed : 0;
}
absl::string_view Result::Tag() const { return PQcmdStatus(result_.get()); }

absl::Status Answer::AsStatus(absl::string_view doing) const {
  assert(!ok());
  const std::string text =
      absl::StrCat("PostgreSQL failed while ", doing, ": ",
                   message.empty() ? "the connection was lost" : message,
                   sqlstate.empty() ? "" : absl::StrCat(" (", sqlstate, ")"), ".");
  return sqlstate == "42501" ? absl::PermissionDeniedError(text) : absl::UnavailableError(text);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& conninfo,
                                                             Purpose purpose) {
  char* parse_error = nullptr;
  PQconninfoOption* const parsed = PQconninfoParse(conninfo.c_str(), &parse_error);
  if (parsed == nullptr) {
    // libpq's words may repeat a part of the string, and that may be the password.
    PQfreemem(parse_error);
    return absl::InvalidArgumentError(
        "The connection string cannot be read. It looks like 'host=/var/run/postgresql "
        "dbname=halfterm user=halfterm' or 'postgresql://halfterm@db.example.org/halfterm'.");
  }
  PQconninfoFree(parsed);

  const char* const values[] = {
      "10", "10", "5", "3", "30000", "read-write", "halftermd", conninfo.c_str(), nullptr};
  PGconn* const connected = PQconnectdbParams(kKeywords, values, /*expand_dbname=*/1);
  if (connected == nullptr) return absl::UnavailableError("No memory for a connection.");
  std::unique_ptr<Connection> connection(new Connection(connected, purpose));
  connection->place_ = PlaceOf(conninfo);
  if (PQstatus(connected) != CONNECTION_OK) {
    connection->lost_ = true;
    return absl::UnavailableError(absl::StrCat("Cannot connect to PostgreSQL (", connection->place_,
                                               "): ", OneLine(PQerrorMessage(connected)), "."));
  }
  const Answer set = connection->AskAll(
      absl::StrCat(kSession, purpose == Purpose::kWriting ? kWriting : kReading));
  if (!set.ok()) return set.AsStatus("beginning a session");
  if (purpose == Purpose::kWriting) {
    const Answer quickly = connection->Ask(kQuickly);
    if (!quickly.ok()) return quickly.AsStatus("beginning a session");
  }
  if (absl::Status settings = connection->LookAtSettings(); !settings.ok()) return settings;
  return connection;
}

Connection::~Connection() { PQfinish(connection_); }

absl::Status Connection::LookAtSettings() {
  if (PQserverVersion(connection_) < kOldestServer) {
    return absl::FailedPreconditionError(absl::StrCat(
        "PostgreSQL at ", place_, " is older than version 13; Halfterm is tested with 15."));
  }
  const Answer asked =
      Ask("select current_setting('fsync'), current_setting('synchronous_commit'), "
          "pg_is_in_recovery()");
  if (!asked.ok()) return asked.AsStatus("asking for its settings");
  const Result& settings = asked.results.front();
  const std::string refusing = absl::StrCat("PostgreSQL at ", place_, " has ");
  constexpr absl::string_view kWhy =
      ". It would acknowledge work that a power cut takes away, and a tablet deletes what was "
      "acknowledged. Set it to 'on' (ALTER SYSTEM SET ";
  if (settings.Text(0, 0) != "on") {
    return absl::FailedPreconditionError(
        absl::StrCat(refusing, "fsync = off", kWhy, "fsync = on), reload, and start again."));
  }
  if (settings.Text(0, 1) == "off") {
    return absl::FailedPreconditionError(
        absl::StrCat(refusing, "synchronous_commit = off", kWhy,
                     "synchronous_commit = on; look at the role's and the database's own settings "
                     "too), reload, and start again."));
  }
  if (settings.Text(0, 2) != "f") {
    return absl::FailedPreconditionError(
        absl::StrCat("PostgreSQL at ", place_,
                     " is a standby and takes no writes. Name its primary, or several hosts with "
                     "target_session_attrs=read-write."));
  }
  return absl::OkStatus();
}

absl::Status Connection::Prepare() {
  if (PQenterPipelineMode(connection_) != 1) return absl::InternalError("no pipeline");
  bool sent = true;
  size_t statements = 0;
  for (const StatementText& statement : Statements()) {
    if (purpose_ == Purpose::kReading && !statement.reads) continue;
    ++statements;
    sent = sent && PQsendPrepare(connection_, statement.name.c_str(), statement.sql.c_str(), 0,
                                 nullptr) == 1;
  }
  lost_ = lost_ || !sent || PQpipelineSync(connection_) != 1;
  const Answer prepared = Collect(statements);
  return prepared.ok() ? absl::OkStatus() : prepared.AsStatus("preparing its statements");
}

Answer Connection::Ask(const std::string& sql) { return Run(sql, {}); }

Answer Connection::AskAll(const std::string& sql) {
  Answer answer;
  if (lost_) {
    answer.lost = true;
    return answer;
  }
  PGresult* const got = PQexec(connection_, sql.c_str());
  const Result result(got);
  if (PQresultStatus(got) != PGRES_COMMAND_OK && PQresultStatus(got) != PGRES_TUPLES_OK) {
    NoteFailure(got, answer);
  }
  lost_ = lost_ || PQstatus(connection_) != CONNECTION_OK;
  answer.lost = lost_;
  return answer;
}

bool Connection::Send(const Call& call) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats(call.parameters.size(), kBinary);
  values.reserve(call.parameters.size());
  lengths.reserve(call.parameters.size());
  for (const absl::string_view parameter : call.parameters) {
    values.push_back(parameter.data() == nullptr ? "" : parameter.data());
    lengths.push_back(static_cast<int>(parameter.size()));
  }
  const StatementText& statement = Statements()[static_cast<size_t>(call.statement)];
  return PQsendQueryPrepared(connection_, statement.name.c_str(), static_cast<int>(values.size()),
                             values.data(), lengths.data(), formats.data(), kBinary) == 1;
}

bool Connection::SendText(const std::string& sql) {
  return PQsendQueryParams(connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                           kText) == 1;
}

void Connection::SendAhead(const std::string& first, absl::Span<const Call> calls) {
  if (lost_ || (sent_ahead_ == 0 && first.empty() && calls.empty())) return;
  bool sent = PQenterPipelineMode(connection_) == 1 && PQsetnonblocking(connection_, 1) == 0;
  sent = sent && (first.empty() || SendText(first));
  for (const Call& call : calls) sent = sent && Send(call);
  sent_ahead_ += calls.size() + (first.empty() ? 0 : 1);
  lost_ = !sent || PQflush(connection_) < 0;
}

bool Connection::Flush() {
  for (;;) {
    const int left = PQflush(connection_);
    if (left <= 0) return left == 0;
    // PostgreSQL may be waiting for us to read before it reads on.
    pollfd wait = {PQsocket(connection_), POLLIN | POLLOUT, 0};
    if (poll(&wait, 1, -1) < 0 && errno != EINTR) return false;
    if ((wait.revents & POLLIN) != 0 && PQconsumeInput(connection_) != 1) return false;
  }
}

Answer Connection::Run(const std::string& first, absl::Span<const Call> calls,
                       const std::string& last) {
  const size_t ahead = std::exchange(sent_ahead_, 0);
  if (!lost_ && ahead > 0) lost_ = !Flush() || PQsetnonblocking(connection_, 0) != 0;
  if (lost_ || PQenterPipelineMode(connection_) != 1) {
    lost_ = true;
    Answer answer;
    answer.lost = true;
    return answer;
  }
  bool sent = first.empty() || SendText(first);
  for (const Call& call : calls) sent = sent && Send(call);
  if (!last.empty()) sent = sent && SendText(last);
  lost_ = !sent || PQpipelineSync(connection_) != 1;
  return Collect(ahead + calls.size() + (first.empty() ? 0 : 1) + (last.empty() ? 0 : 1));
}

Answer Connection::Listen(const std::string& channel) {
  return AskAll(absl::StrCat("listen ", channel));
}

std::optional<std::string> Connection::AwaitNotice(int wake, std::chrono::milliseconds time) {
  std::optional<std::string> last;
  const auto take = [&] {
    while (PGnotify* const notice = PQnotifies(connection_)) {
      last = notice->extra;
      PQfreemem(notice);
    }
  };
  take();  // What came with the answer to an earlier statement.
  if (lost_ || last) return last;
  pollfd waits[] = {{PQsocket(connection_), POLLIN, 0}, {wake, POLLIN, 0}};
  if (poll(waits, 2, static_cast<int>(time.count())) <= 0 || waits[0].revents == 0) return last;
  if (PQconsumeInput(connection_) != 1) lost_ = true;
  take();
  return last;
}

void Connection::NoteFailure(const pg_result* result, Answer& answer) {
  if (!answer.sqlstate.empty() || answer.lost) return;
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  answer.message = message == nullptr ? "" : message;
  // Without a state it is libpq that speaks, and of the connection. 57P0x: PostgreSQL ends it.
  if (state == nullptr || strncmp(state, "57P0", 4) == 0 || strncmp(state, "08", 2) == 0) {
    lost_ = true;
  } else {
    answer.sqlstate = state;
  }
}

Answer Connection::Collect(size_t statements) {
  Answer answer;
  for (size_t i = 0; i < statements && !lost_; ++i) {
    PGresult* const got = PQgetResult(connection_);
    const ExecStatusType status = PQresultStatus(got);
    if (got == nullptr) {
      lost_ = true;
      break;
    }
    Result result(got);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      answer.results.push_back(std::move(result));
    } else if (status != PGRES_PIPELINE_ABORTED) {
      NoteFailure(got, answer);
    }
    if (PQstatus(connection_) != CONNECTION_OK) lost_ = true;
    if (!lost_) PQclear(PQgetResult(connection_));  // The null between two statements.
  }
  if (!lost_) {
    const Result sync(PQgetResult(connection_));
    lost_ = PQstatus(connection_) != CONNECTION_OK || PQexitPipelineMode(connection_) != 1;
  }
  answer.lost = lost_;
  return answer;
}

std::string PlaceOf(const std::string& conninfo) {
  PQconninfoOption* const parsed = PQconninfoParse(conninfo.c_str(), nullptr);
  if (parsed == nullptr) return "an unreadable connection string";
  std::string host, name, service;
  for (const PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const absl::string_view keyword = option->keyword;
    if (keyword == "host" || (keyword == "hostaddr" && host.empty())) host = option->val;
    if (keyword == "dbname") name = option->val;
    if (keyword == "service") service = option->val;
  }
  PQconninfoFree(parsed);
  if (!service.empty() && name.empty()) return absl::StrCat("service ", service);
  return absl::StrCat(name.empty() ? "the default database" : name, " at ",
                      host.empty() ? "the default host" : host);
}

std::string Int2(int16_t number) { return BigEndian(static_cast<uint16_t>(number), 2); }
std::string Int8(int64_t number) { return BigEndian(static_cast<uint64_t>(number), 8); }

std::string ByteaArray(absl::Span<const absl::string_view> elements) {
  constexpr uint32_t kByteaOid = 17;
  std::string array = BigEndian(1, 4) + BigEndian(0, 4) + BigEndian(kByteaOid, 4) +
                      BigEndian(elements.size(), 4) + BigEndian(1, 4);
  for (const absl::string_view element : elements) {
    array += BigEndian(element.size(), 4);
    array.append(element.data(), element.size());
  }
  return array;
}

}  // namespace halfterm::storage::postgres
