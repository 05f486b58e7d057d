// SPDX-License-Identifier: Apache-2.0
// The page at `/`: windows with their verdicts; all checks with status, its start, findings, a
// status timeline and a latency line of 24 hours. Complete without JavaScript; a small script polls
// it by ETag. No resource comes from another host, and every text is escaped.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "exporter/metrics/status_store.h"
#include "exporter/report/overview.h"
#include "exporter/web/page.h"

namespace holdfast {

/// All that the page shows.
struct StatusFacts {
  std::vector<CheckView> checks;
  const Overview& overview;
  bool ready = false;
};
/// The page as HTML. Pure.
[[nodiscard]] std::string render_status_page(const StatusFacts& facts);

/// Caches the page until the status store or the overview changes.
/// Any thread.
class StatusPage {
 public:
  /// `overview` may be empty: then there are no timelines and no windows.
  StatusPage(const StatusStore& store, GetOverview overview);
  /// `instance` makes ETags unique to this start of the daemon. 304 where `known_tags` has the
  /// page's.
  [[nodiscard]] PageResponse page(std::string_view instance, bool ready,
                                  std::string_view known_tags);

 private:
  const StatusStore& store_;
  const GetOverview overview_;
  std::mutex mutex_;
  std::uint64_t generation_ = 0;
  bool ready_ = false;
  std::shared_ptr<const Overview> shown_;
  std::shared_ptr<const std::string> body_;
  std::uint64_t version_ = 0;  ///< Grows with each rendering that differs.
};

/// The files of the page: style, script and icon. Status 404 for any other path.
[[nodiscard]] PageResponse status_asset(std::string_view path);

}  // namespace holdfast
