// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/judge.h"

#include <algorithm>
#include <set>
#include <utility>

#include "checks/pm2/judge_parts.h"
#include "checks/pm2/state.h"

namespace holdfast::pm2 {
namespace {

constexpr std::size_t kMaxNamesInText = 5;  // Of a restart wave; the rest is only counted.

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void judge_other_homes(const Settings& settings, const std::vector<Pm2Home>& homes,
                       Reading& reading) {
  std::set<std::string> reported;
  for (const Pm2Home& other : homes) {
    const auto is_it = [&](const std::string& known) { return is_same_home(known, other.home); };
    if (is_it(settings.home) || std::ranges::any_of(settings.other_homes, is_it)) continue;
    if (!reported.insert(other.home).second) continue;
    reading.find("pm2_other_home", Severity::info, other.home,
                 "Another PM2 daemon runs on this host (process " + std::to_string(other.pid) +
                     ") with home " + other.home + "; this check monitors only " + settings.home +
                     ".");
  }
}

// Each step reads the facts and the old state, and adds to the reading and the new state.
class Judge {
 public:
  Judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now)
      : settings_(settings),
        facts_(facts),
        old_(State::load(memory)),
        now_(epoch_seconds(now.wall)) {}

  Reading judge() {
    collect();
    compare_daemon();
    count_restarts();
    judge_wave();
    judge_missing();
    for (const Subject& subject : subjects_) {
      if (subject.is_judged) {
        judge_state(settings_, subject, now_, reading_);
        if (!wave_.contains(subject.process->name)) judge_restarts(settings_, subject, reading_);
        judge_resources(settings_, subject, reading_);
      } else if (!subject.process->is_module) {
        reading_.find(
            "pm2_process_unexpected", Severity::info, subject.name,
            shown(subject.name) + " runs under PM2 (" +
                std::string(name_of(subject.process->state)) +
                ") but is not listed in expect or scheduled; this check does not judge it.");
      }
    }
    judge_homes();
    describe();
    reading_.memory = new_.save();
    return std::move(reading_);
  }

 private:
  void collect() {
    std::map<std::string_view, int> count;
    std::set<std::string_view> online;
    for (const Pm2Process& process : facts_.processes) {
      ++count[process.name];
      if (process.state == Pm2State::online) online.insert(process.name);
    }
    std::set<std::pair<std::string_view, std::string_view>> seen;
    const bool is_open = settings_.expect.empty();
    for (const Pm2Process& process : facts_.processes) {
      // A name and pm_id listed twice would be a duplicate series.
      if (!seen.emplace(process.name, process.pm_id).second) continue;
      const bool is_scheduled = has(settings_.scheduled, process.name);
      const bool is_expected = is_scheduled || has(settings_.expect, process.name);
      subjects_.push_back(
          {&process, count[process.name] > 1 ? process.name + ":" + process.pm_id : process.name,
           is_expected, is_expected || (is_open && !process.is_module), is_scheduled,
           process.state != Pm2State::online && online.contains(process.name)});
    }
    // Expected processes first, so that the limit on label values never drops them.
    std::ranges::stable_sort(subjects_, std::ranges::greater{}, &Subject::is_expected);
    for (const auto* names : {&settings_.expect, &settings_.scheduled})
      for (const std::string& name : *names)
        if (!count.contains(name) && !has(missing_, name)) missing_.push_back(name);
  }

  void compare_daemon() {
    auto replacement = old_.replacement;
    if (facts_.daemon_pid > 0 && old_.daemon_pid > 0 && old_.daemon_pid != facts_.daemon_pid) {
      is_daemon_new_ = true;
      replacement = {now_, old_.daemon_pid};
    }
    new_.daemon_pid = facts_.daemon_pid;
    new_.pm2_version = facts_.version;
    if (!replacement || !is_recent(replacement->at)) return;
    new_.replacement = replacement;
    reading_.find("pm2_daemon_replaced", Severity::info, "",
                  "PM2's daemon was replaced " + ago(replacement->at) + " (process " +
                      render_value(replacement->predecessor, Unit::none) + " became " +
                      std::to_string(facts_.daemon_pid) +
                      "): all processes were restarted, and their restart counters reset.");
  }

  void count_restarts() {
    const double last = old_.at;
    const double gap = std::max(seconds(kMaxRunGap), 3 * seconds(settings_.interval));
    const bool is_comparable = last > 0 && now_ >= last && now_ - last <= gap && !is_daemon_new_;
    if (!is_comparable) reading_.not_judged.emplace_back("restarts_per_hour");
    new_.at = now_;
    std::map<std::pair<std::string_view, std::string_view>, const RestartHistory*> known;
    for (const KnownProcess& process : old_.processes)
      if (is_comparable && process.restarts)
        known[{process.name, process.pm_id}] = &*process.restarts;
    for (Subject& subject : subjects_) {
      const Pm2Process& process = *subject.process;
      if (!subject.is_judged || new_.processes.size() >= kMaxHistories) continue;
      KnownProcess& kept = new_.processes.emplace_back(process.name, process.pm_id);
      if (!process.restarts) {
        reading_.not_judged.push_back("restarts_per_hour of " + shown(subject.name));
        continue;
      }
      kept.restarts = RestartHistory{*process.restarts, now_, {}};
      const auto before = known.find({process.name, process.pm_id});
      if (before == known.end()) continue;
      kept.restarts = *before->second;
      subject.new_restarts = kept.restarts->add(*process.restarts, now_);
      subject.in_hour = kept.restarts->in_last_hour();
      subject.observed_seconds = kept.restarts->observed(now_);
    }
  }

