// SPDX-License-Identifier: Apache-2.0
// What the kernel says of this process: the process_* family every exporter shows. A value.
#pragma once

#include <optional>

namespace holdfast {

/// Empty: could not be read, and is left out.
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
