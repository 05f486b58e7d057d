// SPDX-License-Identifier: Apache-2.0
// The PM2 daemons of this host, found by the titles of their processes ("PM2 v7.0.4: God Daemon
// (/root/.pm2)"). Any user can give a process such a title, so this is a hint for a person and
// never evidence. Reads every process's command line once: some milliseconds, not for every look.
// Safe from any thread.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

struct Pm2Home {
  int pid = 0;
  std::string home;  ///< One line, at most 200 bytes.
  bool operator==(const Pm2Home&) const = default;
};
inline constexpr std::size_t kMaxPm2Homes = 16;  ///< More on one host is a title prank.

/// At most kMaxPm2Homes, by home. `proc` is where the process table is mounted.
[[nodiscard]] std::vector<Pm2Home> find_pm2_homes(const std::string& proc = "/proc");
/// The same folder, whatever links or slashes it is written with.
[[nodiscard]] bool is_same_home(const std::string& one, const std::string& other);

}  // namespace holdfast
