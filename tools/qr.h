// A QR code of a text, for a terminal or as a picture.

#ifndef HALFTERM_TOOLS_QR_H_
#define HALFTERM_TOOLS_QR_H_
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace halfterm::tools {

// Modules in rows, with the quiet zone of four that a camera needs; true is dark.
struct QrCode {
  size_t width = 0;
  std::vector<bool> dark;
  bool At(size_t x, size_t y) const { return dark[y * width + x]; }
};

// InvalidArgument: the text is too long for a code (about 2,300 bytes).
absl::StatusOr<QrCode> QrOf(const std::string& text);

// Two rows a line, black on white whatever the terminal's colours.
std::string ForTerminal(const QrCode& code);

// Writes a PNG, eight pixels a module, readable by its owner alone. Unavailable names the file.
absl::Status WritePng(const QrCode& code, const std::string& path);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_QR_H_
