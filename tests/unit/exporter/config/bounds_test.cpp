// SPDX-License-Identifier: Apache-2.0
// Hostile files: each must be rejected soon, with a bounded list of bounded errors.
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "exporter/config/expand.h"
#include "tests/unit/exporter/config/fake_kinds.h"

using namespace holdfast;
using namespace holdfast::testing;

namespace {

std::string repeat(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("nesting 100,000 deep is refused at the 33rd level") {
  for (const char* piece : {"[", "{a: ", "- ", "? "}) {
    CAPTURE(piece);
    const std::string errors = errors_of(repeat(piece, 100'000));
    CHECK(errors.find("nested deeper than 32 levels") != std::string::npos);
    CHECK(errors.size() < 500);
  }
}

TEST_CASE("a file of 1 MiB and one byte is refused, and one of many values too") {
  CHECK(errors_of(std::string(kMaxConfigBytes + 1, '#')).find("larger than 1 MiB") !=
        std::string::npos);
  CHECK(errors_of("[" + repeat("a,", 200'000) + "]").find("over 100,000 values") !=
        std::string::npos);
}

TEST_CASE("at most a hundred errors are reported") {
  CHECK(errors_of(repeat("\ta:\n", 100'000)).size() < 10'000);
  CHECK(errors_of("checks: [" + repeat("*a,", 20'000) + "]").size() < 20'000);
  CHECK(errors_of(repeat("a: 1\n", 20'000)).size() < 20'000);
}

TEST_CASE("a variable that is used often cannot exhaust the memory") {
  const std::map<std::string, std::string> variables{{"BOMB", std::string(100'000, 'x')}};
  const std::string errors = errors_of("checks:\n" + repeat("  - ${BOMB}${BOMB}${BOMB}\n", 10'000),
                                       "bomb.yaml", variables);
  CHECK(errors.find("over 4 MiB") != std::string::npos);
  CHECK(errors.size() < 50'000);
}

TEST_CASE("the value of a variable is not expanded again, and adds no keys") {
  YamlOutcome yaml = parse_yaml("a: ${OUTER}\nb: $${OUTER} $5 ${NONE:-x}${EMPTY:-y}\n", "f");
  REQUIRE(yaml.root);
  ConfigErrors errors("f");
  const std::map<std::string, std::string> variables{{"OUTER", "${INNER}: {c: d}"}, {"EMPTY", ""}};
  expand_variables(*yaml.root, environment_of(variables), errors);
  CHECK(errors.size() == 0);
  CHECK(yaml.root->find("a")->text == "${INNER}: {c: d}");
  CHECK(yaml.root->find("a")->from_variable);
  CHECK(yaml.root->find("b")->text == "${OUTER} $5 xy");
  CHECK(!yaml.root->find("b")->from_variable);
}

TEST_CASE("names of 10,000 characters do not make the errors long") {
  const std::string name(10'000, 'n');
  const std::string errors = errors_of("checks:\n  - {name: " + name + ", kind: " + name +
                                       ", database: " + name + ", interval: " + name + "}\n");
  CHECK(!errors.empty());
  CHECK(errors.size() < 1000);
}

TEST_CASE("a thousand checks are read, each with its own options") {
  std::string text = "databases: {main: {host: a, dbname: b, user: c}}\nchecks:\n";
  for (int i = 0; i < 1000; ++i)
    text += "  - {name: c" + std::to_string(i) +
            ", kind: postgres, database: main, latency: {warning: 1ms, critical: 2ms}}\n";
  const ConfigOutcome outcome = parse_config(text, "f", environment_of({}), fake_kinds());
  REQUIRE(outcome.config);
  CHECK(outcome.config->checks.size() == 1000);
}

TEST_CASE("a missing file, or one that is not a regular file, is one clear error") {
  const auto error = [](const std::string& path) {
    const ConfigOutcome outcome = read_config(path, environment_of({}));
    REQUIRE(outcome.errors.size() == 1);
    CHECK(!outcome.config);
    return outcome.errors[0].text;
  };
  CHECK(error("/nowhere/holdfast.yaml") == "no such file");
  CHECK(error("/") == "not a regular file");
  CHECK(error("/dev/zero") == "not a regular file");
}
