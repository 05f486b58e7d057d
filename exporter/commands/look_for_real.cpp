// SPDX-License-Identifier: Apache-2.0
#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "exporter/commands/look.h"

namespace holdfast {

std::vector<Look> look_for_real(const std::vector<CheckConfig>& checks) {
  const StopEvent stop;
  const std::unique_ptr<Resolver> resolver = make_resolver();
  const std::unique_ptr<Databases> databases = make_databases(*resolver);
  const Seams seams{*databases, *resolver, system_clock(), stop};
  // No memory: this look is the first one, and limits that need a baseline say so.
  const auto run_check = [&](Check& check, const CheckConfig& config) {
    return run_once(check, config, Memory{}, seams);
  };
  return look_at(checks, run_check, find_kind);
}

}  // namespace holdfast
