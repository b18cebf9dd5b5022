#include "storage/rocks/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_buffer_manager.h>

#include <cstdarg>
#include <memory>
#include <string>
#include <utility>

#include "storage/rocks/info_log.h"

namespace halfterm::storage {
namespace {

constexpr size_t kKiB = 1024;
constexpr size_t kMiB = 1024 * kKiB;
constexpr double kMemtableFilterShare = 1.0 / 256;  // 96 KiB of 24 MiB: ten bits for a row.

// Else RocksDB makes a log file in the directory.
class Silence final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::ColumnFamilyOptions OptionsOf(Family family, const RocksEngineOptions& options,
                                       const std::shared_ptr<rocksdb::Cache>& block_cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = block_cache;
  // Else indexes and filters grow with the store, outside of any bound.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // In parts of a few KB: of a table of 60 MB the whole filter is 750 KB, and the cache is divided
  // into shards of 1 MB, so that each lookup in a large store read and checked it anew.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.block_size = 8 * kKiB;
  // Feed rows are only ever walked, and a filter answers no walk.
  if (family != Family::kFeed) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));

  rocksdb::ColumnFamilyOptions columns;
  columns.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // The write buffer manager flushes long before one family comes to this.
  columns.write_buffer_size = options.memtable_bytes;
  columns.arena_block_size = 128 * kKiB;
  if (family == Family::kState || family == Family::kDerived) {
    // A push asks for rows that are not there yet; a bit says so without a walk down the memtable.
    columns.memtable_whole_key_filtering = true;
    columns.memtable_prefix_bloom_size_ratio = kMemtableFilterShare;
  }
  columns.level_compaction_dynamic_level_bytes = true;
  columns.compression = rocksdb::kLZ4Compression;
  // Nobody reads old history; everything else is read again at the next change of its record.
  if (family == Family::kLog) columns.bottommost_compression = rocksdb::kZSTD;
  if (family == Family::kFeed) {
    // A feed row moves with each change of its record and leaves a deletion behind, which every
    // walk from an old cursor steps over until a compaction takes it away.
    columns.table_properties_collector_factories.push_back(
        rocksdb::NewCompactOnDeletionCollectorFactory(/*sliding_window_size=*/4096,
                                                      /*deletion_trigger=*/2048,
                                                      /*deletion_ratio=*/0.5));
  }
  return columns;
}

}  // namespace

rocksdb::DBOptions DatabaseOptions(const RocksEngineOptions& options,
                                   std::shared_ptr<rocksdb::EventListener> listener,
                                   bool read_only) {
  rocksdb::DBOptions database;
  if (options.env != nullptr) database.env = options.env;
  database.create_if_missing = options.may_create;
  database.create_missing_column_families = !read_only;

  // The default, kPointInTimeRecovery, opens without the rows after a damaged byte and says
  // nothing: one flipped bit hid 1,083 of 2,000 acknowledged commits. This mode forgives an
  // unfinished last record, which nobody was told of, and nothing else.
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  database.recycle_log_file_num = 0;  // Recycled logs can end in records of an older life.
  database.WAL_ttl_seconds = 0;
  database.WAL_size_limit_MB = 0;
  database.track_and_verify_wals_in_manifest = false;  // 7.8 then misses logs that are there.
  database.max_total_wal_size = 64 * kMiB;
  database.manual_wal_flush = false;
  database.bytes_per_sync = kMiB;

  database.paranoid_checks = true;
  database.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  database.fail_if_options_file_error = true;

  // After a failed write or flush 7.8 may go on with a hole behind it. It gets no second try in
  // this process; reopening replays the log.
  database.max_bgerror_resume_count = 0;
  database.listeners.push_back(std::move(listener));

  // Not charged to the block cache: charged to a full one, writes failed.
  database.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.memtable_bytes);
  database.max_background_jobs = 2;
  database.avoid_unnecessary_blocking_io = true;  // Readers delete no files.

  database.info_log =
      read_only ? std::make_shared<Silence>() : NewInfoLog(options.directory);
  database.info_log_level = rocksdb::WARN_LEVEL;
  database.max_manifest_file_size = 16 * kMiB;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  return database;
}

std::vector<rocksdb::ColumnFamilyDescriptor> FamilyOptions(
    const RocksEngineOptions& options, const std::shared_ptr<rocksdb::Cache>& block_cache) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const Family family : kFamilies) {
    families.emplace_back(std::string(FamilyName(family)), OptionsOf(family, options, block_cache));
  }
  families.emplace_back(rocksdb::kDefaultColumnFamilyName,
                        OptionsOf(Family::kMeta, options, block_cache));
  return families;
}

}  // namespace halfterm::storage
