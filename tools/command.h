// What the subcommands of `halfterm` share: where the server is, whose school it is, and how to
// answer.
//
// A subcommand is one file that adds itself to the command line; when it was chosen, `run` is set,
// and main calls it once everything is parsed. Exit codes: 0 it is so, 1 the answer is no or it
// could not be had, 2 the command line was wrong. Answers go to `out`, everything else to `err`.

#ifndef HALFTERM_TOOLS_COMMAND_H_
#define HALFTERM_TOOLS_COMMAND_H_
#include <CLI/CLI.hpp>
#include <functional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/clock.h"

namespace halfterm::tools {

inline constexpr int kExitOk = 0;
inline constexpr int kExitNo = 1;
inline constexpr int kExitUsage = 2;

struct Invocation {
  Invocation(std::ostream& out_stream, std::ostream& err_stream, bool is_terminal,
             const storage::Clock& system_clock)
      : out(out_stream), err(err_stream), terminal(is_terminal), clock(system_clock) {}

  // Set by main from the command line.
  std::string server = "127.0.0.1:7400";
  std::string admin = "127.0.0.1:7490";
  std::string school;
  bool json = false;

  std::ostream& out;
  std::ostream& err;
  const bool terminal;  // Whether `err` is watched by somebody.
  const storage::Clock& clock;

  std::function<int()> run;  // Set by the chosen subcommand.

  // Says what went wrong, where, and what to do, on `err`; gives the exit code.
  int Fail(absl::string_view what, const absl::Status& why, absl::string_view what_to_do = {});
  // One line that replaces itself, on a terminal only.
  void Progress(absl::string_view doing);
  void EndProgress();

 private:
  bool progress_shown_ = false;
};

// Each subcommand: adds itself to `app`. One line here and one in main.cc for a new one.
using AddCommand = void (*)(CLI::App& app, Invocation& invocation);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_COMMAND_H_
