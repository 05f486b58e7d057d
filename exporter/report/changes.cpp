// SPDX-License-Identifier: Apache-2.0
// What changed since the day before, what will happen soon, and notes on the evidence itself: one
// sentence each.
#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "exporter/report/words.h"
#include "exporter/window/check_timeline.h"

namespace holdfast {
namespace {

/// Smaller changes of p95 are noise. The second in seconds.
constexpr double kLatencyShare = 0.2;
constexpr double kLatencyLeast = 0.001;
/// Smaller changes of coverage are restarts and single missed runs.
constexpr double kCoverageStep = 0.005;

// An incident has a record for each severity it reached: the critical one lies within the warning.
bool holds(const IncidentRecord& outer, const IncidentRecord& inner) {
  if (inner.since < outer.since) return false;
  return !outer.until || (inner.until && *inner.until <= *outer.until);
}

std::size_t count_incidents(const CheckEvidence& evidence, Span range) {
  const auto is_part_of_another = [&](const IncidentRecord& incident) {
    return incident.severity == Severity::critical &&
           std::ranges::any_of(evidence.incidents, [&](const IncidentRecord& other) {
             return other.severity == Severity::warning && holds(other, incident);
           });
  };
  return static_cast<std::size_t>(
      std::ranges::count_if(evidence.incidents, [&](const IncidentRecord& incident) {
        return range.contains(incident.since) && !is_part_of_another(incident);
      }));
}

void add_incidents(const CheckEvidence& evidence, Span range, Span before,
                   std::vector<std::string>& out) {
  const std::size_t now = count_incidents(evidence, range) + evidence.incidents_left_out;
  const std::size_t then = count_incidents(evidence, before);
  if (now == then) return;
  out.push_back(shown_name(evidence.check) + ": " +
                render_count(static_cast<double>(now), "incident") +
                " (the day before: " + std::to_string(then) + ").");
}

void add_latency(const CheckResult& now, const CheckResult& then, std::vector<std::string>& out) {
  const auto p95 = now.latency.quantile(0.95);
  const auto before = then.latency.quantile(0.95);
  if (!p95 || !before) return;
  const double moved = std::fabs(*p95 - *before);
  if (moved < kLatencyLeast || moved < kLatencyShare * *before) return;
  out.push_back(shown_name(now.check) + " is " + (*p95 > *before ? "slower" : "faster") + ": p95 " +
                render_value(*p95, Unit::seconds) +
                " (the day before: " + render_value(*before, Unit::seconds) + ").");
}

/// A restart changes all checks alike: those with equal coverage share a sentence.
void add_coverage(const std::vector<CheckResult>& now, const std::vector<CheckResult>& then,
                  std::vector<std::string>& out) {
  std::map<std::string, std::string> names;  // Of the checks, by the change.
  for (std::size_t i = 0; i < now.size(); ++i) {
    const double coverage = now[i].coverage;
    const double before = then[i].coverage;
    if (before <= 0 && coverage > 0) {
      out.push_back(shown_name(now[i].check) + " is new: it has no data from the day before.");
    } else if (std::fabs(coverage - before) >= kCoverageStep) {
      std::string& list =
          names[": " + render_share(coverage) + " (the day before: " + render_share(before) + ")."];
      list += (list.empty() ? "Coverage of " : ", ") + shown_name(now[i].check);
    }
  }
  for (const auto& [change, list] : names) out.push_back(list + change);
}

/// The sentence on a sample that expires in the next day; empty: it does not.
std::string render_expiry(const std::string& check, const Expiry& expiry, const Sample& sample,
                          WallTime now, const std::string& zone) {
  if (!expiry.metric.ends_with("_timestamp_seconds")) {
    if (sample.value <= 0) return {};
    return shown_name(check) + ": " + render_count(sample.value, expiry.noun) +
           " will expire within 24 hours.";
  }
  const WallTime at = WallTime{} + from_seconds(sample.value);
  if (at > now + kDay) return {};
  const std::string item = shown_name(label_of(sample, expiry.label));
  return shown_name(check) + ": the " + item + (item.empty() ? "" : " ") +
         std::string(expiry.noun) + (at <= now ? " expired on " : " will expire on ") +
         render_full(at, zone) + ".";
}

std::span<const Expiry> expiries_of(const CheckNow& check) {
  return check.kind != nullptr ? std::span(check.kind->expiries) : std::span<const Expiry>();
}

/// At most kMaxReportSentences, then "12 more changes not shown."
std::vector<std::string> bounded(std::vector<std::string> sentences, std::string_view noun) {
  if (sentences.size() <= kMaxReportSentences) return sentences;
  const std::size_t more = sentences.size() - kMaxReportSentences;
  sentences.resize(kMaxReportSentences);
  sentences.push_back(render_left_out(more, noun));
  return sentences;
}

}  // namespace

std::vector<std::string> render_changes(const ReportSource& source, Span range) {
  const Span before{range.begin - (range.end - range.begin), range.begin};
  std::vector<std::string> out;
  for (const LimitChange& change : source.evidence.changes) {
    if (!range.contains(change.at)) continue;
    out.push_back("Limits of " + shown(change.scope) + " changed on " +
                  render_time(change.at, source.zone) + " from \"" + shown(change.before) +
                  "\" to \"" + shown(change.after) + "\".");
  }
  std::vector<CheckResult> now;
  std::vector<CheckResult> then;
  for (const CheckEvidence& check : source.evidence.checks) {
    now.push_back(sum_up(check, source.evidence, range));
    then.push_back(sum_up(check, source.evidence, before));
  }
  add_coverage(now, then, out);
  for (std::size_t i = 0; i < now.size(); ++i) {
    // A new check has nothing to compare with; add_coverage has listed it.
    if (then[i].coverage <= 0) continue;
    add_incidents(source.evidence.checks[i], range, before, out);
    add_latency(now[i], then[i], out);
  }
  return bounded(std::move(out), "more change");
}

std::vector<std::string> render_upcoming(const ReportSource& source) {
  std::vector<std::string> out;
  for (const CheckNow& check : source.now_checks)
    for (const Sample& sample : check.samples)
      for (const Expiry& expiry : expiries_of(check)) {
        if (sample.spec == nullptr || sample.spec->name != expiry.metric) continue;
        auto text = render_expiry(check.check, expiry, sample, source.now, source.zone);
        if (!text.empty()) out.push_back(std::move(text));
      }
  for (const WindowResult& window : source.windows)
    for (const auto& [at, what] : {std::pair(window.span.begin, " will begin on "),
                                   std::pair(window.span.end, " will end on ")})
      if (at > source.now && at <= source.now + kDay)
        out.push_back("Window " + shown_name(window.name) + what + render_full(at, source.zone) +
                      ".");
  return bounded(std::move(out), "more event");
}

std::vector<std::string> render_notices(const ReportSource& source) {
  std::vector<std::string> out;
  for (const CheckNow& check : source.now_checks)
    for (const Finding& finding : check.findings)
      if (finding.severity == Severity::info ||
          std::ranges::count(expiries_of(check), finding.code, &Expiry::finding) > 0)
        out.push_back(shown_name(check.check) + ": " + shown(finding.text));
  return bounded(std::move(out), "more notice");
}

std::vector<std::string> render_notes(const ReportSource& source, Span range) {
  const Evidence& evidence = source.evidence;
  std::vector<std::string> out;
  for (const Gap& gap : evidence.gaps) {
    if (gap.span.end <= range.begin || gap.span.begin >= range.end) continue;
    static constexpr std::string_view kWhy[]{"the host was down", "Holdfast was killed",
                                             "Holdfast was stopped", "the host was suspended",
                                             "the clock was changed"};
    out.push_back("No data from " + render_span(gap.span, source.zone) + " (" +
                  render_duration(gap.span.length()) +
                  "): " + std::string(kWhy[static_cast<std::size_t>(gap.cause)]) + ".");
  }
  for (const Maintenance& stretch : evidence.maintenance) {
    if (stretch.span.end <= range.begin || stretch.span.begin >= range.end) continue;
    std::string text = "Maintenance from " + render_span(stretch.span, source.zone) +
                       ", declared by " + shown_name(stretch.who);
    if (!stretch.reason.empty()) text += ": " + shown(stretch.reason);
    if (!text.ends_with('.')) text += ".";
    if (stretch.declared > stretch.span.begin)
      text += " It counts only from " + render_time(stretch.declared, source.zone) +
              ", when it was declared.";
    out.push_back(std::move(text));
  }
  return bounded(std::move(out), "more note");
}

}  // namespace holdfast
