// SPDX-License-Identifier: Apache-2.0
#include "deploy/demo/replay/replay.h"

#include <algorithm>
#include <filesystem>

#include "checks/run.h"
#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "deploy/demo/replay/plot.h"
#include "exporter/history/history.h"
#include "exporter/history/operator_actions.h"
#include "exporter/schedule/observe.h"
#include "exporter/schedule/timetable.h"
#include "exporter/window/results.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// The demo's checks run every five seconds for show; one reading a minute is faster to replay.
constexpr Duration kInterval = 60s;
constexpr Duration kRetryInterval = 5s;
// Keeps the write queue far below its bound.
constexpr Duration kWriteEvery = 1h;
// The time that starting the demo may take; an older window belongs to another demo.
constexpr Duration kSlack = 2h;

/// The simulated clock, as runs and as the history read it.
struct HandClock {
  WallTime begin;
  WallTime wall;
};
class RunClock : public Clock {
 public:
  explicit RunClock(const HandClock& hand) : hand_(hand) {}
  [[nodiscard]] Now now() const override {
    // A whole day, so that the grids of the timetable begin with the replay.
    return {hand_.wall, std::chrono::steady_clock::time_point(24h) + (hand_.wall - hand_.begin)};
  }

 private:
  const HandClock& hand_;
};
class BootClock : public HistoryClock {
 public:
  explicit BootClock(const HandClock& hand) : hand_(hand) {}
  [[nodiscard]] Moment now() const override {
    const Duration passed = 24h + (hand_.wall - hand_.begin);
    return {hand_.wall, passed, passed};
  }
  [[nodiscard]] std::string boot_id() const override { return machine_clock().boot_id(); }

 private:
  const HandClock& hand_;
};

/// A check whose readings come from the plot.
class PlottedCheck : public Check {
 public:
  PlottedCheck(const CheckConfig& config, const Kind& kind, WallTime begin)
      : config_(config), kind_(kind), begin_(begin) {}
  Reading run(Run& run) override {
    Reading out = plot_reading(config_, kind_, {begin_, previous_, run.now.wall});
    previous_ = run.now.wall;
    return out;
  }

 private:
  const CheckConfig& config_;
  const Kind& kind_;
  const WallTime begin_;
  std::optional<WallTime> previous_;
};

/// Runs the daemon's parts, several times in a row, on one history file.
class Player {
 public:
  Player(const Config& config, const Span& past, std::string path)
      : config_(config),
        limits_(render_limits(config)),
        past_(past),
        path_(std::move(path)),
        hand_{past.begin, past.begin} {
    for (CheckConfig& check : config_.checks) {
      check.interval = kInterval;
      check.retry_interval = kRetryInterval;
    }
    for (const CheckConfig& check : config_.checks)
      if (const Kind* kind = find_kind(check.kind))
        actors_.push_back({check, *kind, PlottedCheck(check, *kind, past.begin)});
  }

  /// Runs from the clock's time to `until`; false when not everything could be written.
  [[nodiscard]] bool run(WallTime until);
  void skip(WallTime until) { hand_.wall = until; }
  [[nodiscard]] std::size_t readings() const { return readings_; }

 private:
  struct Actor {
    const CheckConfig& config;
    const Kind& kind;
    PlottedCheck check;
  };
  void run_due(Timetable& timetable, StatusStore& store, History& history);

  Config config_;
  const std::map<std::string, std::string> limits_;  // Of the configuration as given.
  const Span past_;
  const std::string path_;
  HandClock hand_;
  const RunClock run_clock_{hand_};
  const BootClock boot_clock_{hand_};
  StopEvent stop_;
  std::unique_ptr<Resolver> resolver_ = make_resolver();
  std::unique_ptr<Databases> databases_ = make_databases(*resolver_);
  std::vector<Actor> actors_;
  std::size_t readings_ = 0;
};

