// SPDX-License-Identifier: Apache-2.0
// Sends the configured reports when they are due, one after the other, in a thread of its own. Each
// attempt is recorded in the history before and after, so that nothing is sent twice and a delivery
// missed while the daemon was down is sent later. Public members: any thread.
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

/// The time limit of one attempt.
inline constexpr Duration kSendTimeout = std::chrono::seconds(30);

/// How often due deliveries are checked: the clock or the configuration may have changed.
inline constexpr Duration kDueInterval = std::chrono::seconds(5);

struct ReportSenderDependencies {
  /// The marks of earlier deliveries.
  std::function<DeliveryMarks()> load;
  /// Stores them durably; false: a report must not be sent.
  std::function<bool(const DeliveryMarks&)> save;
  /// The current report of that config; nothing when it cannot be made.
  std::function<std::optional<Report>(const ReportConfig&)> make;
  std::function<WallTime()> now;
  Resolver& resolver;
  const StopEvent& stop;
};

/// Sends what is due now. Not thread-safe; `state` is the caller's copy of the marks.
void deliver_due(const std::vector<ReportConfig>& reports, const std::string& zone,
                 DeliveryMarks& state, const ReportSenderDependencies& dependencies);

/// The sending thread; `stop` of the dependencies ends it, the destructor joins it.
class ReportSender {
 public:
  explicit ReportSender(ReportSenderDependencies dependencies);
  ~ReportSender();
  ReportSender(const ReportSender&) = delete;
  ReportSender& operator=(const ReportSender&) = delete;
  /// Applies a new configuration, within kDueInterval.
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
