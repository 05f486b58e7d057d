// SPDX-License-Identifier: Apache-2.0
// The verdicts of a running daemon: judged about once a minute and soon after each confirmed
// change; changed verdicts are logged. Any thread; `results` blocks while windows are judged (some
// hundredths of a second for a week of 20 checks).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "exporter/system/clock.h"
#include "exporter/window/results.h"

namespace holdfast {

class WindowService {
 public:
  using Results = std::shared_ptr<const std::vector<WindowResult>>;

  /// `clock` and what `source` refers to outlive it.
  WindowService(const Clock& clock, WindowSource source);
  /// Replaces the configuration.
  void configure(const Config& config);
  /// The confirmed status of a check has changed.
  void changed();
  /// The latest; never null. The same object until windows are judged again.
  [[nodiscard]] Results results();

 private:
  [[nodiscard]] bool is_due(const Now& now) const;
  void judge(const Now& now);
  void log_change(const WindowResult& result);

  const Clock& clock_;
  const WindowSource source_;
  std::mutex mutex_;
  Config config_;  // Only the parts that windows need.
  Results results_;
  std::optional<Now> judged_;
  std::optional<Now> changed_;
  bool has_failed_ = false;
  std::map<std::string, Verdict> logged_;
};

}  // namespace holdfast
