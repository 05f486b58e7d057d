// SPDX-License-Identifier: Apache-2.0
// What the engine itself costs: 1,000 checks every 10 s, each waiting 25 ms for an answer, as a
// target at that distance lets it wait, and bringing ten samples. The targets are timers: what is
// measured is scheduler, runner, threads and status store, and no kind. Then the same with 300 of
// the checks hanging to their timeout: the share of starts that the other 700 miss.
//   bench_schedule [SECONDS]
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "exporter/schedule/scheduler.h"
#include "tests/bench/measure.h"

using namespace holdfast;
using namespace holdfast::bench;

namespace {

constexpr int kChecks = 1000;
constexpr auto kInterval = std::chrono::seconds(10);
constexpr long kAnswerNs = 25'000'000;
// While 300 of them hang: an interval and a timeout that keep nearly all of these in flight.
constexpr auto kHungInterval = std::chrono::seconds(2);
constexpr auto kHungTimeout = std::chrono::milliseconds(1900);

// When each check began, to see how far its starts are from ten seconds apart.
class Diary {
 public:
  void note(int check) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard guard(mutex_);
    auto& last = last_.at(static_cast<std::size_t>(check));
    if (is_on_ && last != std::chrono::steady_clock::time_point{})
      errors_.push_back(
          std::abs(std::chrono::duration<double, std::milli>(now - last - kInterval).count()));
    last = now;
  }
  void turn_on() {
    const std::lock_guard guard(mutex_);
    is_on_ = true;
  }
  std::vector<double> errors() {
    const std::lock_guard guard(mutex_);
    return errors_;
  }

 private:
  std::mutex mutex_;
  bool is_on_ = false;
  std::vector<std::chrono::steady_clock::time_point> last_{kChecks};
  std::vector<double> errors_;
};
Diary diary;  // NOLINT: the factory of a kind takes no context.

const Kind& waiting_kind();

class WaitingCheck : public Check {
 public:
  explicit WaitingCheck(int number)
      : number_(number), timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {}
  ~WaitingCheck() override { ::close(timer_); }
  Reading run(Run& run) override {
    diary.note(number_);
    const itimerspec answer{{}, {0, kAnswerNs}};
    ::timerfd_settime(timer_, 0, &answer, nullptr);
    Reading reading;
    if (auto ready = run.deadline.wait(timer_, POLLIN); !ready) {
      reading.failure = ready.error();
      return reading;
    }
    for (int i = 0; i < 10; ++i)
      reading.samples.push_back(
          {&waiting_kind().metric("bench_value"), {std::to_string(i)}, 1.0 * i});
    return reading;
  }

 private:
  int number_;
  int timer_;
};

const Kind& waiting_kind() {
  static const Kind kind{
      .name = "waiting",
      .metrics = {{"bench_value", MetricType::gauge, "A value.", {"part"}}},
      .reasons = {Reason::timed_out, Reason::stopped},
      .make = [](const CheckConfig& config, std::vector<OptionError>&) -> std::unique_ptr<Check> {
        return std::make_unique<WaitingCheck>(std::atoi(config.name.c_str()));
      },
  };
  return kind;
}

double cpu_ms() { return microseconds(CLOCK_PROCESS_CPUTIME_ID) / 1000; }

std::string memory_line() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string out;
  for (std::string line; std::getline(file, line);)
    for (const char* wanted : {"Rss:", "Anonymous:"})
      if (line.starts_with(wanted))
        out += std::string(wanted) + " " + std::to_string(std::atol(line.c_str() + 16) / 1024) +
               " MiB ";
  return out;
}

void wait_for(int seconds) {
  std::this_thread::sleep_for(std::chrono::seconds(seconds));  // A bench measures over time.
}

// Never gets an answer.
class HungCheck : public Check {
 public:
  Reading run(Run& run) override {
    Reading reading;
    if (const auto ended = run.deadline.wait(-1, 0); !ended) reading.failure = ended.error();
    return reading;
  }
};

bool hangs(const std::string& name) { return std::atoi(name.c_str()) % 10 < 3; }

const Kind* hung_or_waiting(std::string_view name) {
  static const Kind hung{
      .name = "hung",
      .reasons = {Reason::timed_out, Reason::stopped},
      .make = [](const CheckConfig&, std::vector<OptionError>&) -> std::unique_ptr<Check> {
        return std::make_unique<HungCheck>();
      },
  };
  return name == "hung" ? &hung : &waiting_kind();
}

// A scheduler of 1,000 checks, and everything it needs.
struct Engine {
  StopEvent stop;
  std::unique_ptr<Resolver> resolver = make_resolver();
  std::unique_ptr<Databases> databases = make_databases(*resolver);
  std::unique_ptr<StatusStore> store = make_status_store(system_clock(), hung_or_waiting);
  std::unique_ptr<History> history = make_history({});
  std::unique_ptr<Scheduler> scheduler =
      make_scheduler(*store, *history, Dependencies{*databases, *resolver, system_clock(), stop},
                     stop, nullptr, hung_or_waiting);

