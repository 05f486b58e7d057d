// SPDX-License-Identifier: Apache-2.0
// Keeps the verdicts of a running daemon: judged anew about once a minute, and soon after each
// confirmed change; a verdict that changes is put in the log once. Any thread; whoever asks while
// it judges waits for that (a week of 20 checks takes some hundredths of a second).
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

  /// `clock` and what `source` asks outlive it.
  WindowService(const Clock& clock, WindowSource source);
  /// Takes over the windows of a configuration.
  void configure(const Config& config);
  /// A check has changed, as confirmed.
  void changed();
  /// The latest; never null. The same object until something was judged anew.
  [[nodiscard]] Results results();

 private:
  [[nodiscard]] bool is_due(const Now& now) const;
  void judge(const Now& now);
  void tell(const WindowResult& result);

  const Clock& clock_;
  const WindowSource source_;
  std::mutex mutex_;
  Config config_;  // Only what windows need of it.
  Results results_;
  std::optional<Now> judged_;
  std::optional<Now> changed_;
  bool has_failed_ = false;
  std::map<std::string, Verdict> logged_;
};

}  // namespace holdfast
