// SPDX-License-Identifier: Apache-2.0
// Finds the PM2 daemons of this host by the titles of their processes ("PM2 v7.0.4: God Daemon
// (/root/.pm2)"). Any user can set such a title, so this is a hint and never evidence. Reads the
// command line of every process, which takes some milliseconds: not for every run. Any thread.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

struct Pm2Home {
  int pid = 0;
  std::string home;  ///< One line, at most 200 bytes.
  bool operator==(const Pm2Home&) const = default;
};
inline constexpr std::size_t kMaxPm2Homes = 16;  ///< More on one host are forged titles.

/// At most kMaxPm2Homes, by home. `proc` is where the process table is mounted.
[[nodiscard]] std::vector<Pm2Home> find_pm2_homes(const std::string& proc = "/proc");
/// Whether both paths are the same directory, through links too.
[[nodiscard]] bool is_same_home(const std::string& one, const std::string& other);

}  // namespace holdfast
