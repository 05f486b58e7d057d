// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check_run.h"

#include <poll.h>

#include <algorithm>
#include <atomic>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "exporter/commands/commands.h"
#include "exporter/history/history.h"
#include "exporter/schedule/thread_pool.h"

namespace holdfast {
namespace {

void run_one(CheckRun& run, const RunCheck& run_check, const KindOf& kind_of) {
  std::vector<OptionError> errors;
  const Kind* kind = kind_of(run.config.kind);
  const std::unique_ptr<Check> check =
      kind != nullptr && kind->make != nullptr ? kind->make(run.config, errors) : nullptr;
  if (check != nullptr)
    run.outcome = run_check(*check, run.config);
  else
    run.outcome.reading.failure =
        Error{Reason::internal, "make", "the check could not be made", ""};
}

}  // namespace

std::vector<CheckRun> run_all(const std::vector<CheckConfig>& checks, const RunCheck& run_check,
                              const KindOf& kind_of) {
  std::vector<CheckRun> runs;
  runs.reserve(checks.size());
  for (const CheckConfig& check : checks) runs.push_back({check, {}});
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size(); i = next++) run_one(runs[i], run_check, kind_of);
  };
  {
    ThreadPool threads;
    // Fewer threads only make it slower: this one works too.
    for (std::size_t i = 1; i < std::min(runs.size(), kMaxConcurrentRuns); ++i)
      if (!threads.start(work)) break;
    work();
  }  // Waits for the threads.
  return runs;
}

Outcome run_confirmed(const std::function<Outcome()>& run, const CheckConfig& config,
                      const Kind& kind, const std::function<bool(Duration)>& wait) {
  const auto is_fact = [&](const Finding& finding) {
    return std::ranges::any_of(kind.findings, [&](const FindingSpec& spec) {
      return spec.is_fact && spec.code == finding.code;
    });
  };
  Outcome outcome = run();
  for (int bad = 1; bad < config.confirm; ++bad) {
    const bool is_certain = std::ranges::any_of(outcome.reading.findings, is_fact);
    if (outcome.status == Status::ok || is_certain || !wait(config.retry_interval)) break;
    outcome = run();
  }
  return outcome;
}

std::vector<CheckRun> run_real_checks(const std::vector<CheckConfig>& checks,
                                      const std::string& history_path, bool confirm) {
  const StopEvent stop;
  const std::unique_ptr<Resolver> resolver = make_resolver();
  const std::unique_ptr<Databases> databases = make_databases(*resolver);
  const Dependencies dependencies{*databases, *resolver, system_clock(), stop};
  // The daemon's baselines, read-only; without them, limits report "no baseline yet".
  const std::unique_ptr<History> history = read_history(history_path);
  const auto wait = [&](Duration span) {
    return Deadline(span, &stop).wait(stop.fd(), POLLIN).error().reason == Reason::timed_out;
  };
  const auto run_check = [&](Check& check, const CheckConfig& config) {
    const Memory memory = history->recall(config.name);
    const auto run = [&] { return run_once(check, config, memory, dependencies); };
    return confirm ? run_confirmed(run, config, *find_kind(config.kind), wait) : run();
  };
  return run_all(checks, run_check, find_kind);
}

Status worst_of(const std::vector<CheckRun>& runs) {
  Status worst = Status::ok;
  for (const CheckRun& run : runs) worst = std::max(worst, run.outcome.status);
  return worst;
}

int exit_code_of(Status status) {
  switch (status) {
    case Status::ok:
      return kExitOk;
    case Status::warning:
      return kExitWarning;
    case Status::critical:
      return kExitCritical;
    case Status::unknown:
      break;
  }
  return kExitUnknown;
}

}  // namespace holdfast
