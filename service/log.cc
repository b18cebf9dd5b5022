#include "service/log.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace halfterm::service {
namespace {

std::string Json(absl::string_view text) {
  // Bytes that are no UTF-8 are replaced, so that a line is always one JSON object.
  return nlohmann::json(std::string(text))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string Line(absl::string_view event, std::initializer_list<Log::Field> fields) {
  std::string line = absl::StrCat("\"event\":", Json(event));
  for (const Log::Field& field : fields) {
    absl::StrAppend(&line, ",", Json(field.name), ":", field.json);
  }
  return line;
}

}  // namespace

Log::Field::Field(absl::string_view field_name, absl::string_view text)
    : name(field_name), json(Json(text)) {}
Log::Field::Field(absl::string_view field_name, const char* text)
    : Field(field_name, absl::string_view(text)) {}
Log::Field::Field(absl::string_view field_name, const std::string& text)
    : Field(field_name, absl::string_view(text)) {}
Log::Field::Field(absl::string_view field_name, int64_t number)
    : name(field_name), json(absl::StrCat(number)) {}

Log::Log()
    : logger_(std::make_unique<spdlog::logger>("halfterm",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc));
  logger_->flush_on(spdlog::level::info);
}

Log::~Log() = default;

void Log::Info(absl::string_view event, std::initializer_list<Field> fields) {
  logger_->info("{}", Line(event, fields));
}

void Log::Error(absl::string_view event, std::initializer_list<Field> fields) {
  logger_->error("{}", Line(event, fields));
}

void SilenceLibraries() {
  google::protobuf::SetLogHandler(nullptr);
  gpr_set_log_function([](gpr_log_func_args*) {});
}

}  // namespace halfterm::service
