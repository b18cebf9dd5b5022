#include "tools/qr.h"

#include <fcntl.h>
#include <png.h>
#include <qrencode.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"

namespace halfterm::tools {
namespace {

constexpr size_t kQuiet = 4, kPixels = 8;

}  // namespace

absl::StatusOr<QrCode> QrOf(const std::string& text) {
  const std::unique_ptr<QRcode, void (*)(QRcode*)> made(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M),
      QRcode_free);
  if (made == nullptr) return absl::InvalidArgumentError("the text is too long for a QR code");
  const auto inner = static_cast<size_t>(made->width);
  QrCode code;
  code.width = inner + 2 * kQuiet;
  code.dark.resize(code.width * code.width);
  for (size_t y = 0; y < inner; ++y) {
    for (size_t x = 0; x < inner; ++x) {
      code.dark[(y + kQuiet) * code.width + x + kQuiet] = (made->data[y * inner + x] & 1) != 0;
    }
  }
  return code;
}

std::string ForTerminal(const QrCode& code) {
  std::string text;
  for (size_t y = 0; y < code.width; y += 2) {
    text += "\x1b[30;47m";
    for (size_t x = 0; x < code.width; ++x) {
      const bool upper = code.At(x, y), lower = y + 1 < code.width && code.At(x, y + 1);
      text += upper && lower ? "\u2588" : upper ? "\u2580" : lower ? "\u2584" : " ";
    }
    text += "\x1b[0m\n";
  }
  return text;
}

absl::Status WritePng(const QrCode& code, const std::string& path) {
  const size_t side = code.width * kPixels;
  std::vector<unsigned char> pixels(side * side);
  for (size_t y = 0; y < side; ++y) {
    for (size_t x = 0; x < side; ++x) {
      pixels[y * side + x] = code.At(x / kPixels, y / kPixels) ? 0 : 255;
    }
  }
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_GRAY;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::FILE* const stream = file < 0 ? nullptr : fdopen(file, "wb");
  if (stream == nullptr) {
    const std::string why = std::strerror(errno);
    if (file >= 0) close(file);
    return absl::UnavailableError(absl::StrCat("cannot write ", path, ": ", why));
  }
  const bool written = png_image_write_to_stdio(&image, stream, 0, pixels.data(), 0, nullptr) != 0;
  const bool closed = std::fclose(stream) == 0;
  if (!written || !closed) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

}  // namespace halfterm::tools
