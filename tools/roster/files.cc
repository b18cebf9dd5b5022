#include "tools/roster/files.h"

#include <zip.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace halfterm::tools {
namespace {

namespace fs = std::filesystem;

bool IsRosterFile(absl::string_view name) {
  return (absl::EndsWithIgnoreCase(name, ".csv") || absl::EndsWithIgnoreCase(name, ".json")) &&
         !absl::StartsWith(name, ".");
}

// Adds a file, unless there is too much already.
class Collector {
 public:
  absl::Status Room(const std::string& name, uint64_t bytes) {
    if (bytes > kMaxRosterFileBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(name, " has ", bytes, " bytes, more than 64 MiB"));
    }
    total_ += bytes;
    if (total_ > kMaxRosterBytes) {
      return absl::ResourceExhaustedError("the files have more than 256 MiB together");
    }
    return absl::OkStatus();
  }

 private:
  uint64_t total_ = 0;
};

absl::StatusOr<std::string> ReadFile(const fs::path& path, Collector& collector) {
  std::error_code error;
  const uint64_t bytes = fs::file_size(path, error);
  if (error) return absl::NotFoundError(absl::StrCat(path.string(), ": ", error.message()));
  const absl::Status room = collector.Room(path.filename().string(), bytes);
  if (!room.ok()) return room;
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(bytes), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes))) {
    return absl::NotFoundError(absl::StrCat(path.string(), " cannot be read"));
  }
  return text;
}

absl::StatusOr<RosterFiles> ReadFolder(const fs::path& folder) {
  RosterFiles files;
  Collector collector;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!entry->is_regular_file() || !IsRosterFile(name)) continue;
    absl::StatusOr<std::string> text = ReadFile(entry->path(), collector);
    if (!text.ok()) return text.status();
    files.emplace(name, *std::move(text));
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder.string(), ": ", error.message()));
  return files;
}

struct CloseZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

// The name within the one folder that everything is in, if there is one.
std::string NameWithin(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}
std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

absl::StatusOr<RosterFiles> ReadZip(const fs::path& path) {
  int error = 0;
  const std::unique_ptr<zip_t, CloseZip> archive(zip_open(path.c_str(), ZIP_RDONLY, &error));
  if (archive == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " is no folder and no zip file"));
  }
  RosterFiles files;
  Collector collector;
  std::set<std::string> folders;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    const auto index = static_cast<zip_uint64_t>(i);
    if (zip_stat_index(archive.get(), index, 0, &stat) != 0 || stat.name == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(path.string(), " is a damaged zip file"));
    }
    const std::string name = stat.name;
    if (!IsRosterFile(NameWithin(name)) || absl::StartsWith(name, "__MACOSX/")) continue;
    folders.insert(FolderOf(name));
    // What the index says is believed only as a bound: no more is ever unpacked.
    const absl::Status room = collector.Room(name, stat.size);
    if (!room.ok()) return room;
    const std::unique_ptr<zip_file_t, CloseEntry> file(zip_fopen_index(archive.get(), index, 0));
    std::string text(static_cast<size_t>(stat.size), '\0');
    if (file == nullptr ||
        zip_fread(file.get(), text.data(), stat.size) != static_cast<zip_int64_t>(stat.size)) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " in ", path.string(), " cannot be unpacked"));
    }
    if (!files.emplace(NameWithin(name), std::move(text)).second) {
      return absl::InvalidArgumentError(absl::StrCat(NameWithin(name), " is in the zip twice"));
    }
  }
  if (folders.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), " has files in several folders; a roster is in one"));
  }
  return files;
}

}  // namespace

absl::StatusOr<RosterFiles> ReadRosterFiles(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return absl::NotFoundError(absl::StrCat("there is nothing at ", path));
  }
  absl::StatusOr<RosterFiles> files = RosterFiles();
  if (fs::is_directory(status)) {
    files = ReadFolder(path);
  } else if (IsRosterFile(fs::path(path).filename().string())) {
    Collector collector;
    absl::StatusOr<std::string> text = ReadFile(path, collector);
    if (!text.ok()) return text.status();
    files->emplace(fs::path(path).filename().string(), *std::move(text));
  } else {
    files = ReadZip(path);
  }
  if (files.ok() && files->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no .csv or .json file"));
  }
  return files;
}

}  // namespace halfterm::tools
