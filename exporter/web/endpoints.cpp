// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/endpoints.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "exporter/report/words.h"
#include "exporter/system/heartbeat.h"
#include "exporter/text.h"
#include "exporter/web/status_json.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

/// What a caller of /probe gets who does not say how long it waits: Prometheus' own default.
constexpr double kDefaultScrapeSeconds = 10;
constexpr double kMaxScrapeSeconds = 120;
/// The reply must be back before the scraper gives up (as blackbox_exporter does it).
constexpr double kScrapeMarginSeconds = 0.5;
constexpr double kMinProbeSeconds = 0.1;

PageResponse method_not_allowed(const std::string& allowed) {
  auto page = text_page(405, "This address answers " + allowed + " only.");
  page.headers.emplace_back("Allow", allowed);
  return page;
}

PageResponse not_found() {
  return text_page(404,
                   "There is nothing at this address. Try /, /metrics, /probe?check=NAME, "
                   "/api/v1/status, /-/healthy or /-/ready.");
}

double seconds_to_wait(const PageRequest& request) {
  double asked = kDefaultScrapeSeconds;
  const auto header = request.header("x-prometheus-scrape-timeout-seconds");
  double value = 0;
  const auto [end, fault] = std::from_chars(header.data(), header.data() + header.size(), value);
  if (fault == std::errc{} && end == header.data() + header.size() && value > 0) {
    asked = std::min(value, kMaxScrapeSeconds);
  }
  return std::max(asked - kScrapeMarginSeconds, kMinProbeSeconds);
}

/// What a failed wait for a run means to the caller. A run that itself failed is no such thing.
PageResponse probe_refused(const std::string& check, const Error& error) {
  const auto name = printable(check);
  switch (error.reason) {
    case Reason::missing:
      return text_page(404, "There is no check called \"" + name + "\" in the configuration.");
    case Reason::busy: {
      auto page = text_page(503, "Too many callers wait for checks already; ask again shortly.");
      page.headers.emplace_back("Retry-After", "5");
      return page;
    }
    case Reason::stopped:
      return text_page(503, "Holdfast is stopping.");
    default:
      return text_page(503, "The check \"" + name + "\" could not be run.");
  }
}

}  // namespace

Endpoints::Endpoints(const WebDependencies& dependencies, bool enable_lifecycle)
    : dependencies_(dependencies),
      enable_lifecycle_(enable_lifecycle),
      status_page_(dependencies_.store, dependencies_.overview) {}

bool Endpoints::is_open(std::string_view path) { return path == "/-/healthy"; }

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
  PageResponse page;
  page.content_type = content_type(format);
  page.body = dependencies_.exposition.page(format, gzip);
  page.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  if (gzip) page.headers.emplace_back("Content-Encoding", "gzip");
  return page;
}

PageResponse Endpoints::probe(const PageRequest& request) {
  if (request.query.count("check") != 1) {
    return text_page(400, "Say once which check to run: /probe?check=NAME.");
  }
  const auto& check = request.query.find("check")->second;
  const auto started = std::chrono::steady_clock::now();
  const Deadline deadline(from_seconds(seconds_to_wait(request)), &dependencies_.stop);
  const auto outcome = dependencies_.scheduler.probe(check, deadline);
  // A caller that waited in vain gets what is known with probe_success 0, and not an HTTP error:
  // Prometheus would drop the page, and the failure with it.
  const bool in_vain = !outcome && outcome.error().reason == Reason::timed_out;
  if (!outcome && !in_vain) return probe_refused(check, outcome.error());
  const bool success = outcome && !outcome->reading.failure;
  const auto took =
      outcome ? outcome->took() : Duration(std::chrono::steady_clock::now() - started);
  const auto format = negotiate_format(request.header("accept"));
  PageResponse page;
  page.content_type = content_type(format);
  page.body = std::make_shared<const std::string>(
      dependencies_.exposition.probe_page(check, format, success, took));
  page.headers.emplace_back("Vary", "Accept");
  page.headers.emplace_back("Cache-Control", "no-store");
  return page;
}

std::string Endpoints::life() const {
  const auto since = std::chrono::duration_cast<milliseconds>(started_.time_since_epoch());
  return std::to_string(since.count());
}

PageResponse Endpoints::status(const PageRequest& request) {
  const auto generation = dependencies_.store.generation();
  static const std::vector<WindowResult> kNone;
  const auto overview = dependencies_.overview ? dependencies_.overview() : nullptr;
  const auto& windows = overview ? overview->windows : kNone;
  std::vector<Finding> history;
  if (overview)
    history =
        history_findings(overview->evidence.trouble, overview->evidence.range, overview->zone);
  // Windows are judged anew without a change of the board.
  WallTime judged{};
  for (const WindowResult& window : windows) judged = std::max(judged, window.judged_at);
  const auto tag = '"' + life() + '-' + std::to_string(generation) + '-' +
                   std::to_string(judged.time_since_epoch().count()) + '-' +
                   std::to_string(history.size()) + '"';
  PageResponse page;
  page.content_type = "application/json";
  page.headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}};
  const auto known = request.header("if-none-match");
  if (known == "*" || known.find(tag) != std::string_view::npos) {
    page.status = 304;
    page.body = std::make_shared<const std::string>();
    return page;
  }
  page.body = std::make_shared<const std::string>(
      render_status_json(dependencies_.store.view(), windows, started_,
                         overview ? overview->evidence.replayed_until : std::nullopt, history));
  return page;
}

PageResponse Endpoints::healthy() const {
  const auto age = std::chrono::steady_clock::now() - dependencies_.scheduler.heartbeat();
  if (age < kHeartFor) return text_page(200, "Holdfast is healthy.");
  const double stood = seconds(std::chrono::duration_cast<Duration>(age));
  return text_page(503, "The scheduler has not turned for " + render_value(stood, Unit::seconds) +
                            ", the limit is 10 s.");
}

PageResponse Endpoints::ready() const {
  if (dependencies_.scheduler.ready()) return text_page(200, "Every check has run.");
  return text_page(503, "Not every check has run yet.");
}

PageResponse Endpoints::reload(const PageRequest& request) {
  if (!enable_lifecycle_) {
    return text_page(403, "Reloading over HTTP is off; --web.enable-lifecycle turns it on.");
  }
  if (request.method != "POST" && request.method != "PUT") return method_not_allowed("POST, PUT");
  // A page in somebody's browser may send a POST here; it cannot send one without saying so.
  const auto site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") {
    return text_page(403, "Another site may not reload the configuration.");
  }
  if (dependencies_.reload && dependencies_.reload())
    return text_page(200, "The new configuration is in use.");
  return text_page(500, "The new configuration has faults, so the old one stays: see the log.");
}

PageResponse Endpoints::status_page(const PageRequest& request) {
  return status_page_.page(life(), dependencies_.scheduler.ready(),
                           request.header("if-none-match"));
}

}  // namespace holdfast
