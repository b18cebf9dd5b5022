// What the server says of itself: one JSON object a line, on standard error.
//
// An event has a fixed name and fields of numbers and short words of ours. Text that a school
// wrote, names of people, tokens and bytes of a request never come here, so neither do the messages
// of the libraries, which quote what a hostile client sent.

#ifndef HALFTERM_SERVICE_LOG_H_
#define HALFTERM_SERVICE_LOG_H_
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace spdlog {
class logger;
}

namespace halfterm::service {

// Safe to call from any thread.
class Log {
 public:
  struct Field {
    Field(absl::string_view field_name, absl::string_view text);
    Field(absl::string_view field_name, const char* text);
    Field(absl::string_view field_name, const std::string& text);
    Field(absl::string_view field_name, int64_t number);

    absl::string_view name;
    std::string json;
  };

  Log();
  ~Log();

  // {"time":"2026-09-01T08:00:00.000Z","level":"info","event":"serving","port":7400}
  void Info(absl::string_view event, std::initializer_list<Field> fields = {});
  void Error(absl::string_view event, std::initializer_list<Field> fields = {});

 private:
  const std::unique_ptr<spdlog::logger> logger_;
};

// gRPC and Protocol Buffers say nothing from now on. For the whole process.
void SilenceLibraries();

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_LOG_H_
