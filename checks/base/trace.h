// SPDX-License-Identifier: Apache-2.0
// The steps of one run, printed by `holdfast explain`. Used by the run's thread only.
#pragma once

#include <string>
#include <vector>

#include "checks/base/limits.h"

namespace holdfast {

/// One step of a run.
struct TraceStep {
  std::string phase;  ///< "resolve", "tcp", "tls", "auth", "query", "judge" …
  Duration took{};    ///< Zero if not measured.
  std::string text;   ///< The request and its result; never a secret or a key id.
};

class Trace {
 public:
  void add(std::string phase, Duration took, std::string text) {
    if (steps_.size() < kMaxSteps) steps_.push_back({std::move(phase), took, std::move(text)});
  }
  [[nodiscard]] const std::vector<TraceStep>& steps() const { return steps_; }

 private:
  static constexpr std::size_t kMaxSteps = 1000;  // A reply of a million rows must not fill memory.
  std::vector<TraceStep> steps_;
};

}  // namespace holdfast
