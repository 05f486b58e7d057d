// SPDX-License-Identifier: Apache-2.0
// Which losses are reported, and the sentence about each.
#include <doctest/doctest.h>

#include "checks/whatsapp/judge.h"
#include "tests/unit/checks/whatsapp/watch.h"

using namespace holdfast;
using namespace holdfast::whatsapp;
using namespace holdfast::whatsapp_test;

TEST_CASE("a loss is judged by type and in all, and names the four types that lost most") {
  using Counts = std::map<std::string, double>;
  struct Row {
    std::string title;
    Counts before, after;
    std::string want;  // "warning: text" up to the advice; empty: no finding.
  };
  const std::string gone = " disappeared before they expired (limit ";
  const std::vector<Row> rows{
      {"twenty keys are judged",
       {{"session", 20}},
       {{"session", 15}},
       "critical: 5 of 20 keys of s (25 %)" + gone + "20 %): session from 20 to 15"},
      {"nineteen are not", {{"session", 19}}, {{"session", 1}}, ""},
      {"at the limit", {{"session", 100}}, {{"session", 95}}, ""},
      {"beyond it",
       {{"session", 100}},
       {{"session", 94}},
       "warning: 6 of 100 keys of s (6 %)" + gone + "5 %): session from 100 to 94"},
      {"at the critical limit",
       {{"session", 100}},
       {{"session", 80}},
       "warning: 20 of 100 keys of s (20 %)" + gone + "5 %): session from 100 to 80"},
      {"beyond the critical limit",
       {{"session", 100}},
       {{"session", 79}},
       "critical: 21 of 100 keys of s (21 %)" + gone + "20 %): session from 100 to 79"},
      {"all but one key of a type, few of all",
       {{"sender-key", 60}, {"session", 400}},
       {{"sender-key", 1}, {"session", 400}},
       "critical: 59 of 60 sender-key keys of s (98.3 %)" + gone + "20 %)"},
      {"a type that lost one key",
       {{"session", 100}, {"lid-mapping", 30}, {"sender-key", 10}},
       {{"session", 50}, {"lid-mapping", 29}, {"sender-key", 10}},
       "critical: 51 of 140 keys of s (36.4 %)" + gone +
           "20 %): session from 100 to 50, lid-mapping from 30 to 29"},
      {"five types",
       {{"session", 100},
        {"sender-key", 100},
        {"lid-mapping", 100},
        {"identity-key", 100},
        {"device-list", 100}},
       {{"session", 60},
        {"sender-key", 50},
        {"lid-mapping", 70},
        {"identity-key", 80},
        {"device-list", 90}},
       "critical: 150 of 500 keys of s (30 %)" + gone +
           "20 %): sender-key from 100 to 50, session from 100 to 60, lid-mapping from 100 to 70, "
           "identity-key from 100 to 80"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.title);
    Watch watch;
    const auto run = [&](const Counts& counts) {
      Facts f;
      f.is_full_scan = true;
      f.sessions = {{.name = "s", .auth_records = 1, .types = {{"pre-key", live(30)}}}};
      for (const auto& [type, count] : counts) first(f).types[type] = live(count);
      return watch.run(f);
    };
    run(row.before);
    const Reading reading = run(row.after);
    std::string found;
    for (const Finding& f : reading.findings)
      found += std::string(name_of(f.severity)) + ": " + f.text;
    CHECK(found ==
          (row.want.empty()
               ? ""
               : row.want + ". Restore them, or accept the new baseline if this was intended."));
  }
}
