// SPDX-License-Identifier: Apache-2.0
#include "checks/base/local_time.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

namespace holdfast {
namespace {

/// cctz caches each zone permanently; there are only as many as configs name.
bool load(const std::string& zone, cctz::time_zone& out) {
  if (zone.empty()) {
    out = cctz::local_time_zone();
    return true;
  }
  return cctz::load_time_zone(zone, &out);
}

cctz::time_zone zone_named(const std::string& zone) {
  cctz::time_zone out;
  (void)load(zone, out);  // An unknown zone gives UTC.
  return out;
}

const cctz::civil_second kEpoch(1970, 1, 1);

}  // namespace

bool is_time_zone(const std::string& zone) {
  cctz::time_zone ignored;
  return load(zone, ignored);
}

LocalTime local_time_at(std::chrono::system_clock::time_point at, const std::string& zone) {
  const auto shown = zone_named(zone).lookup(at).cs;
  return LocalTime(std::chrono::seconds(shown - kEpoch));
}

std::chrono::sys_seconds instant_of(LocalTime at, const std::string& zone) {
  const auto found = zone_named(zone).lookup(kEpoch + at.time_since_epoch().count());
  const bool is_skipped = found.kind == cctz::time_zone::civil_lookup::SKIPPED;
  const auto first = is_skipped ? found.trans : found.pre;
  return std::chrono::sys_seconds(std::chrono::seconds(first.time_since_epoch()));
}

}  // namespace holdfast
