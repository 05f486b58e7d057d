// SPDX-License-Identifier: Apache-2.0
// What changed since the stretch before, what will happen soon, and what a reader has to know of
// the evidence itself: one sentence each.
#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "exporter/report/build.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

/// Latency moves by itself; a fifth and a millisecond more is worth a sentence.
constexpr double kLatencyShare = 0.2;
constexpr double kLatencyLeast = 0.001;
/// Shorter gaps and losses of coverage are restarts and single missed looks.
constexpr double kCoverageStep = 0.005;
constexpr Duration kDay = std::chrono::hours(24);

// An incident has a record for each level that it reached: the critical ones lie within that of
// the warning.
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

void render_incidents(const CheckEvidence& evidence, Span range, Span before,
                      std::vector<std::string>& out) {
  const std::size_t now = count_incidents(evidence, range) + evidence.incidents_left_out;
  const std::size_t then = count_incidents(evidence, before);
  if (now == then) return;
  out.push_back(shown_name(evidence.check) + " had " +
                render_count(static_cast<double>(now), "incident") + ", and " +
                std::to_string(then) + " before.");
}

void render_latency(const CheckResult& now, const CheckResult& then,
                    std::vector<std::string>& out) {
  const auto p95 = now.latency.quantile(0.95);
  const auto before = then.latency.quantile(0.95);
  if (!p95 || !before) return;
  const double moved = std::fabs(*p95 - *before);
  if (moved < kLatencyLeast || moved < kLatencyShare * *before) return;
  out.push_back(shown_name(now.check) + " is " + (*p95 > *before ? "slower" : "faster") +
                ": p95 was " + render_value(*before, Unit::seconds) + ", now " +
                render_value(*p95, Unit::seconds) + ".");
}

/// A restart or a night without power is seen in every check alike: one sentence for all of them.
void render_coverage(const std::vector<CheckResult>& now, const std::vector<CheckResult>& then,
                     std::vector<std::string>& out) {
  std::map<std::string, std::string> names;  // Of the checks, by what is said of them.
  for (std::size_t i = 0; i < now.size(); ++i) {
    const double seen = now[i].coverage;
    const double before = then[i].coverage;
    if (before <= 0 && seen > 0) {
      out.push_back(shown_name(now[i].check) + " was not seen before; it is watched now.");
    } else if (std::fabs(seen - before) >= kCoverageStep) {
      std::string& list = names[" " + render_share(seen) + " of the time was seen, and " +
                                render_share(before) + " before."];
      list += (list.empty() ? "Of " : ", ") + shown_name(now[i].check);
    }
  }
  for (const auto& [said, list] : names) out.push_back(list + said);
}

/// What a sample says of the next day; empty: nothing.
std::string render_expiry(const std::string& check, const Expiry& expiry, const Sample& sample,
                          WallTime now, const std::string& zone) {
  if (!expiry.metric.ends_with("_timestamp_seconds")) {
    if (sample.value <= 0) return {};
    return shown_name(check) + ": " + render_count(sample.value, expiry.noun) +
           " will expire within 24 hours.";
  }
  const WallTime at =
      WallTime{} + std::chrono::duration_cast<WallTime::duration>(from_seconds(sample.value));
  if (at > now + kDay) return {};
  const std::string item = shown_name(label_of(sample, expiry.label));
  return shown_name(check) + ": the " + item + (item.empty() ? "" : " ") +
         std::string(expiry.noun) + (at <= now ? " expired on " : " will expire on ") +
         render_full(at, zone) + ".";
}

void render_expiries(const CheckNow& check, WallTime now, const std::string& zone,
                     std::vector<std::string>& out) {
  const auto expiries =
      check.kind != nullptr ? std::span(check.kind->expiries) : std::span<const Expiry>();
  for (const Sample& sample : check.samples)
    for (const Expiry& expiry : expiries) {
      if (sample.spec == nullptr || sample.spec->name != expiry.metric) continue;
      auto text = render_expiry(check.check, expiry, sample, now, zone);
      if (!text.empty()) out.push_back(std::move(text));
    }
  // Info findings announce problems, too: a certificate in 29 days, pre-keys that run low.
  for (const Finding& finding : check.findings)
    if (finding.severity == Severity::info ||
        std::ranges::find(expiries, finding.code, &Expiry::finding) != expiries.end())
      out.push_back(shown_name(check.check) + ": " + shown(finding.text));
}

}  // namespace