  // Several processes that restart together have one cause, which a finding each would hide.
  void judge_wave() {
    std::set<std::string> restarted;
    std::set<std::string> all;
    for (const Subject& subject : subjects_) {
      if (!subject.is_judged || subject.is_scheduled) continue;
      all.insert(subject.process->name);
      if (subject.new_restarts > 0) restarted.insert(subject.process->name);
    }
    auto wave = old_.wave;
    if (restarted.size() >= 3 || (restarted.size() == 2 && all.size() <= 4))
      wave = {now_, old_.at > 0 ? now_ - old_.at : 0, {restarted.begin(), restarted.end()}};
    if (!wave || !is_recent(wave->at)) return;
    new_.wave = wave;

    std::string list;
    const std::size_t count = wave->names.size();
    for (std::size_t i = 0; i < std::min(count, kMaxNamesInText); ++i)
      list += (i ? ", " : "") + shown(wave->names[i]);
    wave_ = {wave->names.begin(), wave->names.end()};
    if (count > kMaxNamesInText)
      list += " and " + std::to_string(count - kMaxNamesInText) + " more";
    for (const Subject& subject : subjects_)
      if (subject.in_hour && wave_.contains(subject.process->name) &&
          settings_.restarts.judge(*subject.in_hour) == Status::critical)
        wave_severity_ = Severity::critical;
    reading_.find("pm2_restarted_together", wave_severity_, "",
                  std::to_string(count) + " of " +
                      render_count(static_cast<double>(all.size()), "process", "processes") +
                      " restarted within " + render_value(wave->within, Unit::seconds) + ", " +
                      ago(wave->at) + ": " + list +
                      ". They probably have one cause: a deployment, lack of memory, or a shared "
                      "dependency.");
  }

  void judge_missing() {
    for (const std::string& name : missing_)
      reading_.find(
          "pm2_process_missing", Severity::critical, name,
          shown(name) + " is not in PM2's list: it was never started, or it was deleted.");
    if (facts_.processes.empty() && missing_.empty()) {
      reading_.find(
          "pm2_process_missing", Severity::warning, "",
          "PM2 runs in " + settings_.home +
              ", but its process list is empty: nothing was started, or PM2 was restarted "
              "without its saved processes.");
    }
  }

  void judge_homes() {
    // If this run did not search for them, report what the last search found.
    new_.homes = old_.homes;
    new_.homes_at = old_.homes_at;
    if (facts_.homes) {
      new_.homes_at = now_;
      new_.homes.clear();
      for (const Pm2Home& home : *facts_.homes) new_.homes.try_emplace(home.home, home.pid);
    }
    std::vector<Pm2Home> homes;
    for (const auto& [home, pid] : new_.homes) homes.push_back({static_cast<int>(pid), home});
    if (settings_.find_homes) judge_other_homes(settings_, homes, reading_);
  }

  void describe() {
    std::vector<Row> rows;
    for (const std::string& name : missing_) {
      // With the pm_id it had last, so that its series continues.
      const auto known = old_.last_ids.find(name);
      const std::string last = known == old_.last_ids.end() ? "" : known->second;
      if (!last.empty()) new_.last_ids[name] = last;
      rows.push_back({name, last, Pm2State::missing, nullptr, std::nullopt});
    }
    std::size_t expected = missing_.size();
    std::size_t healthy = 0;
    for (const Subject& subject : subjects_) {
      const Pm2Process& process = *subject.process;
      rows.push_back({process.name, process.pm_id, process.state, &process, subject.in_hour});
      if (subject.is_expected) new_.last_ids[process.name] = process.pm_id;
      if (!subject.is_judged) continue;
      ++expected;
      if (process.state == Pm2State::online ||
          (subject.is_scheduled && process.state == Pm2State::stopped))
        ++healthy;
    }
    reading_.samples = samples_of(facts_, rows);
    reading_.notes.push_back(std::to_string(healthy) + " of " +
                             render_count(static_cast<double>(expected), "process", "processes") +
                             " up");
    if (!facts_.version.empty()) reading_.notes.push_back("PM2 " + facts_.version);
  }

  [[nodiscard]] bool is_recent(double then) const {
    return then > 0 && now_ >= then && now_ - then <= seconds(kEventLifetime);
  }
  [[nodiscard]] std::string ago(double then) const {
    return now_ - then < 1 ? "just now" : render_value(now_ - then, Unit::seconds) + " ago";
  }

  const Settings& settings_;
  const Facts& facts_;
  const State old_;
  double now_;
  State new_;
  Reading reading_;
  std::vector<Subject> subjects_;
  std::vector<std::string> missing_;
  std::set<std::string> wave_;  // Names of processes in a restart wave that is still reported.
  Severity wave_severity_ = Severity::warning;
  bool is_daemon_new_ = false;
};

}  // namespace

Reading judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now) {
  return Judge(settings, facts, memory, now).judge();
}

Reading judge_failure(const Settings& settings, Error error, const Memory& memory,
                      const std::optional<std::vector<Pm2Home>>& homes) {
  Reading reading;
  std::vector<Row> rows;
  std::set<std::string> reported;
  // Each instance of the previous run, then the names that have never been listed.
  State state = State::load(memory);
  for (const auto& [name, pm_id, restarts] : state.processes) {
    if (!has(settings.expect, name) && !has(settings.scheduled, name)) continue;
    rows.push_back({name, pm_id, Pm2State::unknown, nullptr, std::nullopt});
    reported.insert(name);
  }
  for (const auto* names : {&settings.expect, &settings.scheduled})
    for (const std::string& name : *names)
      if (reported.insert(name).second) {
        rows.push_back({name, state.last_ids[name], Pm2State::unknown, nullptr, std::nullopt});
      }
  reading.samples = samples_of_failure(rows);
  if (homes) judge_other_homes(settings, *homes, reading);
  reading.failure = std::move(error);
  return reading;
}

}  // namespace holdfast::pm2
