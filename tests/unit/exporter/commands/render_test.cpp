// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/render.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "checks/support/text/utf8.h"
#include "tests/unit/exporter/commands/check_runs.h"

using namespace holdfast;
using namespace holdfast::testing;

TEST_CASE("check runs in all formats match the golden files") {
  const std::vector<std::string> notes{"check in-use was not run"};
  check_golden("commands/check.txt", render_text(usual_runs(), notes, false));
  check_golden("commands/check.md", render_markdown(usual_runs(), notes));
  check_golden("commands/check.json", render_json(usual_runs(), notes));
  check_golden("commands/check.nagios", render_nagios(usual_runs()));
  std::string explained;
  for (const CheckRun& run : usual_runs()) explained += render_explanation(run, false) + "\n";
  check_golden("commands/explain.txt", explained);
}

TEST_CASE("colours are optional and change no text") {
  const std::string coloured_text = render_text(usual_runs(), {}, true);
  CHECK(coloured_text.find("\x1b[31m") != std::string::npos);
  CHECK(render_text(usual_runs(), {}, false).find('\x1b') == std::string::npos);
}

TEST_CASE("hostile text moves no cursor, ends no line and is bounded") {
  const std::vector<CheckRun> runs{hostile_run()};
  const std::vector<std::string> notes{"\x1b]0;title\x07"};
  for (const std::string& text :
       {render_text(runs, notes, false), render_markdown(runs, notes), render_json(runs, notes),
        render_nagios(runs), render_explanation(runs[0], false)}) {
    CHECK(is_utf8(text));
    CHECK(std::ranges::none_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    CHECK(text.size() < 5000);
  }
}

TEST_CASE("a Nagios line has one bar, before the performance data") {
  const std::string text = render_nagios({hostile_run()});
  CHECK(std::ranges::count(text, '|') == 1);
  CHECK(text.starts_with("HOLDFAST CRITICAL - 1 critical; critical: evil |"));
}

TEST_CASE("the JSON of a run is valid whatever the run contains") {
  const auto json = nlohmann::json::parse(render_json({hostile_run()}, {}));
  CHECK(json["status"] == "critical");
  CHECK(json["checks"][0]["findings"][0]["code"] == "pm2_restarts");
  CHECK(nlohmann::json::parse(render_json({}, {}))["checks"].empty());
}
