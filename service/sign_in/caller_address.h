// Where a call comes from, for counting wrong guesses.

#ifndef HALFTERM_SERVICE_SIGN_IN_CALLER_ADDRESS_H_
#define HALFTERM_SERVICE_SIGN_IN_CALLER_ADDRESS_H_
#include <string>

#include "absl/strings/string_view.h"

namespace halfterm::service {

// `peer` is as gRPC writes it ("ipv4:192.0.2.1:5060"). What a proxy says in `x-forwarded-for` is
// believed only of a proxy on this machine, and then its last entry: earlier ones are the client's
// own. An address of IPv6 is cut to its network (64 bits). "here" for a call of this machine that
// names nobody.
std::string CallerAddress(absl::string_view peer, absl::string_view forwarded_for);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_CALLER_ADDRESS_H_
