// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/serializers.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <locale>
#include <ostream>
#include <sstream>

#include "checks/support/text/escape.h"

namespace holdfast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

constexpr std::string_view kTotal = "_total";
// As prometheus-cpp: another precision would make the two formats differ.
constexpr int kDigits = std::numeric_limits<double>::max_digits10 - 1;

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.begin(), text.end(), value, std::chars_format::general, kDigits).ptr;
  return {text.begin(), end};
}

// Canonical form of OpenMetrics: integral bounds are written as "1.0".
std::string bound_text(double bound) {
  std::string text = number(bound);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

// prometheus-cpp writes integral bounds as "1". Bounds are label values, so two spellings are two
// series, and a change of format would break every histogram. Quotes in values are escaped, so a
// match here is a label name.
std::string with_canonical_bounds(const std::string& page) {
  constexpr std::string_view kBound = "le=\"";
  std::string out;
  out.reserve(page.size() + page.size() / 64);
  std::size_t done = 0;
  for (auto at = page.find(kBound); at != std::string::npos; at = page.find(kBound, at + 1)) {
    const std::size_t begin = at + kBound.size();
    const std::size_t end = page.find('"', begin);
    const bool is_label = at > 0 && (page[at - 1] == '{' || page[at - 1] == ',');
    double bound = 0;
    const auto parsed = std::from_chars(page.data() + begin, page.data() + end, bound);
    if (!is_label || parsed.ec != std::errc{} || !std::isfinite(bound)) continue;
    out.append(page, done, begin - done).append(bound_text(bound));
    done = end;
  }
  return out.append(page, done, std::string::npos);
}

class OpenMetricsSerializer : public prometheus::Serializer {
 public:
  using Serializer::Serialize;
  void Serialize(std::ostream& out, const Families& families) const override {
    for (const MetricFamily& family : families) write_family(out, family);
  }

 private:
  static void write_family(std::ostream& out, const MetricFamily& family) {
    std::string name = family.name;
    const bool is_counter = family.type == prometheus::MetricType::Counter;
    if (is_counter && name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
    const bool is_histogram = family.type == prometheus::MetricType::Histogram;
    out << "# TYPE " << name
        << (is_counter     ? " counter\n"
            : is_histogram ? " histogram\n"
                           : " gauge\n");
    for (const std::string_view unit : {"seconds", "bytes", "ratio"}) {
      if (name.ends_with("_" + std::string(unit))) {
        out << "# UNIT " << name << ' ' << unit << '\n';
      }
    }
    // Backslashes and line feeds are escaped already.
    out << "# HELP " << name << ' ' << replace_all(family.help, '"', "\\\"") << '\n';
    for (const ClientMetric& metric : family.metric) {
      if (is_histogram) {
        write_histogram(out, name, metric);
      } else {
        const double value = is_counter ? metric.counter.value : metric.gauge.value;
        write_sample(out, name, is_counter ? kTotal : "", metric.label, "", number(value));
      }
    }
  }

  static void write_histogram(std::ostream& out, const std::string& name,
                              const ClientMetric& metric) {
    const auto& histogram = metric.histogram;
    for (const auto& bucket : histogram.bucket) {
      write_sample(out, name, "_bucket", metric.label, bound_text(bucket.upper_bound),
                   std::to_string(bucket.cumulative_count));
    }
    write_sample(out, name, "_count", metric.label, "", std::to_string(histogram.sample_count));
    write_sample(out, name, "_sum", metric.label, "", number(histogram.sample_sum));
  }

  static void write_sample(std::ostream& out, const std::string& name, std::string_view suffix,
                           const std::vector<ClientMetric::Label>& labels, std::string_view bound,
                           const std::string& value) {
    out << name << suffix;
    char separator = '{';
    for (const auto& label : labels) {
      out << separator << label.name << "=\"" << escape_label(label.value) << '"';
      separator = ',';
    }
    if (!bound.empty()) {
      out << separator << "le=\"" << bound << '"';
      separator = ',';
    }
    if (separator == ',') out << '}';
    out << ' ' << value << '\n';
  }
};

}  // namespace

std::string serialize(const Families& families, PageFormat format) {
  // The classic locale: another one may write a decimal comma.
  std::ostringstream out;
  out.imbue(std::locale::classic());
  if (format == PageFormat::openmetrics) {
    OpenMetricsSerializer().Serialize(out, families);
    return out.str();
  }
  prometheus::TextSerializer().Serialize(out, families);
  return with_canonical_bounds(out.str());
}

std::string_view end_mark(PageFormat format) {
  return format == PageFormat::openmetrics ? "# EOF\n" : "";
}

}  // namespace holdfast
