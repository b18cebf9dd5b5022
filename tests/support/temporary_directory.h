// A folder of a test's own, gone with it.

#ifndef HALFTERM_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
#define HALFTERM_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace halfterm::testing {

// In TMPDIR, or /tmp. HALFTERM_KEEP_FILES=1 leaves it there, and prints where.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::error_code error;
    path_ = (std::filesystem::temp_directory_path(error) / "halfterm-test-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) {
      std::perror(path_.c_str());
      std::abort();
    }
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
  std::string path_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
