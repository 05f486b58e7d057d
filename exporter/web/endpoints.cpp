// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/endpoints.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "checks/support/text/columns.h"
#include "exporter/report/words.h"
#include "exporter/system/heartbeat.h"
#include "exporter/web/status_json.h"
#include "exporter/web/status_page.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

/// For callers of /probe that send no scrape timeout: Prometheus' default.
constexpr double kDefaultScrapeSeconds = 10;
constexpr double kMaxScrapeSeconds = 120;
/// The response must arrive before the scraper gives up (as in blackbox_exporter).
constexpr double kScrapeMarginSeconds = 0.5;
constexpr double kMinProbeSeconds = 0.1;

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// A page that clients keep and ask for again with its ETag: 304 when they have it, or 200 with a
/// body to be filled in.
PageResponse tagged_page(const PageRequest& request, std::string_view type,
                         const std::string& tag) {
  const auto known = request.header("if-none-match");
  const bool is_known = known == "*" || known.find(tag) != std::string_view::npos;
  return make_page(is_known ? 304 : 200, type, "", {{"ETag", tag}, {"Cache-Control", "no-cache"}});
}

PageResponse method_not_allowed(const std::string& allowed) {
  return text_page(405, "Method not allowed. Allowed: " + allowed + ".", {{"Allow", allowed}});
}

PageResponse not_found() {
  return text_page(404,
                   "Not found. Endpoints: /, /metrics, /probe?check=NAME, /api/v1/status, "
                   "/-/healthy, /-/ready.");
}

double seconds_to_wait(const PageRequest& request) {
  double asked = kDefaultScrapeSeconds;
  const auto header = request.header("x-prometheus-scrape-timeout-seconds");
  double value = 0;
  const auto [end, code] = std::from_chars(header.data(), header.data() + header.size(), value);
  if (code == std::errc{} && end == header.data() + header.size() && value > 0) {
    asked = std::min(value, kMaxScrapeSeconds);
  }
  return std::max(asked - kScrapeMarginSeconds, kMinProbeSeconds);
}

/// The response when no run could be awaited. A run that itself failed is not such a case.
PageResponse probe_error(const std::string& check, const Error& error) {
  const auto name = printable(check);
  switch (error.reason) {
    case Reason::missing:
      return text_page(404, "No check named \"" + name + "\" is configured.");
    case Reason::busy:
      return text_page(503, "Too many probes are waiting already; retry shortly.",
                       {{"Retry-After", "5"}});
    case Reason::stopped:
      return text_page(503, "Holdfast is stopping.");
    default:
      return text_page(503, "The check \"" + name + "\" could not be run.");
  }
}

}  // namespace

PageResponse Endpoints::answer(const PageRequest& request) {
  if (request.path == "/-/reload") return reload(request);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const auto page = [&](auto make) { return reads ? make() : method_not_allowed("GET, HEAD"); };
  if (request.path == "/metrics") return page([&] { return metrics(request); });
  if (request.path == "/probe") return page([&] { return probe(request); });
  if (request.path == "/api/v1/status") return page([&] { return status(request); });
  if (request.path == "/-/healthy") return page([&] { return healthy(); });
  if (request.path == "/-/ready") return page([&] { return ready(); });
  if (request.path == "/") return page([&] { return status_page(request); });
  auto asset = status_asset(request.path);
  return asset.status == 404 ? not_found() : page([&] { return std::move(asset); });
}

PageResponse Endpoints::metrics(const PageRequest& request) {
  const auto format = negotiate_format(request.header("accept"));
  const bool gzip = accepts_gzip(request.header("accept-encoding"));
  PageResponse page{200,
                    std::string(content_type(format)),
                    dependencies_.exposition.page(format, gzip),
                    {{"Vary", "Accept, Accept-Encoding"}}};
  if (gzip) page.headers.emplace_back("Content-Encoding", "gzip");
  return page;
}

