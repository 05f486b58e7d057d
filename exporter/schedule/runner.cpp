// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/runner.h"

#include <algorithm>

#include "checks/support/text/utf8.h"

namespace holdfast {
namespace {

// Bounds the page of one check.
constexpr std::size_t kMaxFindings = 200;
constexpr std::size_t kMaxNotes = 50;

Reading failed(Reason reason, std::string text = {}) {
  Reading reading;
  reading.failure = Error{reason, "", std::move(text), ""};
  return reading;
}

Reading run_check(Check& check, Run& run) {
  if (run.deadline.stop() && run.deadline.stop()->fired()) return failed(Reason::stopped);
  // The last catch: an internal error must be reported and must not end the daemon. what() is
  // dropped, since libraries quote the data they were reading (law 4).
  try {
    return check.run(run);
  } catch (...) {
    return failed(Reason::internal);
  }
}

Severity severity_of(Reason reason) {
  return status_of(reason) == Status::critical ? Severity::critical : Severity::unknown;
}

Finding finding_of(const Error& failure, const CheckConfig& config) {
  std::string text = failure.text;
  if (text.empty()) {
    text = "the target of check " + config.name + " " + std::string(sentence_of(failure.reason));
  }
  return {config.kind + "_" + std::string(name_of(failure.reason)), severity_of(failure.reason), "",
          std::move(text)};
}

void bound_memory(Reading& reading, const CheckConfig& config) {
  if (!reading.memory || reading.memory->bytes() <= kMaxMemoryBytes) return;
  reading.failure = Error{Reason::own_limit, "judge",
                          "the memory of check " + config.name + " exceeds its limit of " +
                              render_value(static_cast<double>(kMaxMemoryBytes), Unit::bytes),
                          ""};
  reading.memory.reset();
}

// Makes a sentence of a clause. Only our own words are capitalized: names keep their case.
std::string as_sentence(std::string text) {
  const std::string first = text.substr(0, text.find(' '));
  for (const char* word : {"the", "a", "an", "all"})
    if (first == word) text[0] = static_cast<char>(text[0] - 'a' + 'A');
  const bool ends = text.empty() || text.ends_with('.') || text.ends_with("…");
  return ends ? text : text + '.';
}

void bound_texts(Reading& reading) {
  for (Finding& finding : reading.findings) {
    finding.subject = plain_text(finding.subject, kMaxNameBytes);
    finding.text = as_sentence(plain_text(finding.text, kMaxSentenceBytes));
  }
  // Worst first; stable within a severity, so that the page does not reorder.
  std::ranges::stable_sort(reading.findings, std::greater{}, &Finding::severity);
  if (reading.findings.size() > kMaxFindings) reading.findings.resize(kMaxFindings);
  if (reading.notes.size() > kMaxNotes) reading.notes.resize(kMaxNotes);
  for (std::string& note : reading.notes) note = plain_text(note, kMaxSentenceBytes);
  if (reading.failure) reading.failure->text = plain_text(reading.failure->text, kMaxSentenceBytes);
}

}  // namespace

Outcome run_once(Check& check, const CheckConfig& config, const Memory& memory,
                 const Dependencies& dependencies) {
  Outcome outcome;
  outcome.started = dependencies.clock.now();
  const std::string target = target_digest(config);
  const Memory known = memory.of_target(target);
  Run run{Deadline(config.timeout, &dependencies.stop),
          outcome.started,
          known,
          dependencies.databases,
          dependencies.resolver,
          outcome.trace};
  outcome.reading = run_check(check, run);
  if (auto& left = outcome.reading.memory; left && !left->empty()) left->set_target(target);
  bound_memory(outcome.reading, config);
  if (outcome.reading.failure) {
    outcome.reading.findings.push_back(finding_of(*outcome.reading.failure, config));
  }
  bound_texts(outcome.reading);
  outcome.status = status_of(outcome.reading);
  outcome.ended = dependencies.clock.now();
  return outcome;
}

}  // namespace holdfast