bool Player::run(WallTime until) {
  HistoryOptions options;
  options.path = path_;
  options.clock = &boot_clock_;
  options.writes_by_itself = false;
  const auto history = make_history(options);
  history->keep_limits(limits_, past_.begin);
  history->keep_note(kReplayedUntil, std::to_string(to_file_time(past_.end)));
  const auto store = make_status_store(run_clock_);
  store->configure(config_);
  Timetable timetable;
  for (const Actor& actor : actors_)
    timetable.add(actor.config.name, {kInterval, kRetryInterval}, run_clock_.now().steady);
  WallTime written = hand_.wall;
  const auto write = [&] {
    written = hand_.wall;
    return history->evidence({written, written}, {}).has_value();
  };
  bool is_written = true;
  while (const auto due = timetable.next_due()) {
    const WallTime next =
        hand_.wall + std::chrono::ceil<WallTime::duration>(*due - run_clock_.now().steady);
    if (next >= until) break;
    hand_.wall = next;
    run_due(timetable, *store, *history);
    if (hand_.wall - written >= kWriteEvery) is_written = write() && is_written;
  }
  hand_.wall = until;
  is_written = write() && is_written;
  const HistoryFacts facts = history->facts();
  return is_written && facts.is_file && facts.is_writable && facts.left_out == 0;
}

// As the scheduler does, one run after the other.
void Player::run_due(Timetable& timetable, StatusStore& store, History& history) {
  const Dependencies dependencies{*databases_, *resolver_, run_clock_, stop_};
  for (const Timetable::Due& due : timetable.take_due(run_clock_.now().steady)) {
    const auto actor =
        std::ranges::find(actors_, due.name, [](const Actor& one) { return one.config.name; });
    if (!due.start || actor == actors_.end()) continue;
    const Outcome outcome = run_once(actor->check, actor->config, Memory{}, dependencies);
    const Published change = store.publish(due.name, outcome);
    Observation seen = observe(actor->config, &actor->kind, outcome, change);
    // A replayed reading must not be valid after the replayed past.
    seen.valid_until = std::min(seen.valid_until, past_.end);
    history.record(std::move(seen));
    timetable.finished(due.name, run_clock_.now().steady, change.needs_retry);
    ++readings_;
  }
}

// As `holdfast maintenance start` does. False when it could not be written.
bool declare(const std::string& path, const Span& past) {
  const WallTime declared = past.begin + kPlotMaintenance.from;
  if (declared >= past.end) return true;
  const Span span{declared, past.begin + kPlotMaintenance.until};
  auto file = open_for_actions(path);
  return file && declare_maintenance(**file, {0, span, declared,
                                              "deploy of the services, version 2.4", "the demo"});
}

Error fault(Reason reason, std::string text) {
  return Error{reason, "history", std::move(text), ""};
}

// With its WAL and index.
void remove_file(const std::string& path) {
  std::error_code ignored;
  for (const char* part : {"", "-wal", "-shm"}) fs::remove(path + part, ignored);
}

}  // namespace

Result<Span> past_of(const Config& config, WallTime now) {
  if (config.windows.empty()) return fault(Reason::missing, "No window is configured to replay.");
  const auto start = configured_start(config.windows.front());
  if (!start || now - *start < kPlotLength || now - *start > kPlotLength + kSlack)
    return fault(Reason::missing, "The window " + config.windows.front().name +
                                      " does not start two days ago: nothing is replayed.");
  return Span{*start, now};
}

Result<Replayed> replay(const Config& config, const Span& past) {
  const std::string& path = config.history_path;
  if (path.empty()) return fault(Reason::missing, "No history.path is configured.");
  std::error_code ignored;
  if (fs::exists(path, ignored))
    return fault(Reason::busy, "The history file already exists: nothing is replayed.");
  const std::string draft = path + ".replay";
  remove_file(draft);
  Player player(config, past, draft);
  const WallTime stop = past.begin + kPlotRestart.from;
  bool is_written = player.run(std::min(stop, past.end));
  if (past.end > past.begin + kPlotRestart.until) {
    player.skip(past.begin + kPlotRestart.until);
    is_written = player.run(past.end) && declare(draft, past) && is_written;
  }
  std::error_code cannot;
  if (is_written) fs::rename(draft, path, cannot);
  if (is_written && !cannot) return Replayed{past, player.readings()};
  remove_file(draft);
  return fault(Reason::own_limit, "The history file cannot be written.");
}

}  // namespace holdfast
