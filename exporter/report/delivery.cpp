// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/delivery.h"

#include <array>

#include "exporter/log/log.h"

namespace holdfast {
namespace {

/// Logs which report and which type of target; never the URL or the chat, which may be secret.
void log_delivery(LogLevel level, std::string_view message, const Delivery& delivery,
                  const std::string& error = {}) {
  static constexpr std::array<const char*, 3> kTargets{"file", "webhook", "telegram"};
  log(level, message,
      {{"report", delivery.report->window.empty() ? "day" : delivery.report->window},
       {"target", kTargets.at(static_cast<std::size_t>(delivery.target->way))},
       {"day", delivery.day},
       {"error", error}});
}

std::string text_of(const Error& error) {
  const std::string text =
      error.text.empty() ? "it " + std::string(sentence_of(error.reason)) : error.text;
  return std::string(name_of(error.reason)) + ": " + text;
}

/// One attempt, saved before and after.
void attempt(const Delivery& delivery, DeliveryMarks& marks,
             const DeliveryDependencies& dependencies) {
  const auto fail = [&](LogLevel level, std::string_view message, const std::string& error = {}) {
    note_failure(delivery, marks, dependencies.now());
    log_delivery(level, message, delivery, error);
  };
  const auto report = dependencies.make(*delivery.report);
  if (!report) return fail(LogLevel::error, "cannot create report");
  DeliveryMarks marked = marks;
  note_attempt(delivery, marked);
  // Without a record, a crash could send it twice.
  if (!dependencies.save(marked))
    return fail(LogLevel::error, "report not sent: cannot write to the history");
  marks = std::move(marked);
  const std::string key = delivery.id.substr(delivery.id.rfind(' ') + 1) + "-" + delivery.day;
  const auto sent = send_report(*report, *delivery.target, key, delivery.day, dependencies.resolver,
                                Deadline(kSendTimeout, &dependencies.stop));
  if (sent) {
    note_success(delivery, marks);
    log_delivery(LogLevel::info, "report sent", delivery);
  } else if (sent.error().reason == Reason::stopped && sent.error().phase == "read") {
    return;  // It may have arrived: the attempt stays recorded, and it is not sent again.
  } else {
    fail(LogLevel::warn, "cannot send report, will retry", text_of(sent.error()));
  }
  if (!dependencies.save(marks))
    log(LogLevel::error, "cannot write to the history: the delivery is not recorded");
}

}  // namespace

void deliver_due(const std::vector<ReportConfig>& reports, const std::string& zone,
                 DeliveryMarks& marks, const DeliveryDependencies& dependencies) {
  const DeliveryMarks before = marks;
  note_new_reports(reports, marks, dependencies.now());
  if (!(marks == before) && !dependencies.save(marks)) return;
  for (const Delivery& delivery : plan_deliveries(reports, zone, marks, dependencies.now())) {
    if (dependencies.stop.fired() || delivery.next_try > dependencies.now()) return;
    // A file is replaced; a message may have arrived.
    if (!delivery.was_being_sent || delivery.target->way == ReportTarget::Way::file) {
      attempt(delivery, marks, dependencies);
      continue;
    }
    log_delivery(LogLevel::warn,
                 "Holdfast ended while sending a report: it may have arrived and is not sent again",
                 delivery);
    note_success(delivery, marks);
    if (!dependencies.save(marks)) return;
  }
}

}  // namespace holdfast
