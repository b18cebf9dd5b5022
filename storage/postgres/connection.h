// One connection to PostgreSQL. Statements go in pipelines: all of them leave before the first
// answer is read, and the first that fails ends its pipeline.
//
// A connection is for one thread at a time. Once lost it stays lost; whoever needs one opens
// another.

#ifndef HALFTERM_STORAGE_POSTGRES_CONNECTION_H_
#define HALFTERM_STORAGE_POSTGRES_CONNECTION_H_
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/postgres/statements.h"

// libpq's own types; its header is seen by connection.cc alone.
struct pg_conn;
struct pg_result;

namespace halfterm::storage::postgres {

// What one statement gave. Views last as long as the result.
class Result {
 public:
  explicit Result(pg_result* result) : result_(result) {}
  int rows() const;
  // The bytes of a column as PostgreSQL sent them: of a bytea the bytes, of a text the text.
  absl::string_view Text(int row, int column) const;
  bool IsNull(int row, int column) const;
  int64_t Number(int row, int column) const;  // Of a binary int8.
  // Rows written.
  int64_t Changed() const;
  // "COMMIT", "ROLLBACK", "SELECT 3", ...
  absl::string_view Tag() const;

 private:
  struct Free {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Free> result_;
};

// What became of a pipeline.
struct Answer {
  std::vector<Result> results;  // Of the statements that succeeded, in their order.
  bool lost = false;            // The connection is gone, and what it was doing is not known.
  std::string sqlstate;         // Of the statement that failed; empty when none did.
  std::string message;  // PostgreSQL's primary message; never a detail, which may name keys.

  bool ok() const { return !lost && sqlstate.empty(); }
  // Unavailable, or for a refused right PermissionDenied. `doing` continues "failed while".
  absl::Status AsStatus(absl::string_view doing) const;
};

// A statement of the list with its parameters, whose bytes the caller keeps until it is answered.
struct Call {
  Statement statement;
  std::vector<absl::string_view> parameters;
};

enum class Purpose { kReading, kWriting };

class Connection {
 public:
  // Connects, and looks whether what PostgreSQL says it has committed is on its disk.
  //
  // FailedPrecondition: it is set to acknowledge what is not on disk, is a standby, or is too old;
  //   the message says what to change. InvalidArgument: not a connection string.
  // Unavailable: nobody answers there, or refuses us.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& conninfo,
                                                          Purpose purpose);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Prepares the list of statements, of which a connection for reading has those that read; the
  // tables must be there.
  absl::Status Prepare();

  // A statement without parameters, whose columns come as text.
  Answer Ask(const std::string& sql);
  // Several, separated by semicolons; no results.
  Answer AskAll(const std::string& sql);
  // Sends `first`, if it is not empty, and the calls, and waits neither for answers nor until all
  // of it has left: what PostgreSQL has no room for yet leaves with the next call. The answers,
  // also of a failure, come before those of the next Run, which is in the same pipeline.
  void SendAhead(const std::string& first, absl::Span<const Call> calls);
  // A pipeline: `first`, without parameters, if it is not empty; then the calls; then `last`. A
  // connection that was lost before says so, and did nothing.
  Answer Run(const std::string& first, absl::Span<const Call> calls, const std::string& last = {});

  // Hears what is notified on `channel` from now on.
  Answer Listen(const std::string& channel);
  // Waits until somebody notifies, `wake` can be read, or the time is over. The payload of the last
  // notice; nothing where there was none, or the connection was lost.
  std::optional<std::string> AwaitNotice(int wake, std::chrono::milliseconds time);

  bool is_lost() const { return lost_; }
  // Database and host, for messages; never the password.
  const std::string& place() const { return place_; }

 private:
  Connection(pg_conn* connection, Purpose purpose) : connection_(connection), purpose_(purpose) {}
  absl::Status LookAtSettings();
  bool Send(const Call& call);
  bool SendText(const std::string& sql);
  Answer Collect(size_t statements);
  // Waits until everything has left.
  bool Flush();
  void NoteFailure(const pg_result* result, Answer& answer);

  pg_conn* const connection_;
  const Purpose purpose_;
  std::string place_;
  bool lost_ = false;
  size_t sent_ahead_ = 0;  // Statements whose answers are still to come.
};

// Where a connection string leads, for messages: nothing secret.
std::string PlaceOf(const std::string& conninfo);

// --- parameters ----------------------------------------------------------------------------------

std::string Int2(int16_t number);
std::string Int8(int64_t number);
// A bytea[] of one dimension.
std::string ByteaArray(absl::Span<const absl::string_view> elements);

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_CONNECTION_H_
