// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/judge.h"

#include <algorithm>
#include <set>
#include <utility>

#include "checks/pm2/process_judge.h"
#include "checks/pm2/restarts.h"
#include "checks/pm2/samples.h"

namespace holdfast::pm2 {
namespace {

constexpr std::size_t kMaxNamesInText = 5;  // Of a restart wave; the rest is only counted.

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string memory_key(const Pm2Process& process) {
  return "process/" + process.pm_id + "/" + process.name;
}

// Each step reads the facts and the old memory, and adds to the reading and the new memory.
class Judge {
 public:
  Judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now)
      : settings_(settings), facts_(facts), old_(memory), now_(epoch_seconds(now.wall)) {}

  Reading judge();

 private:
  void collect();
  void compare_daemon();
  void count_restarts();
  void judge_wave();
  void judge_missing();
  void judge_homes();
  void describe();

  void add(std::optional<Finding> finding) {
    if (finding) reading_.findings.push_back(*std::move(finding));
  }
  [[nodiscard]] std::string ago(double then) const {
    return now_ - then < 1 ? "just now" : render_value(now_ - then, Unit::seconds) + " ago";
  }

  const Settings& settings_;
  const Facts& facts_;
  const Memory& old_;
  double now_;
  Memory new_;
  Reading reading_;
  std::vector<Subject> subjects_;
  std::vector<std::string> missing_;
  std::set<std::string> wave_;  // Names of processes in a restart wave that is still reported.
  Severity wave_severity_ = Severity::warning;
  bool is_daemon_new_ = false;
};

void Judge::collect() {
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

void Judge::compare_daemon() {
  const auto before = old_.number("daemon_pid");
  double replaced_at = old_.number("replaced_at").value_or(0);
  double predecessor = old_.number("predecessor").value_or(0);
  if (facts_.daemon_pid > 0 && before && *before > 0 && *before != facts_.daemon_pid) {
    is_daemon_new_ = true;
    replaced_at = now_;
    predecessor = *before;
  }
  new_.set("daemon_pid", facts_.daemon_pid);
  if (!facts_.version.empty()) new_.set("version", facts_.version);
  if (replaced_at <= 0 || now_ < replaced_at || now_ - replaced_at > seconds(kEventLifetime))
    return;
  new_.set("replaced_at", replaced_at);
  new_.set("predecessor", predecessor);
  reading_.find("pm2_daemon_replaced", Severity::info, "",
                "PM2's daemon was replaced " + ago(replaced_at) + " (process " +
                    render_value(predecessor, Unit::none) + " became " +
                    std::to_string(facts_.daemon_pid) +
                    "): all processes were restarted, and their restart counters reset.");
}

void Judge::count_restarts() {
  const double last = old_.number("at").value_or(0);
  const double gap = std::max(seconds(kMaxRunGap), 3 * seconds(settings_.interval));
  const bool is_comparable = last > 0 && now_ >= last && now_ - last <= gap && !is_daemon_new_;
  if (!is_comparable) reading_.not_judged.emplace_back("restarts_per_hour");
  new_.set("at", now_);
  std::size_t kept = 0;
  for (Subject& subject : subjects_) {
    const Pm2Process& process = *subject.process;
    if (!subject.is_judged || kept >= kMaxHistories) continue;
    ++kept;
    if (!process.restarts) {
      reading_.not_judged.push_back("restarts_per_hour of " + shown(subject.name));
      new_.set(memory_key(process), std::string());
      continue;
    }
    RestartHistory history(*process.restarts, now_);
    const auto before = old_.text(memory_key(process));
    if (auto known = is_comparable && before ? RestartHistory::parse(*before) : std::nullopt) {
      history = *std::move(known);
      subject.new_restarts = history.add(*process.restarts, now_);
      subject.in_hour = history.in_last_hour();
      subject.observed_seconds = history.observed(now_);
    }
    new_.set(memory_key(process), history.render());
  }
}

// Several processes that restart together have one cause, which a finding each would hide.
void Judge::judge_wave() {
  std::set<std::string> restarted;
  std::set<std::string> all;
  for (const Subject& subject : subjects_) {
    if (!subject.is_judged || subject.is_scheduled) continue;
    all.insert(subject.process->name);
    if (subject.new_restarts > 0) restarted.insert(subject.process->name);
  }
  double at = old_.number("wave_at").value_or(0);
  std::string names = old_.text("wave_names").value_or("");
  double within = old_.number("wave_within").value_or(0);
  if (restarted.size() >= 3 || (restarted.size() == 2 && all.size() <= 4)) {
    at = now_;
    within = now_ - old_.number("at").value_or(now_);
    names.clear();
    for (const std::string& name : restarted) names += name + "\n";
  }
  if (at <= 0 || now_ < at || now_ - at > seconds(kEventLifetime)) return;
  new_.set("wave_at", at);
  new_.set("wave_names", names);
  new_.set("wave_within", within);

  std::string list;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < names.size(); ++count) {
    const std::size_t end = names.find('\n', begin);
    const std::string name = names.substr(begin, end - begin);
    if (count < kMaxNamesInText) list += (count ? ", " : "") + shown(name);
    wave_.insert(name);
    begin = end == std::string::npos ? names.size() : end + 1;
  }
  if (count > kMaxNamesInText) list += " and " + std::to_string(count - kMaxNamesInText) + " more";
  for (const Subject& subject : subjects_)
    if (subject.in_hour && wave_.contains(subject.process->name) &&
        settings_.restarts.judge(*subject.in_hour) == Status::critical)
      wave_severity_ = Severity::critical;
  reading_.find(
      "pm2_restarted_together", wave_severity_, "",
      std::to_string(count) + " of " +
          render_count(static_cast<double>(all.size()), "process", "processes") +
          " restarted within " + render_value(within, Unit::seconds) + ", " + ago(at) + ": " +
          list + ". Likely a common cause: a deployment, lack of memory, or a shared dependency.");
}

void Judge::judge_missing() {
  for (const std::string& name : missing_)
    reading_.find("pm2_process_missing", Severity::critical, name,
                  shown(name) + " is not in PM2's list: it was never started, or it was deleted.");
  if (facts_.processes.empty() && missing_.empty()) {
    reading_.find("pm2_process_missing", Severity::warning, "",
                  "PM2 runs in " + settings_.home +
                      ", but its process list is empty: nothing was started, or PM2 was restarted "
                      "without its saved processes.");
  }
}

std::vector<Finding> judge_other_homes(const Settings& settings,
                                       const std::vector<Pm2Home>& homes) {
  std::vector<Finding> out;
  std::set<std::string> reported;
  for (const Pm2Home& other : homes) {
    const auto is_it = [&](const std::string& known) { return is_same_home(known, other.home); };
    if (is_it(settings.home) || std::ranges::any_of(settings.other_homes, is_it)) continue;
    if (!reported.insert(other.home).second) continue;
    out.push_back({"pm2_other_home", Severity::info, other.home,
                   "Another PM2 daemon runs on this host (process " + std::to_string(other.pid) +
                       ") with home " + other.home + "; this check monitors only " + settings.home +
                       "."});
  }
  return out;
}

void Judge::judge_homes() {
  static constexpr std::string_view kPrefix = "home/";
  std::vector<Pm2Home> homes;
  if (facts_.homes) {
    homes = *facts_.homes;
    new_.set("homes_at", now_);
  } else {
    // Not searched for in this run: report what the last search found.
    for (const auto& [key, pid] : old_.with_prefix(kPrefix))
      if (const double* number = std::get_if<double>(&pid))
        homes.push_back({static_cast<int>(*number), key.substr(kPrefix.size())});
    if (const auto at = old_.number("homes_at")) new_.set("homes_at", *at);
  }
  for (const Pm2Home& home : homes) new_.set(std::string(kPrefix) + home.home, home.pid);
  if (!settings_.find_homes) return;
  for (Finding& finding : judge_other_homes(settings_, homes)) add(std::move(finding));
}

void Judge::describe() {
  std::vector<Row> rows;
  for (const std::string& name : missing_) {
    // With the pm_id it had last, so that its series continues.
    const std::string last = old_.text("last_id/" + name).value_or("");
    if (!last.empty()) new_.set("last_id/" + name, last);
    rows.push_back({name, last, Pm2State::missing, nullptr, std::nullopt});
  }
  std::size_t expected = missing_.size();
  std::size_t healthy = 0;
  for (const Subject& subject : subjects_) {
    const Pm2Process& process = *subject.process;
    rows.push_back({process.name, process.pm_id, process.state, &process, subject.in_hour});
    if (subject.is_expected) new_.set("last_id/" + process.name, process.pm_id);
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

Reading Judge::judge() {
  collect();
  compare_daemon();
  count_restarts();
  judge_wave();
  judge_missing();
  for (const Subject& subject : subjects_) {
    if (subject.is_judged) {
      add(judge_state(settings_, subject, now_));
      if (!wave_.contains(subject.process->name)) add(judge_restarts(settings_, subject));
      for (Finding& finding : judge_resources(settings_, subject)) add(std::move(finding));
    } else if (!subject.process->is_module) {
      reading_.find("pm2_process_unexpected", Severity::info, subject.name,
                    shown(subject.name) + " runs under PM2 (" +
                        std::string(name_of(subject.process->state)) +
                        ") but is not expected; this check does not judge it.");
    }
  }
  judge_homes();
  describe();
  reading_.memory = std::move(new_);
  return std::move(reading_);
}

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
  for (const auto& [key, value] : memory.with_prefix("process/")) {
    const std::size_t slash = key.find('/', 8);
    if (slash == std::string::npos) continue;
    const std::string name = key.substr(slash + 1);
    if (!has(settings.expect, name) && !has(settings.scheduled, name)) continue;
    rows.push_back({name, key.substr(8, slash - 8), Pm2State::unknown, nullptr, std::nullopt});
    reported.insert(name);
  }
  for (const auto* names : {&settings.expect, &settings.scheduled})
    for (const std::string& name : *names)
      if (reported.insert(name).second) {
        rows.push_back({name, memory.text("last_id/" + name).value_or(""), Pm2State::unknown,
                        nullptr, std::nullopt});
      }
  reading.samples = samples_of_failure(rows);
  if (homes) reading.findings = judge_other_homes(settings, *homes);
  reading.failure = std::move(error);
  return reading;
}

}  // namespace holdfast::pm2