  void start(const std::function<void(CheckConfig&)>& adjust) {
    Config config;
    for (int i = 0; i < kChecks; ++i) {
      CheckConfig check;
      check.name = std::to_string(i);
      check.kind = "waiting";
      check.interval = kInterval;
      adjust(check);
      config.checks.push_back(std::move(check));
    }
    scheduler->configure(config);
    scheduler->start();
  }
};

struct Starts {
  std::uint64_t done = 0;
  std::uint64_t missed = 0;
};

// Of the checks that do not hang, so far.
Starts starts_of(const StatusStore& store) {
  Starts out;
  for (const auto& page : store.pages()) {
    if (hangs(page->view.name)) continue;
    out.done += page->view.runs;
    out.missed += page->missed;
  }
  return out;
}

void measure_beside_hung_checks(int length) {
  Engine engine;
  engine.start([](CheckConfig& check) {
    if (hangs(check.name)) check.kind = "hung";
    check.interval = kHungInterval;
    check.timeout = kHungTimeout;
    check.retry_interval = kInterval;
  });
  wait_for(10);
  const Starts before = starts_of(*engine.store);
  wait_for(length);
  const Starts after = starts_of(*engine.store);
  const auto done = static_cast<double>(after.done - before.done);
  const auto missed = static_cast<double>(after.missed - before.missed);
  const double share = 100 * missed / std::max(done + missed, 1.0);
  std::printf(
      "\nWhile 300 of 1,000 checks every 2 s hang to their timeout of 1.9 s:\n\n"
      "| the other 700 checks | value |\n| --- | --- |\n"
      "| runs per second | %.0f |\n| share of starts missed | %.2f %% |\n",
      done / length, share);
  char text[60];
  std::snprintf(text, sizeof text, "%.2f %%", share);
  print_target("under 5 % of the starts missed", share < 5, text);
}

// The value below which that share of the new observations lies, even within its bucket.
double quantile_of(const HistogramValue& before, const HistogramValue& after, double share) {
  const double want = share * static_cast<double>(after.count - before.count);
  double seen = 0;
  double lower = 0;
  for (std::size_t i = 0; i < after.bounds.size(); ++i) {
    const auto here = static_cast<double>(after.counts[i] - before.counts[i]);
    if (here > 0 && seen + here >= want)
      return lower + (after.bounds[i] - lower) * (want - seen) / here;
    seen += here;
    lower = after.bounds[i];
  }
  return lower;
}

}  // namespace

int main(int argc, char** argv) {
  const int length = argc > 1 ? std::atoi(argv[1]) : 30;
  Engine engine;
  engine.start([](CheckConfig&) {});
  const auto& scheduler = engine.scheduler;
  wait_for(22);  // The first two runs of each find their place; then the even beat is there.
  diary.turn_on();
  const SchedulerFacts before = scheduler->facts();
  const double cpu = cpu_ms();
  const double wall = microseconds(CLOCK_MONOTONIC) / 1000;
  wait_for(length);
  const double share = (cpu_ms() - cpu) / (microseconds(CLOCK_MONOTONIC) / 1000 - wall);
  const SchedulerFacts after = scheduler->facts();
  const std::vector<double> errors = diary.errors();
  std::printf("%llu runs in %d s, %zu threads at the end, %s\n\n",
              static_cast<unsigned long long>(after.lateness.count - before.lateness.count), length,
              after.threads, memory_line().c_str());
  std::printf(
      "| 1,000 checks every 10 s | value |\n| --- | --- |\n"
      "| share of one core | %.3f |\n| CPU per run | %.0f µs |\n"
      "| lateness of starts, p50 | %.1f ms |\n"
      "| lateness of starts, p99 | %.1f ms |\n"
      "| deviation from 10 s between two starts of a check, p50 | %.2f ms |\n"
      "| the same, p99 | %.2f ms |\n",
      share,
      share * length * 1e6 /
          static_cast<double>(errors.empty() ? 1 : after.lateness.count - before.lateness.count),
      quantile_of(before.lateness, after.lateness, 0.5) * 1000,
      quantile_of(before.lateness, after.lateness, 0.99) * 1000, quantile(errors, 0.5),
      quantile(errors, 0.99));
  char text[120];
  std::snprintf(text, sizeof text, "%.3f of a core, p99 %.1f ms", share,
                quantile_of(before.lateness, after.lateness, 0.99) * 1000);
  print_target("a tenth of a core, lateness p99 under 50 ms",
               share <= 0.1 && quantile_of(before.lateness, after.lateness, 0.99) < 0.05, text);
  scheduler->stop();
  measure_beside_hung_checks(length);
  return 0;
}
