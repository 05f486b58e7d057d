// SPDX-License-Identifier: Apache-2.0
// The output of `holdfast explain`.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "checks/support/text/columns.h"
#include "checks/support/text/time_text.h"
#include "exporter/commands/render.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

constexpr std::size_t kMaxStepText = 300;
constexpr std::size_t kMaxSamples = 200;  // The default label bound of one metric.

/// The value with the unit that its metric's name ends with.
std::string render_measured(std::string_view metric, double value) {
  if (metric.ends_with("_timestamp_seconds") || metric.ends_with("start_time_seconds")) {
    if (value < 1 || value > 9e9) return "never";  // Beyond 2255 the clock overflows.
    const std::chrono::sys_seconds at{std::chrono::seconds(static_cast<std::int64_t>(value))};
    return format_time(at, "%Y-%m-%d %H:%M:%S UTC");
  }
  if (metric.ends_with("_seconds")) return render_value(value, Unit::seconds);
  if (metric.ends_with("_bytes")) return render_value(value, Unit::bytes);
  if (metric.ends_with("_ratio")) return render_value(value, Unit::ratio);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.15g", value);
  return text.data();
}

/// Empty for a counter that did not change in this run.
std::string render_sample(const Sample& sample) {
  if (sample.kind == SampleKind::add && sample.value == 0) return {};
  std::string labels;
  for (std::size_t i = 0; i < sample.labels.size() && i < sample.spec->labels.size(); ++i)
    labels += (labels.empty() ? "" : ", ") + std::string(sample.spec->labels[i]) + "=\"" +
              printable(sample.labels[i], 64) + "\"";
  const char* verb = sample.kind == SampleKind::set   ? " = "
                     : sample.kind == SampleKind::add ? " += "
                                                      : " observed ";
  return "  holdfast_" + std::string(sample.spec->name) +
         (labels.empty() ? "" : "{" + labels + "}") + verb +
         render_measured(sample.spec->name, sample.value) + "\n";
}

std::string render_steps(const std::vector<TraceStep>& steps) {
  std::size_t phase_width = 0;
  std::size_t took_width = 0;
  const auto took_of = [](const TraceStep& step) {
    return step.took.count() == 0 ? std::string() : render_duration(step.took);
  };
  for (const TraceStep& step : steps) {
    phase_width = std::max(phase_width, width_of(printable(step.phase, 24)));
    took_width = std::max(took_width, width_of(took_of(step)));
  }
  std::string out;
  for (const TraceStep& step : steps)
    out += "  " + pad_left(took_of(step), took_width) + "  " +
           pad_right(printable(step.phase, 24), phase_width) + "  " +
           printable(step.text, kMaxStepText) + "\n";
  return out;
}

}  // namespace

std::string render_explanation(const CheckRun& run, bool colours) {
  const CheckConfig& config = run.config;
  const Outcome& outcome = run.outcome;
  std::string out = printable(config.name) + " is a check of kind " + printable(config.kind);
  if (!config.database.name.empty())
    out += " on the database " + printable(config.database.name) + " (" +
           printable(config.database.dbname) + " on " + printable(config.database.host) + ")";
  out += ".\nTimeout " + render_duration(config.timeout) + ".\n\nSteps\n";
  const auto& steps = outcome.trace.steps();
  out += steps.empty() ? "  none\n" : render_steps(steps);
  out += "\nSamples\n";
  const auto& samples = outcome.reading.samples;
  for (std::size_t i = 0; i < std::min(samples.size(), kMaxSamples); ++i)
    if (samples[i].spec != nullptr) out += render_sample(samples[i]);
  if (samples.size() > kMaxSamples)
    out += "  and " + std::to_string(samples.size() - kMaxSamples) + " more\n";
  if (samples.empty()) out += "  none\n";
  out += "\nFindings\n";
  const std::vector<Sentence> sentences = sentences_of(run);
  for (const Sentence& sentence : sentences)
    out += "  " +
           coloured(sentence.text, sentence.status, colours && sentence.status != Status::ok) +
           "\n";
  if (sentences.empty()) out += "  none\n";
  out += "\nStatus " + coloured(std::string(name_of(outcome.status)), outcome.status, colours) +
         ", after " + render_duration(outcome.took()) + ".\n";
  return out;
}

}  // namespace holdfast