std::vector<std::string> bounded(std::vector<std::string> sentences, std::string_view noun) {
  if (sentences.size() <= kMaxReportSentences) return sentences;
  const std::size_t more = sentences.size() - kMaxReportSentences;
  sentences.resize(kMaxReportSentences);
  sentences.push_back(render_left_out(more, noun));
  return sentences;
}

std::vector<std::string> render_changes(const ReportSource& source, Span range) {
  const Span before{range.begin - (range.end - range.begin), range.begin};
  std::vector<std::string> out;
  for (const LimitChange& change : source.evidence.changes) {
    if (!range.contains(change.at)) continue;
    out.push_back("On " + render_time(change.at, source.zone) + " the limits of " +
                  shown(change.scope) + " were changed from \"" + shown(change.before) +
                  "\" to \"" + shown(change.after) + "\".");
  }
  std::vector<CheckResult> now;
  std::vector<CheckResult> then;
  for (const CheckEvidence& check : source.evidence.checks) {
    now.push_back(sum_up(check, source.evidence, range));
    then.push_back(sum_up(check, source.evidence, before));
  }
  render_coverage(now, then, out);
  for (std::size_t i = 0; i < now.size(); ++i) {
    // Without a day before there is nothing to compare with; that it is new was said.
    if (then[i].coverage <= 0) continue;
    render_incidents(source.evidence.checks[i], range, before, out);
    render_latency(now[i], then[i], out);
  }
  return bounded(std::move(out), "more change");
}

std::vector<std::string> render_coming(const ReportSource& source) {
  std::vector<std::string> out;
  for (const CheckNow& check : source.now_checks)
    render_expiries(check, source.now, source.zone, out);
  for (const WindowResult& window : source.windows) {
    if (window.span.begin > source.now && window.span.begin <= source.now + kDay)
      out.push_back("The window " + shown_name(window.name) + " will begin on " +
                    render_full(window.span.begin, source.zone) + ".");
    if (window.span.end > source.now && window.span.end <= source.now + kDay)
      out.push_back("The window " + shown_name(window.name) + " will end on " +
                    render_full(window.span.end, source.zone) + ".");
  }
  return bounded(std::move(out), "more thing");
}

std::vector<std::string> render_notes(const ReportSource& source, Span range) {
  const Evidence& evidence = source.evidence;
  std::vector<std::string> out;
  for (const Gap& gap : evidence.gaps) {
    if (gap.span.end <= range.begin || gap.span.begin >= range.end) continue;
    static constexpr std::string_view kWhy[]{"the host was down", "Holdfast was killed",
                                             "Holdfast was stopped", "the host was suspended",
                                             "the clock was set"};
    out.push_back("Nobody looked from " + render_span(gap.span, source.zone) + " (" +
                  render_duration(gap.span.length()) +
                  "): " + std::string(kWhy[static_cast<std::size_t>(gap.cause)]) + ".");
  }
  for (const Maintenance& stretch : evidence.maintenance) {
    if (stretch.span.end <= range.begin || stretch.span.begin >= range.end) continue;
    std::string text = "Maintenance was declared from " + render_span(stretch.span, source.zone) +
                       " by " + shown_name(stretch.who);
    if (!stretch.reason.empty()) text += ": " + shown(stretch.reason);
    if (!text.ends_with('.')) text += ".";
    if (stretch.declared > stretch.span.begin)
      text += " It counts only from " + render_time(stretch.declared, source.zone) +
              ", when it was said.";
    out.push_back(std::move(text));
  }
  return bounded(std::move(out), "more note");
}

}  // namespace holdfast
