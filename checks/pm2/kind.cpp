// SPDX-License-Identifier: Apache-2.0
// Options, metrics, findings and the run of the kind `pm2`: connect, ping, the version (once per
// daemon) and the process list, all on one connection under one deadline.
#include <algorithm>
#include <cstdlib>

#include "checks/kind_rows.h"
#include "checks/pm2/judge.h"
#include "checks/pm2/state.h"
#include "checks/support/pm2/rpc.h"

namespace holdfast {
namespace {

using std::chrono::steady_clock;

// The search reads the title of every process on the host, and homes rarely change.
constexpr double kSecondsBetweenHomeSearches = 300;

std::optional<std::vector<Pm2Home>> homes_of(const pm2::Settings& settings) {
  if (!settings.find_homes) return std::nullopt;
  return find_pm2_homes();
}

Result<Pm2Reply> request(Pm2Connection& connection, Pm2Request what, Run& run) {
  const auto begin = steady_clock::now();
  auto answer = connection.request(what, run.deadline);
  run.trace.add(
      std::string(name_of(what)), steady_clock::now() - begin,
      answer ? "PM2 returned " + render_value(static_cast<double>(answer->bytes), Unit::bytes)
             : answer.error().text);
  if (!answer) return std::move(answer).error();
  return std::move(answer->reply);
}

Result<pm2::Facts> fetch(const pm2::Settings& settings, Run& run) {
  const auto begin = steady_clock::now();
  auto connection = Pm2Connection::open(settings.home);
  if (!connection) {
    run.trace.add("connect", steady_clock::now() - begin, connection.error().text);
    return std::move(connection).error();
  }
  pm2::Facts facts;
  facts.daemon_pid = connection->daemon_pid();
  run.trace.add(
      "connect", steady_clock::now() - begin,
      "connected to " + settings.home + "/rpc.sock, process " + std::to_string(facts.daemon_pid));
  // A ping first, to distinguish a hung daemon from one that is slow to send a long list.
  const auto pong = request(*connection, Pm2Request::ping, run);
  if (!pong) return pong.error();
  if (!pong->is_pong)
    return Error{Reason::garbage, "read", "PM2 did not answer ping with pong", ""};

  // The version cannot change while the daemon runs, so it is requested once per daemon.
  const pm2::State known = pm2::State::load(run.memory);
  facts.version = known.pm2_version;
  if (facts.version.empty() || facts.daemon_pid == 0 || known.daemon_pid != facts.daemon_pid) {
    auto version = request(*connection, Pm2Request::get_version, run);
    if (!version) return std::move(version).error();
    facts.version = std::move(version->version);
  }
  auto list = request(*connection, Pm2Request::get_monitor_data, run);
  if (!list) return std::move(list).error();
  if (!list->processes)
    return Error{Reason::garbage, "read", "PM2's reply has no process list", ""};
  facts.processes = *std::move(list->processes);

  if (std::abs(epoch_seconds(run.now.wall) - known.homes_at) >= kSecondsBetweenHomeSearches)
    facts.homes = homes_of(settings);
  return facts;
}

Reading run_pm2(const pm2::Settings& settings, Run& run) {
  auto facts = fetch(settings, run);
  if (!facts)
    return pm2::judge_failure(settings, std::move(facts).error(), run.memory, homes_of(settings));
  return pm2::judge(settings, *facts, run.memory, run.now);
}

std::string default_home() {
  // Read before any thread is started.
  if (const char* home = std::getenv("PM2_HOME"); home && *home) return home;  // NOLINT(*-mt-*)
  if (const char* home = std::getenv("HOME"); home && *home)                   // NOLINT(*-mt-*)
    return std::string(home) + "/.pm2";
  return "/root/.pm2";
}

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>& errors) {
  pm2::Settings settings = pm2::settings_of(config);
  if (!settings.home.starts_with("/")) errors.push_back({"home", "needs an absolute path"});
  if (settings.home.size() > kMaxPm2HomeBytes) {
    errors.push_back({"home", "is longer than a socket path may be (" +
                                  std::to_string(kMaxPm2HomeBytes) + " bytes)"});
  }
  for (const auto* names : {&settings.expect, &settings.scheduled})
    for (auto name = names->begin(); name != names->end(); ++name)
      if (std::find(names->begin(), name, *name) != name) {
        errors.push_back(
            {names == &settings.expect ? "expect" : "scheduled", "names \"" + *name + "\" twice"});
      }
  if (!errors.empty()) return nullptr;
  return make_check([settings = std::move(settings)](Run& run) { return run_pm2(settings, run); });
}

std::vector<OptionSpec> options() {
  using pm2::Settings;
  return {
      {"home", &Settings::home, "PM2's home directory; default PM2_HOME or ~/.pm2"},
      {"expect", &Settings::expect,
       "names of processes that must be online; without it, every process in PM2's list"},
      {"scheduled", &Settings::scheduled,
       "names of jobs that PM2 starts on a schedule: healthy when stopped"},
      upper_limit("restarts_per_hour", &Settings::restarts, Unit::count,
                  "restarts of one process within the last hour", "{warning: 5, critical: 20}",
                  "pm2_process_restarts_last_hour"),
      upper_limit("launching", &Settings::launching, Unit::seconds,
                  "how long a process may stay in the state launching",
                  "{warning: 1m, critical: 5m}"),
      upper_limit("memory", &Settings::memory, Unit::bytes, "memory of one process", "",
                  "pm2_process_memory_bytes"),
      upper_limit("event_loop", &Settings::event_loop, Unit::seconds,
                  "p95 event loop latency of one process", "",
                  "pm2_process_event_loop_latency_seconds"),
      {.name = "find_homes",
       .target = &Settings::find_homes,
       .help = "report other PM2 daemons on this host that use another home",
       .fallback = "true"},
      {"other_homes", &Settings::other_homes,
       "homes of other PM2 daemons that are known and not reported"},
  };
}

std::vector<MetricSpec> metrics() {
  constexpr auto kGauge = MetricType::gauge;
  return {
      {"pm2_up", kGauge, "Whether PM2's daemon answered."},
      {"pm2_info", kGauge, "The version of PM2's daemon; always 1.", {"version"}},
      {"pm2_processes",
       kGauge,
       "Processes by state, including expected ones that are missing.",
       {"status"}},
      {"pm2_process_status",
       kGauge,
       "1 for the current state of a process, 0 for all other states.",
       {"process", "pm_id", "status"}},
      {"pm2_process_restarts_total",
       MetricType::counter,
       "Restarts as counted by PM2, manual and automatic.",
       {"process", "pm_id"}},
      {"pm2_process_restarts_last_hour",
       kGauge,
       "Restarts within the observed part of the last hour.",
       {"process", "pm_id"}},
      {.name = "pm2_process_memory_bytes",
       .help = "Resident memory of an online process.",
       .labels = {"process", "pm_id"},
       .additive = true},
      {.name = "pm2_process_cpu_ratio",
       .help = "Share of one core that an online process uses, as measured by PM2.",
       .labels = {"process", "pm_id"},
       .additive = true},
      {"pm2_process_start_time_seconds",
       kGauge,
       "When an online process was last started.",
       {"process", "pm_id"}},
      {"pm2_process_event_loop_latency_seconds",
       kGauge,
       "Event loop latency as reported by PM2; percentile is 50 or 95.",
       {"process", "pm_id", "percentile"}},
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"pm2_process_missing", "An expected process is not in PM2's list."},
      {"pm2_process_not_online",
       "A process is stopped, errored, waiting for its restart, or launching for too long."},
      {"pm2_restarts", "A process restarts more often than the limit: a slow crash loop."},
      {"pm2_restarted_together", "Several processes restarted within one run.", true},
      {"pm2_daemon_replaced", "PM2's daemon was replaced by a new process.", true},
      {"pm2_job_failed", "A scheduled job ended with an exit code other than 0."},
      {"pm2_process_memory", "A process uses more memory than the limit."},
      {"pm2_event_loop", "The event loop latency of a process is above the limit."},
      {"pm2_process_unexpected", "A process that is not expected is running."},
      {"pm2_other_home", "Another PM2 daemon runs on this host, with another home."},
  };
}

}  // namespace

pm2::Settings pm2::settings_of(const CheckConfig& config) {
  auto settings = bind_options<Settings>(pm2_kind().options, config);
  if (settings.home.empty()) settings.home = default_home();
  while (settings.home.size() > 1 && settings.home.ends_with('/')) settings.home.pop_back();
  settings.interval = config.interval;
  return settings;
}

const Kind& pm2_kind() {
  static const Kind kind{
      .name = "pm2",
      .summary =
          "The processes under one PM2 daemon: their states, restarts, memory and event "
          "loops, read from PM2's own socket. It cannot see whether an online process works "
          "correctly.",
      .options = options(),
      .metrics = metrics(),
      .findings = findings(),
      .reasons = {Reason::absent, Reason::dead, Reason::hung, Reason::timed_out, Reason::closed,
                  Reason::query_failed, Reason::garbage, Reason::half_reply, Reason::too_large,
                  Reason::no_right, Reason::own_limit, Reason::stopped, Reason::internal},
      .runs_on_this_host = true,
      .discover = {.option = "home", .variable = "PM2_HOME", .below_home = ".pm2"},
      .make = make,
      .target_of = [](const CheckConfig& config) { return pm2::settings_of(config).home; },
  };
  return kind;
}

}  // namespace holdfast
