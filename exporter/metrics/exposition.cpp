// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/exposition.h"

#include <array>
#include <mutex>

#include "exporter/log/log.h"
#include "exporter/metrics/families.h"
#include "exporter/metrics/gzip.h"
#include "exporter/metrics/serializers.h"

namespace holdfast {
namespace {

using SteadyPoint = std::chrono::steady_clock::time_point;

// process_* changes all the time and must not defeat the cache: it is read at most this often.
constexpr Duration kSelfMaxAge = std::chrono::seconds(1);

class CachedExposition : public Exposition {
 public:
  CachedExposition(const StatusStore& store, std::function<SchedulerFacts()> scheduler_facts,
                   GetWindows windows, std::function<HistoryFacts()> history_facts,
                   std::function<HeartbeatFacts()> heartbeat_facts)
      : store_(store),
        scheduler_facts_(std::move(scheduler_facts)),
        windows_(std::move(windows)),
        history_facts_(std::move(history_facts)),
        heartbeat_facts_(std::move(heartbeat_facts)) {}

  std::shared_ptr<const std::string> page(PageFormat format, bool gzip) override;
  std::string probe_page(const std::string& check, PageFormat format, bool success,
                         Duration took) override;
  void set_self(const SelfFacts& facts) override {
    const std::lock_guard lock(self_mutex_);
    self_ = facts;
    ++self_version_;
  }

 private:
  // The cached page of one format. Its lock is held while rendering, so that concurrent scrapes
  // wait for one page instead of rendering their own.
  struct Cached {
    std::mutex mutex;
    std::uint64_t generation = 0;
    std::uint64_t self_version = 0;
    SteadyPoint made{};
    std::string checks;
    std::shared_ptr<const std::vector<WindowResult>> windows;
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> zipped;
  };
  void refresh(Cached& cached, PageFormat format);

  const StatusStore& store_;
  const std::function<SchedulerFacts()> scheduler_facts_;
  const GetWindows windows_;
  const std::function<HistoryFacts()> history_facts_;
  const std::function<HeartbeatFacts()> heartbeat_facts_;
  std::mutex self_mutex_;
  SelfFacts self_;
  std::uint64_t self_version_ = 1;
  std::array<Cached, 2> cached_;
};

void CachedExposition::refresh(Cached& cached, PageFormat format) {
  SelfFacts self;
  std::uint64_t self_version = 0;
  {
    const std::lock_guard lock(self_mutex_);
    self = self_;
    self_version = self_version_;
  }
  self.log_messages_dropped = log_messages_dropped();
  // Read before collecting: changes made meanwhile are rendered next time, never missed.
  const std::uint64_t generation = store_.generation();
  const auto windows = windows_ ? windows_() : nullptr;
  const SteadyPoint now = std::chrono::steady_clock::now();
  const bool is_current =
      cached.plain && cached.generation == generation && cached.windows == windows;
  if (is_current && cached.self_version == self_version && now - cached.made < kSelfMaxAge) return;
  if (!is_current) {
    cached.checks = serialize(check_families(store_.pages()), format);
    if (windows) cached.checks += serialize(window_families(*windows), format);
    cached.windows = windows;
  }
  const SchedulerFacts scheduler = scheduler_facts_ ? scheduler_facts_() : SchedulerFacts{};
  const HistoryFacts history = history_facts_ ? history_facts_() : HistoryFacts{};
  const HeartbeatFacts heartbeats = heartbeat_facts_ ? heartbeat_facts_() : HeartbeatFacts{};
  const Families own = self_families(self, scheduler, history, heartbeats, read_process_facts());
  cached.plain = std::make_shared<const std::string>(cached.checks + serialize(own, format) +
                                                     std::string(end_mark(format)));
  cached.zipped = nullptr;
  cached.generation = generation;
  cached.self_version = self_version;
  cached.made = now;
}

std::shared_ptr<const std::string> CachedExposition::page(PageFormat format, bool zipped) {
  Cached& cached = cached_.at(static_cast<std::size_t>(format));
  const std::lock_guard lock(cached.mutex);
  refresh(cached, format);
  if (!zipped) return cached.plain;
  if (!cached.zipped) cached.zipped = std::make_shared<const std::string>(gzip(*cached.plain));
  return cached.zipped;
}

std::string CachedExposition::probe_page(const std::string& check, PageFormat format, bool success,
                                         Duration took) {
  Pages pages = store_.pages();
  std::erase_if(pages, [&](const auto& page) { return page->view.name != check; });
  return serialize(check_families(pages), format) +
         serialize(probe_families(success, took), format) + std::string(end_mark(format));
}

}  // namespace

std::unique_ptr<Exposition> make_exposition(const StatusStore& store,
                                            std::function<SchedulerFacts()> scheduler_facts,
                                            GetWindows windows,
                                            std::function<HistoryFacts()> history_facts,
                                            std::function<HeartbeatFacts()> heartbeat_facts) {
  return std::make_unique<CachedExposition>(store, std::move(scheduler_facts), std::move(windows),
                                            std::move(history_facts), std::move(heartbeat_facts));
}

}  // namespace holdfast
