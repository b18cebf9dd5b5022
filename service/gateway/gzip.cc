#include "service/gateway/gzip.h"

#include <zlib.h>

namespace halfterm::service {
namespace {

constexpr int kGzipWindow = 15 + 16;  // The largest window, and gzip's head instead of zlib's.
constexpr int kMemoryLevel = 8;

}  // namespace

std::string Gzip(absl::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return "";
  }
  // No room for more than the content itself: what does not fit was not worth it.
  std::string compressed(bytes.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const bool is_whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  compressed.resize(is_whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return compressed;
}

}  // namespace halfterm::service
