// SPDX-License-Identifier: Apache-2.0
// Until log.cpp and exposition.cpp land: weak, so that the real ones take their place. Then it
// goes.
#include "exporter/log.h"
#include "exporter/metrics/exposition.h"
namespace holdfast {
__attribute__((weak)) void log(LogLevel, std::string_view, std::initializer_list<LogField>) {}
__attribute__((weak)) PageFormat negotiate_format(std::string_view a) {
  return a.find("openmetrics") != a.npos ? PageFormat::openmetrics : PageFormat::text;
}
__attribute__((weak)) bool accepts_gzip(std::string_view a) { return a.find("gzip") != a.npos; }
__attribute__((weak)) std::string_view content_type(PageFormat f) {
  return f == PageFormat::text ? "text/plain; version=0.0.4; charset=utf-8"
                               : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}
}  // namespace holdfast
