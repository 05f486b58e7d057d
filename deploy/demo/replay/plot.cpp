// SPDX-License-Identifier: Apache-2.0
#include "deploy/demo/replay/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "checks/active_hours.h"
#include "checks/base/local_time.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

/// One problem of one check. With an empty stretch it affects only the next reading, such as a lost
/// packet.
struct Event {
  std::string_view check;
  PlotStretch when;
  Severity severity = Severity::warning;
  std::string_view code;  ///< Of its kind, or the name of the reason of a failed run.
  std::string_view subject;
  std::string_view text;
};

constexpr Event kEvents[]{
    {"pooler",
     {5h + 20min, 5h + 23min},
     Severity::warning,
     "pool_clients_waiting",
     "default_db/app",
     "2 clients wait for a connection in pool default_db/app (limit 0), the longest for 340 ms; "
     "all 4 connections are in use."},
    {"timeweb",
     {11h + 5min, 11h + 5min},
     Severity::critical,
     "timed_out",
     "",
     "The database timeweb did not answer in time."},
    {"services",
     {19h + 40min, 19h + 47min},
     Severity::critical,
     "pm2_process_not_online",
     "ai-admin-booking-monitor",
     "ai-admin-booking-monitor is in state errored: PM2 no longer restarts it; its last exit code "
     "was 1."},
    {"services",
     {31h + 4min, 31h + 6min},
     Severity::warning,
     "pm2_process_not_online",
     "ai-admin-worker-v2",
     "ai-admin-worker-v2 has exited and is waiting to be restarted; its last exit code was 0."},
    {"api-pool",
     {31h + 6min, 31h + 7min},
     Severity::critical,
     "refused",
     "",
     "The pool endpoint of api-pool refuses connections: nothing listens on the port."},
    {"timeweb",
     {38h + 10min, 38h + 22min},
     Severity::warning,
     "postgres_connect_slow",
     "",
     "A new connection takes 1.34 s (limit 1 s); one round trip takes 1.2 ms."},
    {"sessions",
     {44h + 30min, 44h + 55min},
     Severity::warning,
     "whatsapp_keys_expired",
     "",
     "118 expired keys are still in whatsapp_keys (limit 100)."},
};

bool is_on(const Event& event, const PlotMoment& moment) {
  const WallTime from = moment.begin + event.when.from;
  if (event.when.from == event.when.until)
    return from <= moment.at && (!moment.previous || *moment.previous < from);
  return from <= moment.at && moment.at < moment.begin + event.when.until;
}

void put(const Event& event, Reading& out) {
  for (const Reason reason : {Reason::timed_out, Reason::refused}) {
    if (event.code != name_of(reason)) continue;
    out.failure = Error{reason, "", std::string(event.text), ""};
    return;
  }
  out.findings.push_back({std::string(event.code), event.severity, std::string(event.subject),
                          std::string(event.text)});
}

// From 0 to 1, the same for the same seed: splitmix64, since std::random differs between libraries.
double noise(std::uint64_t seed) {
  seed += 0x9e3779b97f4a7c15ULL;
  seed = (seed ^ (seed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  seed = (seed ^ (seed >> 27U)) * 0x94d049bb133111ebULL;
  return static_cast<double>((seed ^ (seed >> 31U)) >> 11U) / 9007199254740992.0;  // 2^53
}

// From 0 at night to 1 in the middle of the afternoon.
double load_at(WallTime at, const std::string& zone) {
  const LocalTime local = local_time_at(at, zone);
  const double hour = seconds(local - std::chrono::floor<std::chrono::days>(local)) / 3600;
  if (hour < 7 || hour > 22) return 0;
  return std::sin((hour - 7) / 15 * std::numbers::pi);
}

double latency_at(const CheckConfig& check, const PlotMoment& moment) {
  const auto seed = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(moment.at).time_since_epoch().count());
  const double usual = 0.0008 + 0.0012 * load_at(moment.at, check.timezone);
  const double tail = noise(~seed) > 0.97 ? 3 : 1;
  return usual * (0.7 + 0.6 * noise(seed)) * tail;
}

// Customers write from 08:00 to 22:00; at night a batch job does, three times an hour.
bool shows_use(const CheckConfig& check, const PlotMoment& moment) {
  ActiveHours open{8h, 22h};
  open.timezone = check.timezone;
  if (open.covers(moment.at)) return true;
  const auto part = [&](WallTime at) {
    return std::chrono::floor<std::chrono::minutes>(at - moment.begin) / 20min;
  };
  return !moment.previous || part(*moment.previous) != part(moment.at);
}

}  // namespace

Reading plot_reading(const CheckConfig& check, const Kind& kind, const PlotMoment& moment) {
  Reading out;
  for (const Event& event : kEvents)
    if (event.check == check.name && is_on(event, moment)) put(event, out);
  if (out.failure) return out;
  if (!kind.latency.empty())
    out.samples.push_back(
        {&kind.metric(kind.latency), {}, latency_at(check, moment), SampleKind::observe});
  out.shows_use = kind.must_show_use != nullptr && shows_use(check, moment);
  return out;
}

}  // namespace holdfast