PageResponse Endpoints::probe(const PageRequest& request) {
  if (request.query.count("check") != 1) {
    return text_page(400, "Exactly one check parameter is required: /probe?check=NAME.");
  }
  const auto& check = request.query.find("check")->second;
  const auto started = std::chrono::steady_clock::now();
  const Deadline deadline(from_seconds(seconds_to_wait(request)), &dependencies_.stop);
  const auto outcome = dependencies_.scheduler.probe(check, deadline);
  // A timeout is probe_success 0 and not an HTTP error: Prometheus would drop the page, and the
  // failure with it.
  const bool timed_out = !outcome && outcome.error().reason == Reason::timed_out;
  if (!outcome && !timed_out) return probe_error(check, outcome.error());
  const bool success = outcome && !outcome->reading.failure;
  const auto took =
      outcome ? outcome->took() : Duration(std::chrono::steady_clock::now() - started);
  const auto format = negotiate_format(request.header("accept"));
  return make_page(200, content_type(format),
                   dependencies_.exposition.probe_page(check, format, success, took),
                   {{"Vary", "Accept"}, {"Cache-Control", "no-store"}});
}

std::shared_ptr<const ReportSource> Endpoints::overview() const {
  static const auto kNothing = std::make_shared<const ReportSource>();
  return dependencies_.overview ? dependencies_.overview() : kNothing;
}

/// With the start of the daemon, so that ETags of the last one do not match.
std::string Endpoints::tag_of(const std::string& version) const {
  const auto since = std::chrono::duration_cast<milliseconds>(started_.time_since_epoch());
  return '"' + std::to_string(since.count()) + '-' + version + '"';
}

PageResponse Endpoints::status(const PageRequest& request) {
  const auto generation = dependencies_.store.generation();
  const auto shown = overview();
  const Evidence& evidence = shown->evidence;
  const auto history = history_findings(evidence.problems, evidence.range, shown->zone);
  // Windows are evaluated without a change of the status store.
  WallTime judged{};
  for (const WindowResult& window : shown->windows) judged = std::max(judged, window.judged_at);
  const auto tag =
      tag_of(std::to_string(generation) + '-' + std::to_string(judged.time_since_epoch().count()) +
             '-' + std::to_string(history.size()));
  auto page = tagged_page(request, "application/json", tag);
  if (page.status == 200)
    page.body = std::make_shared<const std::string>(render_status_json(
        dependencies_.store.view(), shown->windows, started_, evidence.replayed_until, history));
  return page;
}

PageResponse Endpoints::healthy() const {
  const auto age = std::chrono::steady_clock::now() - dependencies_.scheduler.heartbeat();
  if (age < kSchedulerStalledAfter) return text_page(200, "Holdfast is healthy.");
  return text_page(503, "The scheduler has made no progress for " + render_duration(age) +
                            " (limit: " + render_duration(kSchedulerStalledAfter) + ").");
}

PageResponse Endpoints::ready() const {
  if (dependencies_.scheduler.ready()) return text_page(200, "Every check has run.");
  return text_page(503, "Not every check has run yet.");
}

PageResponse Endpoints::reload(const PageRequest& request) {
  if (!enable_lifecycle_) {
    return text_page(403, "Reloading over HTTP is disabled; --web.enable-lifecycle enables it.");
  }
  if (request.method != "POST" && request.method != "PUT") return method_not_allowed("POST, PUT");
  // A page of another site may send a POST here, but browsers then set this header.
  const auto site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") {
    return text_page(403, "Cross-site requests may not reload the configuration.");
  }
  if (dependencies_.reload && dependencies_.reload())
    return text_page(200, "The new configuration is loaded.");
  return text_page(500,
                   "The new configuration has errors; the previous one stays active. See the log.");
}

PageResponse Endpoints::status_page(const PageRequest& request) {
  const auto shown = overview();
  const std::tuple state{dependencies_.store.generation(), shown, dependencies_.scheduler.ready()};
  const std::lock_guard lock(mutex_);
  if (!rendered_ || state != rendered_of_) {
    auto body = std::make_shared<const std::string>(
        render_status_page({dependencies_.store.view(), *shown, std::get<bool>(state)}));
    // Most readings do not change the page: then the ETag stays.
    if (!rendered_ || *body != *rendered_) {
      rendered_ = std::move(body);
      ++version_;
    }
    rendered_of_ = state;
  }
  const auto tag = tag_of('p' + std::to_string(version_));
  auto page = tagged_page(request, "text/html; charset=utf-8", tag);
  page.headers.emplace_back("Content-Security-Policy", kPolicy);
  page.headers.emplace_back("Referrer-Policy", "no-referrer");
  if (page.status == 200) page.body = rendered_;
  return page;
}

}  // namespace holdfast
