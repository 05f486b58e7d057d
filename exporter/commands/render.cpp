// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/render.h"

#include <algorithm>
#include <array>

#include "checks/support/text/columns.h"
#include "checks/support/text/escape.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

// Columns: three lines of a wide terminal.
constexpr std::size_t kMaxSentence = 500;
constexpr std::size_t kMaxName = 64;

std::string labelled(std::string_view label, const std::string& text) {
  return std::string(label) + ": " + printable(text, kMaxSentence);
}

// A bar begins the performance data.
std::string escape_nagios(std::string text) {
  std::ranges::replace(text, '|', '/');
  return text;
}

std::string join_names(const std::vector<CheckRun>& runs, Status status) {
  std::string out;
  for (const CheckRun& run : runs) {
    if (run.outcome.status != status) continue;
    out += (out.empty() ? "" : ", ") + printable(run.config.name, kMaxName);
  }
  return out;
}

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

}  // namespace

std::vector<Sentence> sentences_of(const CheckRun& run) {
  const Reading& reading = run.outcome.reading;
  std::vector<Finding> findings = reading.findings;
  std::ranges::stable_sort(findings, std::greater{}, &Finding::severity);
  std::vector<Sentence> out;
  if (reading.failure && findings.empty()) {
    const Error& failure = *reading.failure;
    out.push_back({run.outcome.status,
                   labelled(name_of(run.outcome.status),
                            failure.text.empty()
                                ? run.config.name + " " + std::string(sentence_of(failure.reason))
                                : failure.text)});
  }
  for (const Finding& finding : findings)
    out.push_back({status_of(finding.severity), labelled(name_of(finding.severity), finding.text)});
  for (const std::string& note : reading.notes)
    out.push_back({Status::ok, printable(note, kMaxSentence)});
  if (!reading.not_judged.empty())
    out.push_back({Status::ok, "no baseline yet, so not judged: " +
                                   printable(join_words(reading.not_judged), kMaxSentence)});
  return out;
}

std::string summary_of(const std::vector<CheckRun>& runs) {
  std::vector<Status> statuses;
  for (const CheckRun& run : runs) statuses.push_back(run.outcome.status);
  return render_statuses(statuses);
}

std::string render_text(const std::vector<CheckRun>& runs, const std::vector<std::string>& notes,
                        bool colours) {
  std::size_t name_width = 4;
  std::size_t kind_width = 4;
  for (const CheckRun& run : runs) {
    name_width = std::max(name_width, width_of(printable(run.config.name, kMaxName)));
    kind_width = std::max(kind_width, width_of(printable(run.config.kind, kMaxName)));
  }
  static constexpr std::size_t kStatusWidth = 8;
  const std::string indent(kStatusWidth + 2, ' ');
  std::string out = pad_right("STATUS", kStatusWidth + 2) + pad_right("NAME", name_width + 2) +
                    pad_right("KIND", kind_width + 2) + "TIME\n";
  for (const CheckRun& run : runs) {
    const Status status = run.outcome.status;
    out += coloured(pad_right(std::string(name_of(status)), kStatusWidth), status, colours) + "  ";
    out += pad_right(printable(run.config.name, kMaxName), name_width + 2);
    out += pad_right(printable(run.config.kind, kMaxName), kind_width + 2);
    out += render_duration(run.outcome.took()) + "\n";
    for (const Sentence& sentence : sentences_of(run))
      out += indent +
             coloured(sentence.text, sentence.status, colours && sentence.status != Status::ok) +
             "\n";
  }
  out += "\n" + summary_of(runs) + "\n";
  for (const std::string& note : notes) out += "note: " + printable(note, kMaxSentence) + "\n";
  return out;
}

std::string render_markdown(const std::vector<CheckRun>& runs,
                            const std::vector<std::string>& notes) {
  std::string out =
      "| status | check | kind | time | findings |\n| --- | --- | --- | --- | --- |\n";
  for (const CheckRun& run : runs) {
    std::string what;
    for (const Sentence& sentence : sentences_of(run))
      what += (what.empty() ? "" : "<br>") + escape_markdown(sentence.text);
    out += "| " + std::string(name_of(run.outcome.status)) + " | " +
           escape_markdown(printable(run.config.name, kMaxName)) + " | " +
           escape_markdown(printable(run.config.kind, kMaxName)) + " | " +
           render_duration(run.outcome.took()) + " | " + what + " |\n";
  }
  out += "\n" + summary_of(runs) + "\n";
  for (const std::string& note : notes)
    out += "\nNote: " + escape_markdown(printable(note, kMaxSentence)) + "\n";
  return out;
}

std::string render_nagios(const std::vector<CheckRun>& runs) {
  const Status worst = worst_of(runs);
  std::string out = "HOLDFAST " + upper(name_of(worst)) + " - " + summary_of(runs);
  if (worst != Status::ok)
    out += "; " + std::string(name_of(worst)) + ": " + join_names(runs, worst);
  std::string data;
  for (const CheckRun& run : runs) {
    std::array<char, 64> took{};
    std::snprintf(took.data(), took.size(), "%.6fs;;;0;%.3f", seconds(run.outcome.took()),
                  seconds(run.config.timeout));
    data += " '" + printable(run.config.name, kMaxName) + "'=" + took.data();
  }
  out = escape_nagios(std::move(out)) + " |" + data + "\n";
  for (const CheckRun& run : runs)
    for (const Sentence& sentence : sentences_of(run))
      if (sentence.status != Status::ok)
        out += escape_nagios(printable(run.config.name, kMaxName) + ": " + sentence.text) + "\n";
  return out;
}

}  // namespace holdfast
