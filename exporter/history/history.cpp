// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/history.h"

#include <map>
#include <mutex>

namespace holdfast {
namespace {

class RamHistory : public History {
 public:
  Memory recall(const std::string& check) override {
    const std::lock_guard lock(mutex_);
    const auto found = memories_.find(check);
    return found == memories_.end() ? Memory{} : found->second;
  }
  void keep(const std::string& check, const Memory& memory) override {
    const std::lock_guard lock(mutex_);
    memories_.insert_or_assign(check, memory);
  }
  void forget(const std::string& check) override {
    const std::lock_guard lock(mutex_);
    memories_.erase(check);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Memory> memories_;
};

}  // namespace

std::unique_ptr<History> make_ram_history() { return std::make_unique<RamHistory>(); }

}  // namespace holdfast
