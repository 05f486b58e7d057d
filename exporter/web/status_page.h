// SPDX-License-Identifier: Apache-2.0
// The page at `/`: windows with their verdicts, all checks with status, since when, findings, a
// strip and a latency line of 24 hours. Whole without JavaScript; a small script asks for it again
// by ETag. Nothing comes from another host, and every foreign text is escaped.
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

/// Keeps the page until the board or the overview changes, so that ten viewers cost one rendering.
/// Any thread.
class StatusPage {
 public:
  /// `overview` may be empty: then there are no strips and no windows.
  StatusPage(const StatusStore& store, GetOverview overview);
  /// `life` tells the generations of two lives apart. 304 where `known_tags` has the page's own.
  [[nodiscard]] PageResponse page(std::string_view life, bool ready, std::string_view known_tags);

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

/// The files beside the page: its style, its script, its sign. An empty answer has status 404.
[[nodiscard]] PageResponse status_asset(std::string_view path);

}  // namespace holdfast
