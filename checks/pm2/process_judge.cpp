// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/process_judge.h"

#include "checks/support/text/utf8.h"

namespace holdfast::pm2 {
namespace {

constexpr std::size_t kMaxShownBytes = 60;  // In a sentence; the label has the whole name.
constexpr double kNearLimit = 0.9;          // Of the memory at which PM2 restarts a process.

std::optional<Finding> judge_job(const Subject& subject, const std::string& name) {
  const double exit_code = subject.process->exit_code.value_or(0);
  if (exit_code == 0) return std::nullopt;
  return Finding{"pm2_job_failed", Severity::warning, subject.name,
                 "The scheduled job " + name + " last ended with exit code " +
                     render_value(exit_code, Unit::none) + "."};
}

}  // namespace

std::string shown(std::string_view name) { return truncate_utf8(name, kMaxShownBytes); }

std::optional<Finding> judge_state(const Settings& settings, const Subject& subject, double now) {
  const Pm2Process& process = *subject.process;
  const std::string name = shown(subject.name);
  const std::string exit =
      process.exit_code ? "; its last exit code was " + render_value(*process.exit_code, Unit::none)
                        : std::string();
  const auto not_online = [&](Severity severity, std::string text) {
    return Finding{"pm2_process_not_online", severity, subject.name, std::move(text)};
  };
  const Severity down = subject.has_online_instance ? Severity::warning : Severity::critical;
  switch (process.state) {
    case Pm2State::errored:
      return not_online(down, name + " has errored: PM2 has stopped restarting it" + exit + ".");
    case Pm2State::stopped:
      if (subject.is_scheduled) return judge_job(subject, name);
      // Without `expect`, a process may have been stopped on purpose.
      return not_online(settings.expect.empty() ? Severity::warning : down,
                        name + " is stopped" + exit + ".");
    case Pm2State::waiting_restart:
      if (subject.is_scheduled) return std::nullopt;
      return not_online(Severity::warning,
                        name + " has exited and is waiting to be restarted" + exit + ".");
    case Pm2State::stopping:
      if (subject.is_scheduled) return std::nullopt;
      return not_online(Severity::warning, name + " is stopping.");
    case Pm2State::launching: {
      const double since = now - process.started_ms.value_or(now * 1000) / 1000;
      const Status status = settings.launching.judge(since);
      if (status == Status::ok) return std::nullopt;
      return not_online(severity_of(status), name + " has been launching for " +
                                                 render_value(since, Unit::seconds) + " " + "(" +
                                                 limit_text(settings.launching, status) + ").");
    }
    case Pm2State::unknown:
    case Pm2State::missing:
      return not_online(Severity::unknown,
                        "PM2 reports a state for " + name + " that Holdfast does not know.");
    case Pm2State::online:
      break;
  }
  return std::nullopt;
}

std::optional<Finding> judge_restarts(const Settings& settings, const Subject& subject) {
  if (!subject.in_hour || subject.is_scheduled) return std::nullopt;
  const Status status = settings.restarts.judge(*subject.in_hour);
  if (status == Status::ok) return std::nullopt;
  static constexpr double kNearlyAnHour = 3540;
  const std::string span = subject.observed_seconds >= kNearlyAnHour
                               ? "hour"
                               : render_value(subject.observed_seconds, Unit::seconds);
  const bool is_online = subject.process->state == Pm2State::online;
  return Finding{"pm2_restarts", severity_of(status), subject.name,
                 shown(subject.name) + " restarted " + render_count(*subject.in_hour, "time") +
                     " in the last " + span + " (" + limit_text(settings.restarts, status) +
                     (is_online ? "); it is online now." : ").")};
}

std::vector<Finding> judge_resources(const Settings& settings, const Subject& subject) {
  std::vector<Finding> out;
  const Pm2Process& process = *subject.process;
  if (process.state != Pm2State::online) return out;
  const std::string name = shown(subject.name);
  if (const double memory = process.memory_bytes.value_or(0); memory > 0) {
    const std::string uses = name + " uses " + render_value(memory, Unit::bytes) + " of memory";
    const Status status = settings.memory.judge(memory);
    const double own_limit = process.memory_limit_bytes.value_or(0);
    if (status != Status::ok) {
      out.push_back({"pm2_process_memory", severity_of(status), subject.name,
                     uses + " (" + limit_text(settings.memory, status) + ")."});
    } else if (own_limit > 0 && memory > kNearLimit * own_limit) {
      out.push_back({"pm2_process_memory", Severity::info, subject.name,
                     uses + "; PM2 restarts it at " + render_value(own_limit, Unit::bytes) + "."});
    }
  }
  if (process.event_loop_p95_ms) {
    const double lag = *process.event_loop_p95_ms / 1000;
    if (const Status status = settings.event_loop.judge(lag); status != Status::ok) {
      out.push_back({"pm2_event_loop", severity_of(status), subject.name,
                     "The p95 event loop latency of " + name + " is " +
                         render_value(lag, Unit::seconds) + " (" +
                         limit_text(settings.event_loop, status) + ")."});
    }
  }
  return out;
}

}  // namespace holdfast::pm2
