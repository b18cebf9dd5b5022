// Runs a fuzz target over files, without a fuzzer: <target> <folder>. Each file as it is, every cut
// of it, and every byte of it changed in a few ways.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::size_t Try(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return 1;
}

std::size_t TryAround(const std::string& bytes) {
  std::size_t tried = Try(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    tried += Try(std::string(bytes.data(), i));
    for (const int flip : {0x01, 0x02, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      tried += Try(changed);
    }
  }
  return tried;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::size_t files = 0, tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    tried += TryAround({std::istreambuf_iterator<char>(file), {}});
    ++files;
  }
  std::printf("%zu inputs from %zu files\n", tried, files);
  return files == 0 ? 1 : 0;
}
