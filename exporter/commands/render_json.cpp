// SPDX-License-Identifier: Apache-2.0
// Check runs and the reference as JSON.
#include <cmath>
#include <nlohmann/json.hpp>

#include "checks/support/text/columns.h"
#include "exporter/commands/describe.h"
#include "exporter/commands/render.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

// Broken UTF-8 is replaced, not thrown at the reader.
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const Sample& sample) {
  Json labels = Json::object();
  for (std::size_t i = 0; i < sample.labels.size() && i < sample.spec->labels.size(); ++i)
    labels[std::string(sample.spec->labels[i])] = printable(sample.labels[i]);
  Json value = sample.value;
  if (!std::isfinite(sample.value)) value = nullptr;  // JSON has no NaN.
  return {{"metric", "holdfast_" + std::string(sample.spec->name)},
          {"labels", std::move(labels)},
          {"value", std::move(value)}};
}

Json json_of(const CheckRun& run) {
  const Reading& reading = run.outcome.reading;
  Json out{{"name", run.config.name},
           {"kind", run.config.kind},
           {"database", run.config.database.name},
           {"status", name_of(run.outcome.status)},
           {"success", !reading.failure.has_value()},
           {"took_seconds", seconds(run.outcome.took())},
           {"failure", nullptr},
           {"findings", Json::array()},
           {"not_judged", Json::array()},
           {"notes", Json::array()},
           {"samples", Json::array()}};
  if (reading.failure)
    out["failure"] = {{"reason", name_of(reading.failure->reason)},
                      {"phase", printable(reading.failure->phase)},
                      {"text", printable(reading.failure->text, 500)},
                      {"sqlstate", printable(reading.failure->sqlstate)}};
  for (const Finding& finding : reading.findings)
    out["findings"].push_back({{"code", finding.code},
                               {"severity", name_of(finding.severity)},
                               {"subject", printable(finding.subject)},
                               {"text", printable(finding.text, 500)}});
  for (const std::string& limit : reading.not_judged) out["not_judged"].push_back(printable(limit));
  for (const std::string& note : reading.notes) out["notes"].push_back(printable(note, 500));
  for (const Sample& sample : reading.samples)
    if (sample.spec != nullptr) out["samples"].push_back(json_of(sample));
  return out;
}

Json json_of(const OptionSpec& spec) {
  return {{"name", spec.name},        {"type", type_of(spec)},     {"help", spec.help},
          {"default", spec.fallback}, {"required", spec.required}, {"choices", spec.choices},
          {"limits", spec.limits}};
}

Json json_of(const Kind& kind) {
  Json out{{"name", kind.name}, {"summary", kind.summary}};
  for (const char* part : {"options", "findings", "reasons", "metrics"}) out[part] = Json::array();
  for (const OptionSpec& spec : kind.options) out["options"].push_back(json_of(spec));
  for (const FindingSpec& spec : kind.findings)
    out["findings"].push_back({{"code", spec.code}, {"help", spec.help}, {"fact", spec.is_fact}});
  for (const Reason reason : kind.reasons) out["reasons"].push_back(name_of(reason));
  for (const MetricSpec& spec : kind.metrics)
    out["metrics"].push_back({{"name", "holdfast_" + std::string(spec.name)},
                              {"type", type_of(spec)},
                              {"help", spec.help},
                              {"labels", spec.labels}});
  return out;
}

}  // namespace

std::string render_json(const std::vector<CheckRun>& runs, const std::vector<std::string>& notes) {
  Json out{{"status", name_of(worst_of(runs))}, {"checks", Json::array()}, {"notes", notes}};
  for (const CheckRun& run : runs) out["checks"].push_back(json_of(run));
  return dump(out);
}

std::string describe_json(std::span<const Kind* const> kinds) {
  Json out{{"version", HOLDFAST_VERSION}, {"kinds", Json::array()}, {"reasons", Json::array()}};
  for (const Kind* kind : kinds) out["kinds"].push_back(json_of(*kind));
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    out["reasons"].push_back({{"name", name_of(reason)},
                              {"status", name_of(status_of(reason))},
                              {"sentence", sentence_of(reason)}});
  }
  return dump(out);
}

}  // namespace holdfast
