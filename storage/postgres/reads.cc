#include "storage/postgres/reads.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "storage/postgres/rows.h"
#include "storage/postgres/tenant_of.h"
#include "storage/postgres/tenant_walk.h"

namespace halfterm::storage::postgres {
namespace {

class MergedCursor final : public Cursor {
 public:
  MergedCursor(Connection& connection, Family family, absl::string_view begin,
               absl::string_view end)
      : connection_(connection), family_(family), begin_(begin), end_(end) {}

  void Seek(absl::string_view key) override {
    FindTenants();
    place_ = std::string(key);
    is_placed_ = false;
  }
  bool Valid() const override {
    Stand();
    return !heap_.empty() && status().ok();
  }
  void Next() override {
    TenantWalk& walk = *heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    walk.Next();
    if (!walk.status().ok()) status_ = walk.status();
    if (walk.Valid()) {
      std::push_heap(heap_.begin(), heap_.end(), Later);
    } else {
      heap_.pop_back();
    }
  }
  absl::string_view key() const override {
    Stand();
    return heap_.front()->key();
  }
  absl::string_view value() const override {
    Stand();
    return heap_.front()->value();
  }
  absl::Status status() const override {
    Stand();
    return status_;
  }

 private:
  static bool Later(const TenantWalk* a, const TenantWalk* b) { return a->key() > b->key(); }

  void FindTenants() const {
    if (!walks_.empty() || !status_.ok()) return;
    const std::optional<uint32_t> one = OneTenantWithin(family_, begin_, end_);
    absl::StatusOr<std::vector<uint32_t>> tenants =
        one ? std::vector<uint32_t>{*one} : TenantsIn(connection_);
    if (!tenants.ok()) {
      status_ = tenants.status();
      return;
    }
    for (const uint32_t tenant : *tenants) {
      walks_.emplace_back(connection_, tenant, NumberOf(family_), begin_, end_);
    }
  }

  // Nothing is read before somebody looks: most cursors are sent elsewhere first.
  void Stand() const {
    if (is_placed_) return;
    is_placed_ = true;
    FindTenants();
    heap_.clear();
    for (TenantWalk& walk : walks_) {
      walk.Seek(place_);
      if (!walk.status().ok()) status_ = walk.status();
      if (walk.Valid()) heap_.push_back(&walk);
    }
    std::make_heap(heap_.begin(), heap_.end(), Later);
  }

  Connection& connection_;
  const Family family_;
  const std::string begin_, end_;
  std::string place_;
  mutable bool is_placed_ = false;
  mutable std::vector<TenantWalk> walks_;  // One a tenant; not moved once there are any.
  mutable std::vector<TenantWalk*> heap_;  // Those that stand at a row, the least key first.
  mutable absl::Status status_;
};

class FailedCursor final : public Cursor {
 public:
  explicit FailedCursor(absl::Status status) : status_(std::move(status)) {}
  void Seek(absl::string_view) override {}
  bool Valid() const override { return false; }
  void Next() override {}
  absl::string_view key() const override { return {}; }
  absl::string_view value() const override { return {}; }
  absl::Status status() const override { return status_; }

 private:
  const absl::Status status_;
};

}  // namespace

absl::Status ReadError(const Answer& answer) {
  const absl::Status status = answer.AsStatus("reading");
  // data_corrupted, index_corrupted.
  if (answer.sqlstate == "XX001" || answer.sqlstate == "XX002") {
    return absl::DataLossError(status.message());
  }
  return absl::UnavailableError(status.message());
}

absl::StatusOr<std::string> Get(Connection& connection, Family family, absl::string_view key) {
  const std::string tenant = Int8(TenantOf(family, key)), number = Int2(NumberOf(family));
  const Call call{Statement::kGet, {tenant, number, key}};
  const Answer answer = connection.Run({}, {&call, 1});
  if (!answer.ok()) return ReadError(answer);
  const Result& rows = answer.results.front();
  if (rows.rows() == 0) return absl::Status(absl::StatusCode::kNotFound, "");
  return std::string(rows.Text(0, 0));
}

std::vector<absl::StatusOr<std::string>> MultiGet(Connection& connection, Family family,
                                                  absl::Span<const std::string> keys) {
  if (keys.empty()) return {};
  std::map<uint32_t, std::vector<absl::string_view>> keys_of;
  for (const std::string& key : keys) keys_of[TenantOf(family, key)].push_back(key);

  const std::string number = Int2(NumberOf(family));
  std::vector<std::pair<std::string, std::string>> parameters;  // Tenant and keys of each call.
  for (const auto& [tenant, its_keys] : keys_of) {
    parameters.emplace_back(Int8(tenant), ByteaArray(its_keys));
  }
  std::vector<Call> calls;
  for (const auto& [tenant, array] : parameters) {
    calls.push_back({Statement::kGetSome, {tenant, number, array}});
  }
  const Answer answer = connection.Run({}, calls);
  if (!answer.ok()) return {keys.size(), ReadError(answer)};

  absl::flat_hash_map<absl::string_view, absl::string_view> found;
  for (const Result& rows : answer.results) {
    for (int row = 0; row < rows.rows(); ++row) {
      if (!rows.IsNull(row, 1)) found[rows.Text(row, 0)] = rows.Text(row, 1);
    }
  }
  std::vector<absl::StatusOr<std::string>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    const auto value = found.find(key);
    if (value == found.end()) {
      values.emplace_back(absl::Status(absl::StatusCode::kNotFound, ""));
    } else {
      values.emplace_back(std::string(value->second));
    }
  }
  return values;
}

absl::StatusOr<uint64_t> Measure(Connection& connection, Family family, absl::string_view begin,
                                 absl::string_view end) {
  if (!end.empty() && end <= begin) return 0;
  const std::optional<uint32_t> one = OneTenantWithin(family, begin, end);
  const absl::StatusOr<std::vector<uint32_t>> tenants =
      one ? std::vector<uint32_t>{*one} : TenantsIn(connection);
  if (!tenants.ok()) return tenants.status();
  const std::string number = Int2(NumberOf(family));
  uint64_t bytes = 0;
  for (const uint32_t tenant : *tenants) {
    const std::string its = Int8(tenant);
    Call call{Statement::kMeasure, {its, number, begin}};
    if (!end.empty()) call = {Statement::kMeasureTo, {its, number, begin, end}};
    const Answer answer = connection.Run({}, {&call, 1});
    if (!answer.ok()) return ReadError(answer);
    bytes += static_cast<uint64_t>(answer.results.front().Number(0, 0));
  }
  return bytes;
}

absl::StatusOr<std::vector<uint32_t>> TenantsIn(Connection& connection) {
  std::vector<uint32_t> tenants = {kNoTenant};
  TenantWalk walk(connection, kNoTenant, kCatalogue, {}, {});
  for (walk.Seek({}); walk.Valid(); walk.Next()) {
    uint32_t handle = 0;
    for (const char byte : walk.key()) handle = (handle << 8) | static_cast<uint8_t>(byte);
    tenants.push_back(handle);
  }
  if (!walk.status().ok()) return walk.status();
  return tenants;
}

std::unique_ptr<Cursor> NewCursor(Connection& connection, Family family, absl::string_view begin,
                                  absl::string_view end) {
  return std::make_unique<MergedCursor>(connection, family, begin, end);
}

std::unique_ptr<Cursor> NewFailedCursor(absl::Status status) {
  return std::make_unique<FailedCursor>(std::move(status));
}

}  // namespace halfterm::storage::postgres
