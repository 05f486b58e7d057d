// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/delivery.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "checks/support/text/utf8.h"
#include "tests/unit/checks/support/pg/fake_session.h"
#include "tests/unit/checks/support/pg/listener.h"
#include "tests/unit/exporter/receiver.h"
#include "tests/unit/exporter/report/sources.h"
#include "tests/unit/exporter/web/certificates.h"

using namespace holdfast;
using namespace std::chrono_literals;
using holdfast::test::Guest;
using holdfast::test::Listener;
using holdfast::test::Receiver;

namespace {

constexpr const char* kToken = "4711:canary-never-to-be-seen";

/// One target due now; the stored marks live as long as the test.
struct Delivering {
  explicit Delivering(ReportTarget target) {
    reports = {{.at = 9h, .window = "", .to = {std::move(target)}}};
    note_new_reports(reports, stored, testing::report_now() - 1h);
    state = stored;
  }
  void deliver() {
    deliver_due(reports, "UTC", state,
                {.save =
                     [&](const DeliveryMarks& marks) {
                       if (can_save) stored = marks;
                       return can_save;
                     },
                 .make = [](const auto&) { return make_day_report(testing::usual_source()); },
                 .now = [&] { return now; },
                 .resolver = resolver,
                 .stop = stop});
  }

  std::vector<ReportConfig> reports;
  DeliveryMarks stored;
  DeliveryMarks state;
  bool can_save = true;
  WallTime now = testing::report_now();
  testing::NoResolver resolver;
  StopEvent stop;
};

ReportTarget webhook(const std::string& url) {
  ReportTarget out{.way = ReportTarget::Way::webhook, .url = Secret::from_value(url)};
  out.format = "json";
  return out;
}

const std::string kOk = "HTTP/1.1 204 No Content\r\n\r\n";

}  // namespace

TEST_CASE("a report reaches a webhook once, with its key and its token") {
  Receiver receiver(kOk);
  ReportTarget target = webhook(receiver.url());
  target.token = Secret::from_value(kToken);
  Delivering service(target);
  service.deliver();
  service.deliver();
  REQUIRE(receiver.requests().size() == 1);
  const std::string request = receiver.requests()[0];
  CHECK(request.starts_with("POST /hook HTTP/1.1\r\n"));
  CHECK(request.find("Idempotency-Key: ") != std::string::npos);
  CHECK(request.find(std::string("Authorization: Bearer ") + kToken) != std::string::npos);
  const auto body = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
  CHECK(body["verdict"] == "warning");
}

TEST_CASE("a response of 500 is retried after a pause with the same key") {
  Receiver receiver("HTTP/1.1 500 Oops\r\n\r\n");
  Delivering service(webhook(receiver.url()));
  service.deliver();
  service.deliver();
  CHECK(receiver.requests().size() == 1);
  service.now += 61s;
  service.deliver();
  REQUIRE(receiver.requests().size() == 2);
  const auto key_of = [](const std::string& request) {
    const auto at = request.find("Idempotency-Key: ");
    return request.substr(at, request.find("\r\n", at) - at);
  };
  CHECK(key_of(receiver.requests()[0]) == key_of(receiver.requests()[1]));
}

TEST_CASE("a redirect is not followed, so the token reaches no other host") {
  Receiver other(kOk);
  Receiver receiver("HTTP/1.1 307 Elsewhere\r\nLocation: " + other.url() + "\r\n\r\n");
  ReportTarget target = webhook(receiver.url());
  target.token = Secret::from_value(kToken);
  Delivering service(target);
  service.deliver();
  CHECK(receiver.requests().size() == 1);
  CHECK(other.requests().empty());
}

TEST_CASE("a slow receiver ends at the deadline, and no error contains a secret") {
  for (const bool drips : {false, true}) {
    CAPTURE(drips);
    const Listener listener([drips](const Guest& guest) {
      if (drips)
        guest.drip("HTTP/1.1 200 OK\r\nX: ");
      else
        guest.fall_silent();
    });
    testing::NoResolver resolver;
    const auto target = webhook("http://127.0.0.1:" + listener.port() + "/" + kToken);
    const auto sent = send_report(make_day_report(testing::usual_source()), target, "k",
                                  "2026-11-23", resolver, Deadline(300ms, nullptr));
    REQUIRE_FALSE(sent);
    CHECK(sent.error().reason == Reason::timed_out);
    CHECK(sent.error().text.find("canary") == std::string::npos);
  }
}

TEST_CASE("nothing is sent without a stored mark") {
  Receiver receiver(kOk);
  Delivering service(webhook(receiver.url()));
  service.can_save = false;
  service.deliver();
  CHECK(receiver.requests().empty());
}

TEST_CASE("a delivery interrupted by a crash is not repeated") {
  Receiver receiver(kOk);
  Delivering service(webhook(receiver.url()));
  note_attempt(plan_deliveries(service.reports, "UTC", service.state, service.now)[0],
               service.state);
  service.deliver();
  CHECK(receiver.requests().empty());
  service.now += 24h;
  service.deliver();
  CHECK(receiver.requests().size() == 1);
}

TEST_CASE("Telegram gets the text at its bot URL, truncated to the limit") {
  Receiver receiver(kOk);
  ReportTarget target{.way = ReportTarget::Way::telegram,
                      .url = Secret::from_value(receiver.url("")),
                      .token = Secret::from_value(kToken)};
  target.chat = "-100";
  target.format = "text";
  Delivering service(target);
  service.deliver();
  REQUIRE(receiver.requests().size() == 1);
  const std::string request = receiver.requests()[0];
  CHECK(request.starts_with(std::string("POST /bot") + kToken + "/sendMessage HTTP/1.1"));
  const auto body = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
  CHECK(body["chat_id"] == "-100");
  CHECK(body["text"].get<std::string>().find("VERDICT") != std::string::npos);

  const auto cut = nlohmann::json::parse(telegram_message("1", std::string(3999, 'a') + "\näää\n"));
  CHECK(is_utf8(cut["text"].get<std::string>()));
  CHECK(cut["text"].get<std::string>().size() < 4096);
}

TEST_CASE("a file is written completely, with the date in its name") {
  const web_test::Directory folder;
  ReportTarget target;
  target.file = folder.file("report-{date}.md");
  target.format = "markdown";
  Delivering service(target);
  service.deliver();
  std::ifstream file(folder.file("report-2026-11-23.md"));
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str().starts_with("# Holdfast: Daily health check"));
  CHECK_FALSE(std::filesystem::exists(folder.file("report-2026-11-23.md.new")));
}

TEST_CASE("an unwritable file is retried, and no temporary file remains") {
  ReportTarget target;
  target.file = "/nonexistent/report.txt";
  Delivering service(target);
  service.deliver();
  const auto planned = plan_deliveries(service.reports, "UTC", service.state, service.now);
  CHECK(planned[0].next_try == service.now + 1min);
}
