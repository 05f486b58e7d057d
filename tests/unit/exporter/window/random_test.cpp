// SPDX-License-Identifier: Apache-2.0
// Random weeks against the slow, obvious reference. The seeds are fixed: a week that once differed
// differs again.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "exporter/history/history.h"
#include "exporter/history/operator_actions.h"
#include "tests/unit/exporter/window/reference.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

constexpr Duration kRandomWeek = 7 * 24h;

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  bool one_in(int times) { return below(times) == 0; }
  template <class T>
  T any_of(std::initializer_list<T> values) {
    return *(values.begin() + below(static_cast<int>(values.size())));
  }
  /// A moment of the week on the tick.
  Duration moment(Duration from = {}, Duration until = kRandomWeek) {
    return from + below(static_cast<int>((until - from) / kTick)) * kTick;
  }
  /// As often minutes as hours.
  Duration length() {
    const Duration most = any_of<Duration>({60s, 5min, 10min, 30min, 2h, 12h});
    return (1 + below(static_cast<int>(most / kTick))) * kTick;
  }

 private:
  std::mt19937 random_;
};

PlayedCheck roll_check(Dice& dice, const std::string& name, const std::string& kind) {
  PlayedCheck out{.name = name, .kind = kind};
  out.interval = dice.any_of<Duration>({60s, 300s, 600s});
  out.timeout = 30s;
  out.retry = 30s;
  out.confirm = dice.any_of({1, 2, 3});
  out.begins = dice.one_in(8) ? dice.moment({}, 48h) : -dice.moment({}, 1h);
  return out;
}

Week roll_week(Dice& dice) {
  Week out;
  out.checks = {roll_check(dice, "db", "postgres"), roll_check(dice, "services", "pm2"),
                roll_check(dice, "in-use", "usage")};
  for (Duration day{}; day < kRandomWeek; day += 24h)
    if (!dice.one_in(20)) out.checks[2].use.push_back(day + dice.moment({}, 24h));
  for (int i = dice.below(8); i > 0; --i) {
    const Duration from = dice.moment(-1h, kRandomWeek + 10min);
    out.happenings.push_back(
        {dice.any_of<std::string>({"db", "services", "in-use"}),
         {from, from + dice.length()},
         dice.any_of({Status::warning, Status::warning, Status::critical, Status::unknown}),
         "Something is wrong."});
  }
  for (int i = dice.below(3); i > 0; --i) {
    const Duration from = dice.moment(1h, kRandomWeek);
    const Stretch when{from, from + dice.length()};
    bool is_free = true;
    for (const Absence& other : out.absences)
      is_free = is_free && (when.until < other.when.from || other.when.until < when.from);
    if (is_free)
      out.absences.push_back({when, dice.any_of({GapCause::host_down, GapCause::killed})});
  }
  std::ranges::sort(out.absences, {}, [](const Absence& absence) { return absence.when.from; });
  for (int i = dice.below(3); i > 0; --i) {
    const Duration from = dice.moment();
    const Duration declared = from + dice.any_of<Duration>({-1h, 0s, 5min, 1h});
    out.maintenance.push_back(
        {i, {kStart + from, kStart + from + dice.length()}, kStart + declared, "deploy", "root"});
  }
  return out;
}

WindowConfig roll_window(Dice& dice) {
  WindowConfig out;
  out.name = "week";
  out.length = kRandomWeek;
  out.checks = {"db", "services", "in-use"};
  out.go_when.coverage = dice.any_of({0.8, 0.95, 0.99, 0.999});
  out.go_when.critical = dice.any_of<Duration>({0s, 5min, 2h, 12h});
  if (dice.one_in(2)) out.go_when.warning = dice.any_of<Duration>({0s, 1h, 24h});
  if (dice.one_in(2)) out.go_when.require = {"in-use"};
  return out;
}

void compare(const WindowResult& fast, const SlowResult& slow) {
  CHECK(name_of(fast.verdict) == name_of(slow.verdict));
  CHECK(fast.criteria.size() == slow.criteria.size());
  for (const CriterionResult& one : fast.criteria) {
    CAPTURE(one.criterion);
    CHECK(name_of(one.state) == name_of(slow.criteria.at(one.criterion)));
  }
  REQUIRE(fast.checks.size() == slow.checks.size());
  for (std::size_t i = 0; i < fast.checks.size(); ++i) {
    const CheckResult& check = fast.checks[i];
    CAPTURE(check.check);
    CHECK(check.maintenance == slow.maintenance);
    CHECK(check.critical == slow.checks[i].critical);
    CHECK(check.warning == slow.checks[i].warning);
    CHECK(check.unknown_time == slow.checks[i].unknown_time);
    CHECK(check.no_data == slow.checks[i].no_data);
    CHECK(check.days_with_use == slow.checks[i].days_with_use);
    const Duration judged = fast.judged_at - fast.span.begin - slow.maintenance;
    if (judged.count() > 0)
      CHECK(check.coverage == doctest::Approx(seconds(slow.checks[i].covered) / seconds(judged)));
  }
}

}  // namespace

TEST_CASE("200 random weeks are judged as the slow, obvious reference judges them") {
  int verdicts[5] = {};
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const Week week = roll_week(dice);
    const WindowConfig window = roll_window(dice);
    for (const Duration now :
         {dice.moment(), kRandomWeek + (dice.one_in(2) ? 0s : dice.moment({}, 2h))}) {
      CAPTURE(seconds(now));
      const WindowResult fast = judge_window(window, kStart, play(week, now), kStart + now);
      compare(fast, judge_slowly(window, week, now));
      ++verdicts[static_cast<int>(fast.verdict)];
    }
  }
  // The dice are good for something: every verdict but pending comes up.
  for (const Verdict verdict :
       {Verdict::in_progress, Verdict::go, Verdict::no_go, Verdict::inconclusive})
    CHECK(verdicts[static_cast<int>(verdict)] > 10);
}

TEST_CASE("five random weeks are judged alike through the real history file") {
  std::string folder = (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  for (unsigned seed = 1001; seed <= 1005; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    Week week = roll_week(dice);
    const WindowConfig window = roll_window(dice);
    week.absences.clear();  // The history finds gaps itself; its own tests make them.
    for (PlayedCheck& check : week.checks)
      check.interval = std::max<Duration>(check.interval, 300s);
    HistoryOptions options;
    options.path = folder + "/" + std::to_string(seed) + ".db";
    options.writes_by_itself = false;
    const auto history = make_history(options);
    const auto file = open_for_actions(options.path);
    REQUIRE(file);
    for (const Maintenance& pause : week.maintenance) CHECK(declare_maintenance(**file, pause));
    std::vector<Duration> use;
    for (Observation& seen : observe(week, kRandomWeek)) {
      if (seen.shows_use) use.push_back(seen.at - kStart);
      history->record(std::move(seen));
    }
    week.checks[2].use = use;
    const auto evidence = history->evidence({kStart, kStart + kRandomWeek}, window.checks);
    REQUIRE(evidence);
    CHECK(history->facts().problem.empty());
    compare(judge_window(window, kStart, *evidence, kStart + kRandomWeek),
            judge_slowly(window, week, kRandomWeek));
  }
  std::filesystem::remove_all(folder);
}
