// SPDX-License-Identifier: Apache-2.0
// The configured heartbeat: a GET to a service elsewhere that tells somebody when none comes, since
// Prometheus and Alertmanager stand on the server that may be gone. Fed by the scheduler's heart
// and not by a timer: a daemon that no longer looks must fall silent. A thread of its own, so that
// nobody waits for that service. Public members: any thread. No URL is ever told.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "checks/support/io/resolver.h"
#include "exporter/config/config.h"
#include "exporter/system/clock.h"

namespace holdfast {

/// The scheduler turns at least every second; a heart older than this stands still.
inline constexpr Duration kHeartFor = std::chrono::seconds(10);
/// One GET may take so long, whatever the other side does.
inline constexpr Duration kLifeSignTimeout = std::chrono::seconds(10);
/// After one that failed or was withheld, the next try comes no later than this.
inline constexpr Duration kLifeSignRetry = std::chrono::seconds(30);

/// What came of the signs so far.
struct HeartbeatFacts {
  bool is_configured = false;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  std::uint64_t withheld = 0;  ///< Since the scheduler stood still.
  std::optional<std::chrono::system_clock::time_point> last_success;
};

struct HeartbeatDependencies {
  /// When the scheduler last turned.
  std::function<std::chrono::steady_clock::time_point()> heart;
  const Clock& clock;
  Resolver& resolver;
  const StopEvent& stop;
};

/// When a sign is due, and what the signs have come to. For one thread at a time.
class Heartbeat {
 public:
  explicit Heartbeat(HeartbeatDependencies dependencies) : dependencies_(std::move(dependencies)) {}
  /// Another configuration is due at once; the same one keeps its pace. Counts go on.
  void configure(const std::optional<HeartbeatConfig>& config);
  /// Sends, or withholds, what is due now.
  void send_due();
  [[nodiscard]] const HeartbeatFacts& facts() const { return facts_; }

 private:
  Result<Done> send() const;
  void tell(const Result<Done>& sent);

  const HeartbeatDependencies dependencies_;
  std::optional<HeartbeatConfig> config_;
  std::chrono::steady_clock::time_point due_;
  bool was_well_ = true;
  HeartbeatFacts facts_;
};

/// The thread that sends them; `stop` of the seams ends it, the destructor joins it.
class HeartbeatSender {
 public:
  explicit HeartbeatSender(HeartbeatDependencies dependencies);
  ~HeartbeatSender();
  HeartbeatSender(const HeartbeatSender&) = delete;
  HeartbeatSender& operator=(const HeartbeatSender&) = delete;
  void configure(std::optional<HeartbeatConfig> config);
  [[nodiscard]] HeartbeatFacts facts() const;

 private:
  void run(Heartbeat signs);

  const StopEvent& stop_;
  mutable std::mutex mutex_;
  std::optional<HeartbeatConfig> config_;
  HeartbeatFacts facts_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace holdfast
