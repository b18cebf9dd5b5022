#include "service/messages.h"

#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <cstddef>
#include <vector>

#include "service/limits.h"

namespace halfterm::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Memory held by unknown fields, in the message and in those inside it.
size_t UnknownBytes(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  size_t bytes = reflection.GetUnknownFields(message).SpaceUsedExcludingSelfLong();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      bytes += UnknownBytes(reflection.GetMessage(message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      bytes += UnknownBytes(reflection.GetRepeatedMessage(message, field, i));
    }
  }
  return bytes;
}

}  // namespace

absl::Status DecodeInto(const grpc::ByteBuffer& bytes, Message& message) {
  // The reader wants to note its place in the buffer; copying the handle copies no bytes.
  grpc::ByteBuffer handle(bytes);
  grpc::ProtoBufferReader reader(&handle);
  if (!reader.status().ok() || !message.ParseFromZeroCopyStream(&reader)) {
    return absl::InvalidArgumentError("the request is not a message of this call");
  }
  if (UnknownBytes(message) > kMaxUnknownBytes) {
    return absl::InvalidArgumentError("the request holds fields that this server does not know");
  }
  return absl::OkStatus();
}

grpc::ByteBuffer Encode(const Message& message) {
  grpc::ByteBuffer bytes;
  const int size = static_cast<int>(message.ByteSizeLong());
  grpc::ProtoBufferWriter writer(&bytes, grpc::kProtoBufferWriterMaxBufferLength, size);
  message.SerializeToZeroCopyStream(&writer);
  return bytes;
}

}  // namespace halfterm::service
