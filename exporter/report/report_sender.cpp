// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/report_sender.h"

#include <poll.h>

#include <array>

#include "exporter/log/log.h"

namespace holdfast {
namespace {

std::string name_of(ReportTarget::Way way) {
  static constexpr std::array<const char*, 3> kNames{"file", "webhook", "telegram"};
  return kNames.at(static_cast<std::size_t>(way));
}

/// Logs which report and which type of target; never the URL or the chat, which may be secret.
void log_delivery(LogLevel level, std::string_view message, const ReportConfig& report,
                  const ReportTarget& target, const std::string& day, const std::string& why = {}) {
  log(level, message,
      {{"report", report.window.empty() ? "day" : report.window},
       {"target", name_of(target.way)},
       {"day", day},
       {"error", why}});
}

std::string why_of(const Error& error) {
  const std::string text =
      error.text.empty() ? "it " + std::string(sentence_of(error.reason)) : error.text;
  return std::string(name_of(error.reason)) + ": " + text;
}

/// One attempt, recorded before and after.
void attempt(const Delivery& delivery, const ReportConfig& report, const ReportTarget& target,
             DeliveryMarks& state, const ReportSenderDependencies& dependencies) {
  const auto made = dependencies.make(report);
  if (!made) {
    note_failure(delivery, state, dependencies.now());
    log_delivery(LogLevel::error, "cannot create report", report, target, delivery.day);
    return;
  }
  DeliveryMarks marked = state;
  note_attempt(delivery, marked);
  if (!dependencies.save(marked)) {
    // Without a record, a crash could send it twice.
    note_failure(delivery, state, dependencies.now());
    log_delivery(LogLevel::error, "report not sent: cannot write to the history", report, target,
                 delivery.day);
    return;
  }
  state = std::move(marked);
  const Deadline deadline(kSendTimeout, &dependencies.stop);
  const std::string key = delivery.id.substr(delivery.id.rfind(' ') + 1) + "-" + delivery.day;
  const auto sent = send_report(*made, target, key, delivery.day, dependencies.resolver, deadline);
  if (sent) {
    note_success(delivery, state);
    log_delivery(LogLevel::info, "report sent", report, target, delivery.day);
  } else if (sent.error().reason == Reason::stopped && sent.error().phase == "read") {
    return;  // It may have arrived: the attempt stays recorded, and it is not sent again.
  } else {
    note_failure(delivery, state, dependencies.now());
    log_delivery(LogLevel::warn, "cannot send report, will retry", report, target, delivery.day,
                 why_of(sent.error()));
  }
  if (!dependencies.save(state))
    log(LogLevel::error, "cannot write to the history: the delivery is not recorded");
}

}  // namespace

void deliver_due(const std::vector<ReportConfig>& reports, const std::string& zone,
                 DeliveryMarks& state, const ReportSenderDependencies& dependencies) {
  const DeliveryMarks before = state;
  note_new_reports(reports, state, dependencies.now());
  if (!(state == before) && !dependencies.save(state)) return;
  for (const Delivery& delivery : plan_deliveries(reports, zone, state, dependencies.now())) {
    if (dependencies.stop.fired() || delivery.next_try > dependencies.now()) return;
    const ReportConfig& report = reports.at(delivery.report);
    const ReportTarget& target = report.to.at(delivery.target);
    // A file is replaced; a message may have arrived.
    if (delivery.was_being_sent && target.way != ReportTarget::Way::file) {
      log_delivery(
          LogLevel::warn,
          "Holdfast ended while sending a report: it may have arrived and is not sent again",
          report, target, delivery.day);
      note_success(delivery, state);
      if (!dependencies.save(state)) return;
      continue;
    }
    attempt(delivery, report, target, state, dependencies);
  }
}

ReportSender::ReportSender(ReportSenderDependencies dependencies)
    : dependencies_(std::move(dependencies)), thread_([this] { run(); }) {}

ReportSender::~ReportSender() { thread_.join(); }

void ReportSender::configure(std::vector<ReportConfig> reports, std::string zone) {
  const std::lock_guard lock(mutex_);
  reports_ = std::move(reports);
  zone_ = std::move(zone);
}

void ReportSender::run() {
  DeliveryMarks state = dependencies_.load();
  while (!dependencies_.stop.fired()) {
    std::vector<ReportConfig> reports;
    std::string zone;
    {
      const std::lock_guard lock(mutex_);
      reports = reports_;
      zone = zone_;
    }
    if (!reports.empty()) deliver_due(reports, zone, state, dependencies_);
    const Deadline pause(kDueInterval, &dependencies_.stop);
    const auto woken = pause.wait(dependencies_.stop.fd(), POLLIN);
    if (woken || woken.error().reason == Reason::stopped) return;
  }
}

}  // namespace holdfast
