// A file in gzip, for browsers, where the app's build left no compressed copy beside it.

#ifndef HALFTERM_SERVICE_GATEWAY_GZIP_H_
#define HALFTERM_SERVICE_GATEWAY_GZIP_H_
#include <string>

#include "absl/strings/string_view.h"

namespace halfterm::service {

// The same bytes for the same content, at zlib's usual level. Empty where that saves nothing.
std::string Gzip(absl::string_view bytes);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_GZIP_H_
