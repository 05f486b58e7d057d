// SPDX-License-Identifier: Apache-2.0
// Judges one process: its state, restarts, memory and event loop.
#include "checks/pm2/judge_parts.h"
#include "checks/support/text/utf8.h"

namespace holdfast::pm2 {
namespace {

constexpr std::size_t kMaxShownBytes = 60;  // In a sentence; the label has the whole name.
constexpr double kNearLimit = 0.9;          // Of the memory at which PM2 restarts a process.
constexpr double kNearlyAnHour = 3540;      // Seconds.

}  // namespace

std::string shown(std::string_view name) { return truncate_utf8(name, kMaxShownBytes); }

void judge_state(const Settings& settings, const Subject& subject, double now, Reading& reading) {
  const Pm2Process& process = *subject.process;
  const std::string name = shown(subject.name);
  const double exit_code = process.exit_code.value_or(0);
  const std::string code = render_value(exit_code, Unit::none);
  const std::string exit = process.exit_code ? "; its last exit code was " + code : std::string();
  const auto not_online = [&](Severity severity, const std::string& text) {
    reading.find("pm2_process_not_online", severity, subject.name, text);
  };
  const Severity down = subject.has_online_instance ? Severity::warning : Severity::critical;
  switch (process.state) {
    case Pm2State::errored:
      return not_online(down,
                        name + " is in state errored: PM2 no longer restarts it" + exit + ".");
    case Pm2State::stopped:
      if (!subject.is_scheduled)  // Without `expect`, it may have been stopped on purpose.
        return not_online(settings.expect.empty() ? Severity::warning : down,
                          name + " is stopped" + exit + ".");
      if (exit_code != 0)
        reading.find("pm2_job_failed", Severity::warning, subject.name,
                     "The scheduled job " + name + " last ended with exit code " + code + ".");
      return;
    case Pm2State::waiting_restart:
      if (!subject.is_scheduled)
        not_online(Severity::warning,
                   name + " has exited and is waiting to be restarted" + exit + ".");
      return;
    case Pm2State::stopping:
      if (!subject.is_scheduled) not_online(Severity::warning, name + " is stopping.");
      return;
    case Pm2State::launching: {
      const double since = now - process.started_ms.value_or(now * 1000) / 1000;
      return reading.find_beyond(
          settings.launching, since, "pm2_process_not_online", subject.name,
          name + " has been launching for " + render_value(since, Unit::seconds));
    }
    case Pm2State::unknown:
    case Pm2State::missing:
      return not_online(Severity::unknown,
                        "PM2 reports a state for " + name + " that Holdfast does not know.");
    case Pm2State::online:
      return;
  }
}

void judge_restarts(const Settings& settings, const Subject& subject, Reading& reading) {
  if (!subject.in_hour || subject.is_scheduled) return;
  const std::string span = subject.observed_seconds >= kNearlyAnHour
                               ? "hour"
                               : render_value(subject.observed_seconds, Unit::seconds);
  const bool is_online = subject.process->state == Pm2State::online;
  reading.find_beyond(settings.restarts, *subject.in_hour, "pm2_restarts", subject.name,
                      shown(subject.name) + " restarted " + render_count(*subject.in_hour, "time") +
                          " in the last " + span,
                      is_online ? "; it is online now." : ".");
}

void judge_resources(const Settings& settings, const Subject& subject, Reading& reading) {
  const Pm2Process& process = *subject.process;
  if (process.state != Pm2State::online) return;
  const std::string name = shown(subject.name);
  if (const double memory = process.memory_bytes.value_or(0); memory > 0) {
    const std::string uses = name + " uses " + render_value(memory, Unit::bytes) + " of memory";
    const double own_limit = process.memory_limit_bytes.value_or(0);
    reading.find_beyond(settings.memory, memory, "pm2_process_memory", subject.name, uses);
    const bool is_over = settings.memory.judge(memory) != Status::ok;
    if (!is_over && own_limit > 0 && memory > kNearLimit * own_limit)
      reading.find("pm2_process_memory", Severity::info, subject.name,
                   uses + "; PM2 restarts it at " + render_value(own_limit, Unit::bytes) + ".");
  }
  if (process.event_loop_p95_ms) {
    const double lag = *process.event_loop_p95_ms / 1000;
    reading.find_beyond(
        settings.event_loop, lag, "pm2_event_loop", subject.name,
        "The p95 event loop latency of " + name + " is " + render_value(lag, Unit::seconds));
  }
}

}  // namespace holdfast::pm2
