// A folder of a test's own, gone with it.

#ifndef HALFTERM_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
#define HALFTERM_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace halfterm::testing {

// In TMPDIR, or /tmp. HALFTERM_KEEP_FILES=1 leaves it there, and prints where.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : TemporaryDirectory(Parent()) {}
  // For a socket, and for a program of another user who finds it there: in /tmp where the path of
  // a socket in TMPDIR would be too long (it has 107 bytes), or others may not enter it.
  static TemporaryDirectory ForSocket() {
    const std::filesystem::path parent = Parent();
    const bool fits = parent.native().size() <= kLongestParentOfSocket;
    return TemporaryDirectory(fits && OthersMayEnter(parent) ? parent : "/tmp");
  }
  ~TemporaryDirectory() {
    if (std::getenv("HALFTERM_KEEP_FILES") != nullptr) {
      std::printf("kept %s\n", path_.c_str());
      return;
    }
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  static constexpr char kName[] = "halfterm-test-XXXXXX";
  // Leaves 40 bytes to the name of the socket.
  static constexpr size_t kLongestParentOfSocket = 107 - 40 - sizeof kName;

  explicit TemporaryDirectory(const std::filesystem::path& parent)
      : path_((parent / kName).string()) {
    if (mkdtemp(path_.data()) == nullptr) {
      std::perror(path_.c_str());
      std::abort();
    }
  }
  static std::filesystem::path Parent() {
    std::error_code error;
    return std::filesystem::temp_directory_path(error);
  }
  static bool OthersMayEnter(std::filesystem::path folder) {
    for (std::error_code error;; folder = folder.parent_path()) {
      const auto permissions = std::filesystem::status(folder, error).permissions();
      if (error ||
          (permissions & std::filesystem::perms::others_exec) == std::filesystem::perms::none) {
        return false;
      }
      if (!folder.has_relative_path()) return true;
    }
  }

  std::string path_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
