#include "storage/postgres/commit_plan.h"

#include <algorithm>
#include <tuple>

namespace halfterm::storage::postgres {
namespace {

std::string HandleKey(uint32_t tenant) { return Int8(tenant).substr(4); }

}  // namespace

std::vector<TenantWrites> PlanOf(const WriteSet& writes, bool believes_new, size_t from) {
  struct Placed {
    uint32_t tenant;
    WriteSet::Write write;
    size_t index;
  };
  std::vector<Placed> placed;
  placed.reserve(writes.Count() - from);
  for (size_t i = from; i < writes.Count(); ++i) {
    const WriteSet::Write write = writes.At(i);
    placed.push_back({TenantOf(write.family, write.key), write, i});
  }
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.tenant, a.write.family, a.write.key, a.index) <
           std::tie(b.tenant, b.write.family, b.write.key, b.index);
  });

  std::vector<TenantWrites> plan;
  for (size_t i = 0; i < placed.size(); ++i) {
    const Placed& last = placed[i];
    // One key is always one tenant's.
    if (i + 1 < placed.size() && placed[i + 1].write.family == last.write.family &&
        placed[i + 1].write.key == last.write.key) {
      continue;
    }
    if (plan.empty() || plan.back().tenant != last.tenant)
      plan.push_back({last.tenant, {}, {}, {}});
    if (last.write.is_delete) {
      plan.back().deletes[last.write.family].push_back(last.write.key);
    } else if (last.write.is_new && believes_new) {
      plan.back().inserts.push_back(last.write);
    } else {
      plan.back().puts.push_back(last.write);
    }
  }
  return plan;
}

TenantCalls::TenantCalls(const TenantWrites& writes) : tenant_(Int8(writes.tenant)) {
  for (const Family family : kFamilies) families_[family] = Int2(NumberOf(family));
  for (const auto& [family, keys] : writes.deletes) {
    for (const absl::string_view key : keys) {
      calls_.push_back({Statement::kDelete, {tenant_, families_[family], key}});
    }
  }
  Add(writes.inserts, &PutSize::insert);
  Add(writes.puts, &PutSize::put);
}

void TenantCalls::Add(const std::vector<WriteSet::Write>& rows, StatementOf statement) {
  size_t done = 0;
  for (const PutSize& size : kPutSizes) {
    for (; rows.size() - done >= size.rows; done += size.rows) {
      Call call{size.*statement, {tenant_}};
      call.parameters.reserve(1 + 3 * size.rows);
      for (size_t row = done; row < done + size.rows; ++row) {
        const WriteSet::Write& put = rows[row];
        call.parameters.insert(call.parameters.end(), {families_[put.family], put.key, put.value});
      }
      calls_.push_back(std::move(call));
    }
  }
}

void RowsOnTheirWay::Add(const WriteSet& writes, size_t from, bool believes_new,
                         const std::set<uint32_t>& catalogue, std::set<uint32_t>& tenants,
                         std::vector<Call>& calls) {
  for (const TenantWrites& one : PlanOf(writes, believes_new, from)) {
    if (tenants.insert(one.tenant).second && catalogue.count(one.tenant) == 0) {
      const std::string& handle = handles_.emplace_back(HandleKey(one.tenant));
      calls.push_back({Statement::kAdd, {zero_, catalogue_, handle, {}}});
    }
    const TenantCalls& its = calls_.emplace_back(one);
    calls.insert(calls.end(), its.calls().begin(), its.calls().end());
  }
}

}  // namespace halfterm::storage::postgres
