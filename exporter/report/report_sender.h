// SPDX-License-Identifier: Apache-2.0
// Sends the configured reports when they are due: a thread of its own, one report after the other.
// What was sent is kept in the history before and after, so that nothing is sent twice and what a
// stop has missed is made up. Public members: any thread.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "checks/support/io/resolver.h"
#include "exporter/report/delivery_schedule.h"
#include "exporter/report/send.h"

namespace holdfast {

/// One attempt may take so long, whatever the other side does.
inline constexpr Duration kSendTimeout = std::chrono::seconds(30);

/// How often the clock is looked at: it may be set, and a new configuration may have come.
inline constexpr Duration kLookEvery = std::chrono::seconds(5);

struct ReportSenderDependencies {
  /// The marks of earlier deliveries.
  std::function<Memory()> load;
  /// Keeps them, on the disk before it returns where there is one: what is not kept is not sent.
  std::function<bool(const Memory&)> save;
  /// The report of that config as of now; nothing when it cannot be made.
  std::function<std::optional<Report>(const ReportConfig&)> make;
  std::function<WallTime()> now;
  Resolver& resolver;
  const StopEvent& stop;
};

/// Sends what is due now. Not for two threads at once; `state` is the caller's copy of the marks.
void deliver_due(const std::vector<ReportConfig>& reports, const std::string& zone, Memory& state,
                 const ReportSenderDependencies& dependencies);

/// The thread that does so; `stop` of the seams ends it, the destructor joins it.
class ReportSender {
 public:
  explicit ReportSender(ReportSenderDependencies dependencies);
  ~ReportSender();
  ReportSender(const ReportSender&) = delete;
  ReportSender& operator=(const ReportSender&) = delete;
  /// Takes over what is configured; looked at within kLookEvery.
  void configure(std::vector<ReportConfig> reports, std::string zone);

 private:
  void run();
  const ReportSenderDependencies dependencies_;
  std::mutex mutex_;
  std::vector<ReportConfig> reports_;
  std::string zone_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace holdfast
