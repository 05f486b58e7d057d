// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/serve.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "exporter/commands/commands.h"
#include "exporter/commands/overview_cache.h"
#include "exporter/commands/reload_requests.h"
#include "exporter/commands/report_service.h"
#include "exporter/history/history_file.h"
#include "exporter/system/heartbeat.h"
#include "exporter/system/notify.h"
#include "exporter/system/process.h"
#include "exporter/system/signals.h"
#include "exporter/system/version.h"
#include "exporter/web/web_config.h"

namespace holdfast {
namespace {

constexpr int kExitCannotStart = 1;
// The interval of the main loop without a systemd watchdog.
constexpr Duration kLoopInterval = std::chrono::seconds(30);
// POST /-/reload waits no longer; the file has at most 1 MiB.
constexpr Duration kReloadPatience = std::chrono::seconds(4);

const Finding* worst_of(const Reading& reading) {
  return reading.findings.empty() ? nullptr : &reading.findings.front();
}

// Logs confirmed status changes and first failures only.
void log_run(const CheckConfig& config, const Outcome& outcome, const Published& change) {
  const auto& failure = outcome.reading.failure;
  const Finding* worst = worst_of(outcome.reading);
  const std::string text = worst ? worst->text : "";
  if (change.first_failure) {
    log(LogLevel::warn, "run failed",
        {{"check", config.name},
         {"kind", config.kind},
         {"reason", std::string(name_of(failure->reason))},
         {"phase", failure->phase},
         {"text", text}});
  }
  if (change.before == change.after) return;
  log(change.after == Status::ok ? LogLevel::info : LogLevel::warn, "status changed",
      {{"check", config.name},
       {"kind", config.kind},
       {"from", std::string(name_of(change.before))},
       {"to", std::string(name_of(change.after))},
       {"finding", worst ? worst->code : ""},
       {"text", text}});
}

// Why a file cannot be written at that path; empty when it can.
std::string why_unwritable(const std::string& path) {
  const std::filesystem::path file(path);
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return "the folder " + folder.string() + " does not exist";
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return "the folder " + folder.string() + " is not writable";
  }
  if (std::filesystem::exists(file, ignored) && ::access(path.c_str(), R_OK | W_OK) != 0) {
    return "the file " + path + " is not readable and writable";
  }
  return {};
}

// The parts of the running daemon, in order of their dependencies.
class Daemon {
 public:
  Daemon(const ServeOptions& options, const Environment& environment,
         const std::string& history_path)
      : options_(options),
        environment_(environment),
        notifier_(Notifier::from_environment()),
        history_(make_history({.path = history_path})) {}
  ~Daemon() { stop(); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Applies the first configuration and opens the port; an error has a message for the log.
  [[nodiscard]] Result<Done> start(const Config& config);
  /// Returns when a signal ends the daemon.
  void run();

 private:
  bool reload();
  void apply(const Config& config);
  void tick();
  void stop();

  const ServeOptions options_;
  const Environment& environment_;
  const Notifier notifier_;
  Signals signals_;  // First: later threads inherit its signal mask.
  StopEvent stop_;
  ReloadRequests reload_requests_;
  std::unique_ptr<Resolver> resolver_ = make_resolver();
  std::unique_ptr<Databases> databases_ = make_databases(*resolver_);
  std::shared_ptr<History> history_;
  WindowService windows_{system_clock(), window_source(history_)};
  OverviewCache overview_{system_clock(), *history_, windows_};
  std::unique_ptr<StatusStore> store_ = make_status_store(system_clock());
  std::unique_ptr<ReportService> reports_ =
      std::make_unique<ReportService>(history_, *store_, *resolver_, stop_);
  std::unique_ptr<Scheduler> scheduler_ = make_scheduler(
      *store_, *history_, {*databases_, *resolver_, system_clock(), stop_}, stop_,
      [this](const CheckConfig& config, const Outcome& outcome, const Published& change) {
        log_run(config, outcome, change);
        if (change.before != change.after) windows_.changed();
      });
  Heartbeat heartbeat_{
      {[this] { return scheduler_->heartbeat(); }, system_clock(), *resolver_, stop_}};
  std::unique_ptr<Exposition> exposition_ = make_exposition(
      *store_, [this] { return scheduler_->facts(); }, [this] { return windows_.results(); },
      [this] { return history_->facts(); }, [this] { return heartbeat_.facts(); });
  std::unique_ptr<WebServer> web_;
  double last_reload_ = 0;
  std::string history_path_;  // As the first configuration had it.
};

void Daemon::apply(const Config& config) {
  const OpenFiles files = raise_file_limit(config.checks.size());
  if (!files.suffice()) {
    log(LogLevel::error,
        "the limit on open files is too low for this many checks: some will fail with own_limit",
        {{"needed", files.needed}, {"allowed", files.allowed}});
  }
  for (const std::string& note : config.notes) log(LogLevel::info, note);
  const WallTime now = system_clock().now().wall;
  history_->keep_limits(render_limits(config), now);
  history_->set_keep(config.history_keep, needed_since(config, window_source(history_), now));
  scheduler_->configure(config);
  windows_.configure(config);
  overview_.configure(config);
  reports_->configure(config);
  heartbeat_.configure(config.heartbeat);
  last_reload_ = epoch_seconds(system_clock().now().wall);
  exposition_->set_self({true, last_reload_});
}

Result<Done> Daemon::start(const Config& config) {
  history_path_ = config.history_path;
  apply(config);
  auto web = start_web(options_.web, {*store_, *scheduler_, *exposition_, stop_,
                                      [this] { return reload_requests_.request(kReloadPatience); },
                                      [this] { return overview_.overview(); }});
  if (!web) return std::move(web).error();
  web_ = std::move(web).value();
  scheduler_->start();
  heartbeat_.start();  // Needs the running scheduler.
  const std::string address = options_.web.listen_address;
  log(LogLevel::info, "holdfast started",
      {{"version", std::string(version())},
       {"revision", std::string(revision())},
       {"checks", config.checks.size()},
       {"config", config.file.empty() ? "environment" : config.file},
       {"address", address.substr(0, address.rfind(':')) + ":" + std::to_string(web_->port())}});
  notifier_.ready();
  return Done{};
}

bool Daemon::reload() {
  notifier_.reloading();
  ConfigOutcome outcome = read_any_config(options_.config_file, environment_);
  // Refused at the start, so refused here.
  std::vector<std::string> unreadable;
  if (outcome.config) unreadable = unreadable_secrets(*outcome.config);
  if (!unreadable.empty()) outcome.config.reset();
  if (outcome.config) {
    if (outcome.config->history_path != history_path_)
      log(LogLevel::warn, "history.path changed: restart Holdfast to apply it");
    apply(*outcome.config);
    log(LogLevel::info, "configuration reloaded", {{"checks", outcome.config->checks.size()}});
  } else {
    for (const ConfigError& error : outcome.errors)
      log(LogLevel::error, render_config_error(error));
    for (const std::string& sentence : unreadable) log(LogLevel::error, sentence);
    log(LogLevel::error, "invalid configuration: the previous one stays in use",
        {{"errors", outcome.errors.size() + unreadable.size()}});
    exposition_->set_self({false, last_reload_});
  }
  notifier_.ready();
  return outcome.config.has_value();
}

// The watchdog depends on the scheduler's heartbeat, not on a timer: a scheduler that hangs must
// cause a restart.
void Daemon::tick() {
  const auto age = std::chrono::steady_clock::now() - scheduler_->heartbeat();
  if (notifier_.watchdog() && age < kSchedulerStalledAfter) notifier_.feed_watchdog();
  // Logs new verdicts.
  static_cast<void>(windows_.results());
}

void Daemon::run() {
  const Duration interval =
      notifier_.watchdog() ? std::min(*notifier_.watchdog() / 3, kLoopInterval) : kLoopInterval;
  while (true) {
    tick();
    const auto signal = signals_.wait(interval, reload_requests_.fd());
    if (signal == SIGHUP) reload();
    if (signal == SIGTERM || signal == SIGINT) {
      log(LogLevel::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      return;
    }
    reload_requests_.serve([this] { return reload(); });
  }
}

void Daemon::stop() {
  notifier_.stopping();
  stop_.fire();
  // In parallel: each may take a second.
  std::thread web([this] {
    if (web_) web_->stop();
  });
  scheduler_->stop();
  web.join();
}

}  // namespace

int serve(const ServeOptions& options, const Environment& environment, Terminal& terminal) {
  const auto config = load_config(options.config_file, environment, terminal);
  if (!config) return kExitConfigError;
  // Before anything starts: an unreadable password would only show as unknown checks.
  const std::vector<std::string> unreadable = unreadable_secrets(*config);
  for (const std::string& sentence : unreadable) terminal.err << sentence << "\n";
  if (!unreadable.empty()) return kExitConfigError;
  harden_process();
  set_up_log(options.log);
  const std::string& history_path =
      options.history_path.empty() ? config->history_path : options.history_path;
  if (const auto why = history_path.empty() ? "" : why_unwritable(history_path); !why.empty()) {
    log(LogLevel::error, "cannot write the history to " + history_path + ": " + why);
    return kExitCannotStart;
  }
  // Two writers would corrupt the history.
  const auto lock = history_path.empty() ? Result(HistoryLock(-1)) : lock_history(history_path);
  if (!lock) {
    log(LogLevel::error, lock.error().text + "; stop it first, or set another history.path");
    return kExitCannotStart;
  }
  Daemon daemon(options, environment, history_path);
  if (const auto started = daemon.start(*config); !started) {
    const Error& error = started.error();
    log(LogLevel::error, error.text.empty() ? std::string(sentence_of(error.reason)) : error.text);
    return error.phase == kWebConfigPhase ? kExitConfigError : kExitCannotStart;
  }
  daemon.run();
  return kExitOk;
}

}  // namespace holdfast
