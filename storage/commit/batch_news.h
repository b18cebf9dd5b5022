// What servers that share a store are told of a batch.

#ifndef HALFTERM_STORAGE_COMMIT_BATCH_NEWS_H_
#define HALFTERM_STORAGE_COMMIT_BATCH_NEWS_H_
#include <string>

#include "storage/commit/batch.h"

namespace halfterm::storage {

// A disk::NewsRow, of a batch whose Writes() are complete, before it is published.
std::string NewsOf(const BatchContext& context, Batch& batch);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_BATCH_NEWS_H_
