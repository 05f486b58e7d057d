// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "exporter/commands/check_run.h"
#include "exporter/history/history.h"

namespace holdfast {

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

}  // namespace holdfast
