// SPDX-License-Identifier: Apache-2.0
// The /metrics page: text 0.0.4 and OpenMetrics 1.0 with identical series, gzip on request, cached
// by the generation of the status store. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/history/history.h"
#include "exporter/metrics/status_store.h"
#include "exporter/system/heartbeat.h"
#include "exporter/window/window.h"

namespace holdfast {

enum class PageFormat : std::uint8_t { text, openmetrics };

/// The format an Accept header prefers by q-value; text when it accepts neither.
[[nodiscard]] PageFormat negotiate_format(std::string_view accept);
/// Whether an Accept-Encoding header allows gzip.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);
/// The exact Content-Type of a format.
[[nodiscard]] std::string_view content_type(PageFormat format);

/// Facts about the daemon itself.
struct SelfFacts {
  bool last_reload_successful = true;
  double last_reload_timestamp_seconds = 0;
  std::uint64_t log_messages_dropped = 0;  ///< Read from the log at each rendering.
};

class Exposition {
 public:
  virtual ~Exposition() = default;
  /// The complete page. Shared and immutable: concurrent scrapes cost one rendering.
  [[nodiscard]] virtual std::shared_ptr<const std::string> page(PageFormat format, bool gzip) = 0;
  /// The page of one check alone with probe_success and probe_duration_seconds, for /probe.
  [[nodiscard]] virtual std::string probe_page(const std::string& check, PageFormat format,
                                               bool success, Duration took) = 0;
  virtual void set_self(const SelfFacts& facts) = 0;
};

/// Returns the last window results; the same object while they are unchanged. Never null.
using GetWindows = std::function<std::shared_ptr<const std::vector<WindowResult>>()>;

/// `store` and whatever the functions refer to outlive it.
[[nodiscard]] std::unique_ptr<Exposition> make_exposition(
    const StatusStore& store, std::function<SchedulerFacts()> scheduler_facts,
    GetWindows windows = nullptr, std::function<HistoryFacts()> history_facts = nullptr,
    std::function<HeartbeatFacts()> heartbeat_facts = nullptr);

}  // namespace holdfast
