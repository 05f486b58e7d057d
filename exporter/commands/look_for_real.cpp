// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "exporter/commands/look.h"

namespace holdfast {

std::vector<Look> look_for_real(const std::vector<CheckConfig>& checks, bool confirm) {
  const StopEvent stop;
  const std::unique_ptr<Resolver> resolver = make_resolver();
  const std::unique_ptr<Databases> databases = make_databases(*resolver);
  const Seams seams{*databases, *resolver, system_clock(), stop};
  // No memory: this look is the first one, and limits that need a baseline say so.
  const Memory nothing;
  const auto wait = [&](Duration span) {
    return Deadline(span, &stop).wait(stop.fd(), POLLIN).error().reason == Reason::timed_out;
  };
  const auto run_check = [&](Check& check, const CheckConfig& config) {
    const auto run = [&] { return run_once(check, config, nothing, seams); };
    return confirm ? run_confirmed(run, config, *find_kind(config.kind), wait) : run();
  };
  return look_at(checks, run_check, find_kind);
}

}  // namespace holdfast
