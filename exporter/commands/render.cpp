// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/render.h"

#include <algorithm>
#include <array>

#include "exporter/text.h"

namespace holdfast {
namespace {

// A sentence is longer than a name; three lines of a wide terminal.
constexpr std::size_t kMaxSentence = 500;
constexpr std::size_t kMaxName = 64;

std::string labelled(std::string_view label, const std::string& text) {
  return std::string(label) + ": " + printable(text, kMaxSentence);
}

std::string escape_markdown(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '`' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// A bar ends the text and begins the performance data.
std::string escape_nagios(std::string text) {
  std::ranges::replace(text, '|', '/');
  return text;
}

std::string join_names(const std::vector<Look>& looks, Status status) {
  std::string out;
  for (const Look& look : looks) {
    if (look.outcome.status != status) continue;
    out += (out.empty() ? "" : ", ") + printable(look.config.name, kMaxName);
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

std::string coloured(const std::string& text, Status status, bool colours) {
  if (!colours) return text;
  static constexpr std::array<const char*, 4> kColours{"\x1b[32m", "\x1b[33m", "\x1b[35m",
                                                       "\x1b[31m"};
  return kColours.at(static_cast<std::size_t>(status)) + text + "\x1b[0m";
}

std::vector<Sentence> sentences_of(const Look& look) {
  const Reading& reading = look.outcome.reading;
  std::vector<Finding> findings = reading.findings;
  std::ranges::stable_sort(findings, std::greater{}, &Finding::severity);
  std::vector<Sentence> out;
  if (reading.failure && findings.empty()) {
    const Error& failure = *reading.failure;
    out.push_back({look.outcome.status,
                   labelled(name_of(look.outcome.status),
                            failure.text.empty()
                                ? look.config.name + " " + std::string(sentence_of(failure.reason))
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

std::string summary_of(const std::vector<Look>& looks) {
  std::string out = render_count(static_cast<double>(looks.size()), "check") + ":";
  std::string_view separator = " ";
  for (const Status status : {Status::ok, Status::warning, Status::unknown, Status::critical}) {
    const auto count = std::ranges::count_if(
        looks, [&](const Look& look) { return look.outcome.status == status; });
    if (count == 0) continue;
    out += std::string(separator) + std::to_string(count) + " " + std::string(name_of(status));
    separator = ", ";
  }
  return out;
}

std::string render_text(const std::vector<Look>& looks, const std::vector<std::string>& notes,
                        bool colours) {
  std::size_t name_width = 4;
  std::size_t kind_width = 4;
  for (const Look& look : looks) {
    name_width = std::max(name_width, width_of(printable(look.config.name, kMaxName)));
    kind_width = std::max(kind_width, width_of(printable(look.config.kind, kMaxName)));
  }
  static constexpr std::size_t kStatusWidth = 8;
  const std::string indent(kStatusWidth + 2, ' ');
  std::string out = pad_right("STATUS", kStatusWidth + 2) + pad_right("NAME", name_width + 2) +
                    pad_right("KIND", kind_width + 2) + "TOOK\n";
  for (const Look& look : looks) {
    const Status status = look.outcome.status;
    out += coloured(pad_right(std::string(name_of(status)), kStatusWidth), status, colours) + "  ";
    out += pad_right(printable(look.config.name, kMaxName), name_width + 2);
    out += pad_right(printable(look.config.kind, kMaxName), kind_width + 2);
    out += render_duration(look.outcome.took()) + "\n";
    for (const Sentence& sentence : sentences_of(look))
      out += indent +
             coloured(sentence.text, sentence.status, colours && sentence.status != Status::ok) +
             "\n";
  }
  out += "\n" + summary_of(looks) + "\n";
  for (const std::string& note : notes) out += "note: " + printable(note, kMaxSentence) + "\n";
  return out;
}

std::string render_markdown(const std::vector<Look>& looks, const std::vector<std::string>& notes) {
  std::string out = "| status | check | kind | took | what |\n| --- | --- | --- | --- | --- |\n";
  for (const Look& look : looks) {
    std::string what;
    for (const Sentence& sentence : sentences_of(look))
      what += (what.empty() ? "" : "<br>") + escape_markdown(sentence.text);
    out += "| " + std::string(name_of(look.outcome.status)) + " | " +
           escape_markdown(printable(look.config.name, kMaxName)) + " | " +
           escape_markdown(printable(look.config.kind, kMaxName)) + " | " +
           render_duration(look.outcome.took()) + " | " + what + " |\n";
  }
  out += "\n" + summary_of(looks) + "\n";
  for (const std::string& note : notes)
    out += "\nNote: " + escape_markdown(printable(note, kMaxSentence)) + "\n";
  return out;
}

std::string render_nagios(const std::vector<Look>& looks) {
  const Status worst = worst_of(looks);
  std::string out = "HOLDFAST " + upper(name_of(worst)) + " - " + summary_of(looks);
  if (worst != Status::ok)
    out += "; " + std::string(name_of(worst)) + ": " + join_names(looks, worst);
  std::string data;
  for (const Look& look : looks) {
    std::array<char, 64> took{};
    std::snprintf(took.data(), took.size(), "%.6fs;;;0;%.3f", seconds(look.outcome.took()),
                  seconds(look.config.timeout));
    data += " '" + printable(look.config.name, kMaxName) + "'=" + took.data();
  }
  out = escape_nagios(std::move(out)) + " |" + data + "\n";
  for (const Look& look : looks)
    for (const Sentence& sentence : sentences_of(look))
      if (sentence.status != Status::ok)
        out += escape_nagios(printable(look.config.name, kMaxName) + ": " + sentence.text) + "\n";
  return out;
}

}  // namespace holdfast
