// SPDX-License-Identifier: Apache-2.0
// A real PM2 with a home of its own, and the check `pm2` watching it. The paths of node and pm2
// come from tests/integration/pm2/run. Every daemon is ended, by its id, with its site.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/run.h"

namespace holdfast::test {

/// In the environment of every process of a site, and must never be seen anywhere else.
inline constexpr std::string_view kCanary = "canary-91c2-never-shown";

class Pm2Site {
 public:
  Pm2Site();
  ~Pm2Site();
  Pm2Site(const Pm2Site&) = delete;
  Pm2Site& operator=(const Pm2Site&) = delete;

  /// Runs the pm2 command; returns its exit code.
  int pm2(std::vector<std::string> arguments) const;
  /// Starts a process under that name: "serve" stays, "exit N" ends with that code.
  void start(const std::string& name, const std::string& script,
             std::vector<std::string> options = {}) const;
  /// The daemon's process id; 0 when none runs.
  [[nodiscard]] pid_t daemon() const;
  [[nodiscard]] const std::string& home() const { return home_; }
  /// Process ids of the services by name, as the operating system has them.
  [[nodiscard]] std::map<std::string, pid_t> services() const;

 private:
  std::string folder_;
  std::string home_;
};

/// One configured check `pm2` with its memory over several runs.
class Watcher {
 public:
  Watcher(const Pm2Site& site, std::vector<std::string> expect,
          std::vector<std::string> scheduled = {});
  Reading run(std::chrono::nanoseconds timeout = std::chrono::seconds(30));
  Options& options() { return config_.options; }
  /// Everything the check has output so far, as one text.
  [[nodiscard]] const std::string& said() const { return said_; }

 private:
  CheckConfig config_;
  std::unique_ptr<Check> check_;
  Memory memory_;
  std::string said_;
};

/// Waits for a condition; false after a minute.
bool eventually(const std::function<bool()>& condition);
[[nodiscard]] std::vector<std::string> codes(const Reading& reading);
[[nodiscard]] std::string state_of(const Reading& reading, const std::string& process);

}  // namespace holdfast::test
