// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/window_service.h"

#include <algorithm>

#include "exporter/log/log.h"

namespace holdfast {
namespace {

constexpr Duration kInterval = std::chrono::minutes(1);
// For a while after a change windows are judged more often: confirming readings follow within
// seconds.
constexpr Duration kIntervalAfterChange = std::chrono::seconds(2);
constexpr Duration kAfterChange = std::chrono::seconds(10);

LogLevel level_of(Verdict verdict) {
  return verdict == Verdict::no_go || verdict == Verdict::inconclusive ? LogLevel::warn
                                                                       : LogLevel::info;
}

}  // namespace

WindowService::WindowService(const Clock& clock, WindowSource source)
    : clock_(clock),
      source_(std::move(source)),
      results_(std::make_shared<const std::vector<WindowResult>>()) {}

void WindowService::configure(const Config& config) {
  const std::lock_guard lock(mutex_);
  config_ = Config{};
  config_.windows = config.windows;
  config_.checks = config.checks;
  config_.timezone = config.timezone;
  judged_.reset();
  std::erase_if(logged_, [&](const auto& entry) {
    return std::ranges::none_of(
        config.windows, [&](const WindowConfig& window) { return window.name == entry.first; });
  });
}

void WindowService::changed() {
  const std::lock_guard lock(mutex_);
  changed_ = clock_.now();
}

WindowService::Results WindowService::results() {
  const std::lock_guard lock(mutex_);
  const Now now = clock_.now();
  if (is_due(now)) judge(now);
  return results_;
}

bool WindowService::is_due(const Now& now) const {
  if (!judged_) return true;
  const Duration age = now.steady - judged_->steady;
  if (age >= kInterval) return true;
  const bool is_after_change = changed_ && judged_->steady < changed_->steady + kAfterChange;
  return is_after_change && age >= kIntervalAfterChange;
}

void WindowService::judge(const Now& now) {
  judged_ = now;
  auto results = make_window_results(config_, source_, now.wall);
  if (!results) {
    // The last results stay: they carry the time up to which they were judged.
    if (!has_failed_)
      log(LogLevel::error, "windows are not judged: the history cannot be read",
          {{"reason", std::string(name_of(results.error().reason))}});
    has_failed_ = true;
    return;
  }
  has_failed_ = false;
  for (const WindowResult& result : *results) log_change(result);
  results_ = std::make_shared<const std::vector<WindowResult>>(std::move(results).value());
}

void WindowService::log_change(const WindowResult& result) {
  const auto [entry, is_new] = logged_.try_emplace(result.name, Verdict::pending);
  if (entry->second == result.verdict) return;
  const std::string before = is_new ? "" : std::string(name_of(entry->second));
  entry->second = result.verdict;
  log(level_of(result.verdict), "window verdict changed",
      {{"window", result.name},
       {"from", before},
       {"to", std::string(name_of(result.verdict))},
       {"why", result.why},
       {"next", result.what_next}});
}

}  // namespace holdfast
