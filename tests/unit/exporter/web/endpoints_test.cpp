// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/web/site.h"

using namespace holdfast;
using web_test::Client;
using web_test::Site;

namespace {

constexpr std::string_view kOpenMetrics = "Accept: application/openmetrics-text; version=1.0.0\r\n";

CheckView some_view() {
  CheckView view;
  view.name = "services";
  view.kind = "pm2";
  view.raw = Status::critical;
  view.confirmed = Status::warning;
  view.fresh = true;
  view.runs = 7;
  view.since = std::chrono::system_clock::from_time_t(1'700'000'000);
  view.findings.push_back({"pm2_process_stopped", Severity::critical, "<script>alert(1)</script>",
                           "<script>alert(1)</script> & \"friends\" are stopped"});
  return view;
}

}  // namespace

TEST_CASE("metrics come in the format that was asked for, with their exact type") {
  Site site;
  const auto text = site.get("/metrics");
  CHECK(text.status == 200);
  CHECK(text.body == "holdfast_check_status 1\n");
  CHECK(text.header("Content-Type") == content_type(PageFormat::text));
  CHECK(text.header("Vary") == "Accept, Accept-Encoding");
  CHECK(text.header("Content-Encoding").empty());
  const auto open = site.get("/metrics", kOpenMetrics);
  CHECK(open.body == "# EOF\n");
  CHECK(open.header("Content-Type") == content_type(PageFormat::openmetrics));
}

TEST_CASE("a gzip page is sent as it is, and compressed once only") {
  Site site;
  const auto page = site.get("/metrics", "Accept-Encoding: br, gzip\r\n");
  CHECK(page.status == 200);
  CHECK(page.header("Content-Encoding") == "gzip");
  CHECK(page.count("Content-Encoding") == 1);
  CHECK(page.body == "\x1f\x8b squeezed");
}

TEST_CASE("a Range header is ignored for /metrics") {
  Site site;
  const auto page = site.get("/metrics", "Range: bytes=0-3\r\n");
  CHECK(page.status == 200);
  CHECK(page.body == "holdfast_check_status 1\n");
}

TEST_CASE("HEAD has the head of GET and no body") {
  Site site;
  Client client(site.port());
  const auto head = client.get("/metrics", {}, "HEAD");
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == "24");
  // Were there a body, the next response would not begin where it does.
  CHECK(client.get("/-/healthy").status == 200);
}

TEST_CASE("every page refuses what a browser might be talked into") {
  Site site;
  for (const auto* path : {"/", "/metrics", "/api/v1/status", "/-/healthy", "/none"}) {
    CAPTURE(path);
    const auto page = site.get(path);
    CHECK(page.header("X-Content-Type-Options") == "nosniff");
    CHECK(page.header("X-Frame-Options") == "DENY");
    CHECK(page.header("Server") == "holdfast");
  }
}

TEST_CASE("an unknown address is a 404 that says what there is, other methods are refused") {
  Site site;
  const auto none = site.get("/metric");
  CHECK(none.status == 404);
  CHECK(none.body.find("/metrics") != std::string::npos);
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    CAPTURE(method);
    const auto refused = site.get("/metrics", {}, method);
    CHECK(refused.status == 405);
    CHECK(refused.header("Allow") == "GET, HEAD");
  }
}

TEST_CASE("a probe runs the check and says how it went") {
  Site site;
  const auto good = site.get("/probe?check=timeweb");
  CHECK(good.status == 200);
  CHECK(good.body == "# timeweb\nprobe_success 1\n");
  CHECK(good.header("Content-Type") == content_type(PageFormat::text));
  site.scheduler.outcome.reading.failure = Error{Reason::refused, "tcp", "", ""};
  CHECK(site.get("/probe?check=timeweb").body == "# timeweb\nprobe_success 0\n");
}

TEST_CASE("a probe ends half a second before the scraper gives up") {
  Site site;
  const auto ask = [&](std::string_view header) {
    CHECK(site.get("/probe?check=timeweb", header).status == 200);
    return site.scheduler.asked_seconds.load();
  };
  // What remains when the scheduler is asked: never more than the answer, and not a second less.
  CHECK(ask("X-Prometheus-Scrape-Timeout-Seconds: 25\r\n") == doctest::Approx(24).epsilon(0.03));
  CHECK(ask("X-Prometheus-Scrape-Timeout-Seconds: 1e9\r\n") <= 119.5);
  CHECK(ask("X-Prometheus-Scrape-Timeout-Seconds: -1\r\n") <= 9.5);
  CHECK(ask("X-Prometheus-Scrape-Timeout-Seconds: nan\r\n") <= 9.5);
  CHECK(ask("X-Prometheus-Scrape-Timeout-Seconds: 0.1\r\n") <= 0.1);
}

TEST_CASE("a probe whose caller has no more time says probe_success 0") {
  Site site;
  site.scheduler.hold = true;
  const auto page =
      site.get("/probe?check=timeweb", "X-Prometheus-Scrape-Timeout-Seconds: 0.6\r\n");
  CHECK(page.status == 200);
  CHECK(page.body == "# timeweb\nprobe_success 0\n");
}

