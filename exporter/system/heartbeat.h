// SPDX-License-Identifier: Apache-2.0
// The configured heartbeat: a GET to an external service that alerts when none arrives, since
// Prometheus and Alertmanager may be down with this server. Sent only while the scheduler makes
// progress. Has its own thread, so that nothing waits for that service. Public members: any thread.
// The URL is never logged.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "checks/support/io/resolver.h"
#include "exporter/config/config.h"
#include "exporter/system/clock.h"

namespace holdfast {

/// The scheduler iterates at least every second; after this long without it counts as stalled.
inline constexpr Duration kSchedulerStalledAfter = std::chrono::seconds(10);
/// Deadline of one GET.
inline constexpr Duration kHeartbeatTimeout = std::chrono::seconds(10);
/// After a failed or withheld heartbeat, the next attempt comes no later than this.
inline constexpr Duration kHeartbeatRetry = std::chrono::seconds(30);

/// Counts of heartbeats so far.
struct HeartbeatFacts {
  bool is_configured = false;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  std::uint64_t withheld = 0;  ///< Because the scheduler was stalled.
  std::optional<std::chrono::system_clock::time_point> last_success;
};

struct HeartbeatDependencies {
  /// Time of the scheduler's last iteration.
  std::function<std::chrono::steady_clock::time_point()> last_iteration;
  const Clock& clock;
  Resolver& resolver;
  const StopEvent& stop;
};

class Heartbeat {
 public:
  /// Sends nothing by itself until start().
  explicit Heartbeat(HeartbeatDependencies dependencies) : dependencies_(std::move(dependencies)) {}
  ~Heartbeat();  ///< Waits for the thread, which the stop event ends.
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;
  /// Starts the thread that calls send_due() every second.
  void start();
  /// A changed configuration is due at once; the same one keeps its schedule. Counts continue.
  void configure(const std::optional<HeartbeatConfig>& config);
  /// Sends or withholds a heartbeat that is due. One thread only.
  void send_due();
  [[nodiscard]] HeartbeatFacts facts() const;

 private:
  [[nodiscard]] Result<Done> send(const HeartbeatConfig& config) const;
  void log_change(const Result<Done>& sent);

  const HeartbeatDependencies dependencies_;
  mutable std::mutex mutex_;               // Not held while sending.
  std::optional<HeartbeatConfig> config_;  // Under mutex_, like all below but thread_.
  std::chrono::steady_clock::time_point due_;
  bool was_delivered_ = true;
  HeartbeatFacts facts_;
  std::thread thread_;
};

}  // namespace holdfast
