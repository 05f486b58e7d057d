// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/observe.h"

#include <variant>

namespace holdfast {
namespace {

Duration valid_for(const CheckConfig& config) { return config.interval * 3 / 2 + config.timeout; }

}  // namespace

Observation observe(const CheckConfig& config, const Kind* kind, const Outcome& outcome,
                    const Published& change) {
  Observation seen;
  seen.check = config.name;
  seen.kind = config.kind;
  seen.began = outcome.started.wall;
  seen.at = outcome.ended.wall;
  seen.valid_until = seen.at + std::chrono::duration_cast<WallTime::duration>(valid_for(config));
  seen.raw = outcome.status;
  seen.confirmed = change.after;
  seen.incidents = change.incidents;
  const Reading& reading = outcome.reading;
  seen.shows_use = reading.shows_use;
  if (!reading.failure) seen.memory = reading.memory;
  if (kind && !kind->latency.empty())
    for (const Sample& sample : reading.samples)
      if (sample.spec->name == kind->latency && sample.kind == SampleKind::observe)
        seen.latencies.push_back(sample.value);
  return seen;
}

Outcome not_started(const CheckConfig& config, Now now) {
  Outcome outcome;
  outcome.started = outcome.ended = now;
  const std::string text = "The check " + config.name + " " +
                           std::string(sentence_of(Reason::own_limit)) +
                           ": the system cannot create another thread.";
  outcome.reading.failure = Error{Reason::own_limit, "", text, ""};
  outcome.reading.findings.push_back(
      {config.kind + "_" + std::string(name_of(Reason::own_limit)), Severity::unknown, "", text});
  outcome.status = Status::unknown;
  return outcome;
}

bool same_target(const CheckConfig& a, const CheckConfig& b) {
  const auto without_limits = [](const Options& options) {
    auto entries = options.entries();
    std::erase_if(entries, [](const auto& e) { return std::holds_alternative<Limit>(e.second); });
    return entries;
  };
  return a.kind == b.kind && a.database == b.database &&
         without_limits(a.options) == without_limits(b.options);
}

}  // namespace holdfast
