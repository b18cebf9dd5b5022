// Requests and replies as they stand on the wire.
//
// We decode them ourselves: for a request that is no message gRPC's own callback API would answer
// UNIMPLEMENTED, which tells a tablet that the server is too old.

#ifndef HALFTERM_SERVICE_MESSAGES_H_
#define HALFTERM_SERVICE_MESSAGES_H_
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace halfterm::service {

// InvalidArgument: the bytes are no such message (nested more than 100 deep, text that is not
// UTF-8), or hold more than kMaxUnknownBytes of fields that this version does not know.
absl::Status DecodeInto(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);

template <class Message>
absl::StatusOr<Message> Decode(const grpc::ByteBuffer& bytes) {
  Message message;
  if (absl::Status decoded = DecodeInto(bytes, message); !decoded.ok()) return decoded;
  return message;
}

grpc::ByteBuffer Encode(const google::protobuf::Message& message);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_MESSAGES_H_
