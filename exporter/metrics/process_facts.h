// SPDX-License-Identifier: Apache-2.0
// Facts about this process from /proc: the process_* metrics of every exporter. A value.
#pragma once

#include <optional>

namespace holdfast {

/// Empty fields could not be read and are not exported.
struct ProcessFacts {
  std::optional<double> cpu_seconds;
  std::optional<double> open_fds;
  std::optional<double> max_fds;
  std::optional<double> virtual_memory_bytes;
  std::optional<double> resident_memory_bytes;
  std::optional<double> start_time_seconds;  ///< Since the epoch.
};

/// Reads /proc/self; touches nothing else.
[[nodiscard]] ProcessFacts read_process_facts();

}  // namespace holdfast