TEST_CASE("a probe without a check, with two, or of an unknown one is the caller's mistake") {
  Site site;
  CHECK(site.get("/probe").status == 400);
  CHECK(site.get("/probe?check=timeweb&check=other").status == 400);
  const auto unknown = site.get("/probe?check=postgres://user:pw@host/db");
  CHECK(unknown.status == 404);
  CHECK(unknown.header("Content-Type") == "text/plain; charset=utf-8");
}

TEST_CASE("a probe is turned away while too many wait") {
  Site site;
  site.scheduler.failure = Error{Reason::busy, "", "", ""};
  const auto busy = site.get("/probe?check=timeweb");
  CHECK(busy.status == 503);
  CHECK_FALSE(busy.header("Retry-After").empty());
}

TEST_CASE("healthy depends on the scheduler and not on the HTTP server") {
  Site site;
  CHECK(site.get("/-/healthy").status == 200);
  site.scheduler.since_heartbeat = std::chrono::seconds(11);
  const auto dead = site.get("/-/healthy");
  CHECK(dead.status == 503);
  CHECK(dead.body == "The scheduler has made no progress for 11 s (limit: 10 s).\n");
}

TEST_CASE("ready waits for every check") {
  Site site;
  site.scheduler.is_ready = false;
  CHECK(site.get("/-/ready").status == 503);
  site.scheduler.is_ready = true;
  CHECK(site.get("/-/ready").status == 200);
}

TEST_CASE("reload is off unless asked for, wants POST, and says how it went") {
  Site closed;
  CHECK(closed.get("/-/reload", "Content-Length: 0\r\n", "POST").status == 403);
  CHECK(closed.reloads == 0);

  WebOptions options;
  options.enable_lifecycle = true;
  Site site(options);
  const auto get = site.get("/-/reload");
  CHECK(get.status == 405);
  CHECK(get.header("Allow") == "POST, PUT");
  CHECK(site.get("/-/reload", "Sec-Fetch-Site: cross-site\r\n", "POST").status == 403);
  CHECK(site.reloads == 0);
  CHECK(site.get("/-/reload", {}, "POST").status == 200);
  site.reload_works = false;
  CHECK(site.get("/-/reload", {}, "POST").status == 500);
  CHECK(site.reloads == 2);
}

TEST_CASE("the status is JSON that is not sent again while nothing changes") {
  Site site;
  site.store.checks = {some_view()};
  const auto first = site.get("/api/v1/status");
  CHECK(first.status == 200);
  CHECK(first.header("Content-Type") == "application/json");
  for (const auto* part : {R"("name":"services")", R"("status":"warning")",
                           R"("raw_status":"critical")", R"("since":"2023-11-14T22:13:20.000Z")",
                           R"("code":"pm2_process_stopped")", R"("version":)"}) {
    CAPTURE(part);
    CHECK(first.body.find(part) != std::string::npos);
  }
  const auto tag = "If-None-Match: " + first.header("ETag") + "\r\n";
  const auto same = site.get("/api/v1/status", tag);
  CHECK(same.status == 304);
  CHECK(same.count("Content-Length") == 0);
  ++site.store.grown;
  CHECK(site.get("/api/v1/status", tag).status == 200);
}

TEST_CASE("long lists and broken texts stay bounded and valid in the status") {
  Site site;
  auto view = some_view();
  view.notes.assign(150, "note");
  view.findings.front().subject = std::string(10'000, 'x');
  view.findings.front().text = "broken \xff\xfe \n bytes";
  site.store.checks = {view};
  const auto page = site.get("/api/v1/status");
  CHECK(page.body.find(R"("notes_left_out":50)") != std::string::npos);
  CHECK(page.body.size() < 10'000);
  CHECK(page.body.find('\xff') == std::string::npos);
}

TEST_CASE("a process called <script> shows as that on the status page") {
  Site site;
  site.store.checks = {some_view()};
  const auto page = site.get("/");
  CHECK(page.status == 200);
  CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.header("Content-Security-Policy").find("default-src 'none'") == 0);
  CHECK(page.header("Content-Security-Policy").find("unsafe") == std::string::npos);
  CHECK(page.body.find("<script>") == std::string::npos);
  CHECK(page.body.find("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;friends&quot;") !=
        std::string::npos);
}

TEST_CASE("the files of the status page have their types, and any other path is 404") {
  Site site;
  CHECK(site.get("/style.css").header("Content-Type") == "text/css; charset=utf-8");
  CHECK(site.get("/status.js").header("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(site.get("/icon.svg").header("Content-Type") == "image/svg+xml");
  CHECK(site.get("/status.js", {}, "POST").status == 405);
  CHECK(site.get("/other.js").status == 404);
}

TEST_CASE("the status page is not sent again while nothing that it shows changes") {
  Site site;
  site.store.checks = {some_view()};
  const auto first = site.get("/");
  const auto tag = "If-None-Match: " + first.header("ETag") + "\r\n";
  CHECK(site.get("/", tag).status == 304);
  ++site.store.grown;  // A reading like the one before.
  CHECK(site.get("/", tag).status == 304);
  site.store.checks[0].findings.clear();
  ++site.store.grown;
  const auto second = site.get("/", tag);
  CHECK(second.status == 200);
  CHECK(second.header("ETag") != first.header("ETag"));
}
