#include "storage/rocks/info_log.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <mutex>

namespace halfterm::storage {
namespace {

constexpr off_t kMaxFileBytes = off_t{1} << 20;

class InfoLog final : public rocksdb::Logger {
 public:
  explicit InfoLog(const std::string& directory)
      : rocksdb::Logger(rocksdb::WARN_LEVEL),
        path_(directory + "/LOG"),
        old_path_(directory + "/LOG.old"),
        file_(Opened()) {}
  ~InfoLog() override {
    if (file_ >= 0) close(file_);
  }

  // Every option, at every opening; the OPTIONS files hold them too.
  void LogHeader(const char*, va_list) override {}

  using rocksdb::Logger::Logv;  // The one that takes a level.
  void Logv(const char* format, va_list arguments) override;

 private:
  int Opened() const {
    return open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }

  const std::string path_, old_path_;
  std::mutex mutex_;
  int file_;  // Guarded by mutex_; -1 if it cannot be opened.
};

void InfoLog::Logv(const char* format, va_list arguments) {
  std::array<char, 4096> line;
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  size_t bytes = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%SZ ", &utc);
  const int wanted = std::vsnprintf(line.data() + bytes, line.size() - bytes, format, arguments);
  bytes = std::min(bytes + static_cast<size_t>(std::max(wanted, 0)), line.size() - 1);
  line[bytes++] = '\n';

  const std::lock_guard<std::mutex> lock(mutex_);
  if (file_ < 0) return;
  if (lseek(file_, 0, SEEK_END) > kMaxFileBytes) {
    close(file_);
    std::rename(path_.c_str(), old_path_.c_str());
    file_ = Opened();
    if (file_ < 0) return;
  }
  [[maybe_unused]] const ssize_t written = write(file_, line.data(), bytes);
}

}  // namespace

std::shared_ptr<rocksdb::Logger> NewInfoLog(const std::string& directory) {
  return std::make_shared<InfoLog>(directory);
}

}  // namespace halfterm::storage
