#include "service/limits.h"

#include <grpc/grpc.h>
#include <grpcpp/resource_quota.h>

#include "absl/strings/match.h"
#include "sync/core/limits.h"

namespace halfterm::service {
namespace {

constexpr int kSecondMs = 1000;
constexpr int kMinuteMs = 60 * kSecondMs;

}  // namespace

void SetLimits(grpc::ServerBuilder& builder, Port port, absl::string_view address) {
  const int message_bytes =
      port == Port::kPublic ? static_cast<int>(core::kMaxRequestBytes) : kMaxAdminMessageBytes;
  builder.SetMaxReceiveMessageSize(message_bytes);
  builder.SetMaxSendMessageSize(message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);

  // Behind a socket file stands nginx, which brings all tablets over a few connections.
  const bool behind_proxy = absl::StartsWith(address, "unix:");
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, behind_proxy ? 20'000 : 100);
  builder.SetResourceQuota(grpc::ResourceQuota("halfterm").Resize(kResourceQuotaBytes));

  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 5 * kSecondMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * kMinuteMs);
  if (port == Port::kPublic) {  // A verification on the admin port may take longer.
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 30 * kMinuteMs);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 30 * kSecondMs);
  }
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kMinuteMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * kSecondMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 20 * kSecondMs);
}

}  // namespace halfterm::service
