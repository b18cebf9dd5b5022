#include "storage/rocks/composite_env.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <utility>

namespace halfterm::storage {
namespace {

class CompositeEnv final : public rocksdb::EnvWrapper {
 public:
  CompositeEnv(std::unique_ptr<rocksdb::Env> of_files, std::shared_ptr<rocksdb::SystemClock> clock)
      : EnvWrapper(of_files.get()), of_files_(std::move(of_files)) {
    file_system_ = of_files_->GetFileSystem();
    system_clock_ = std::move(clock);
  }

 private:
  const std::unique_ptr<rocksdb::Env> of_files_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewCompositeEnv(std::shared_ptr<rocksdb::FileSystem> files,
                                              std::shared_ptr<rocksdb::SystemClock> clock) {
  return std::make_unique<CompositeEnv>(rocksdb::NewCompositeEnv(files), std::move(clock));
}

}  // namespace halfterm::storage
