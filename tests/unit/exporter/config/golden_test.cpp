// SPDX-License-Identifier: Apache-2.0
// One file in tests/golden/config for each mistake; its .txt has the exact errors. UPDATE_GOLDEN=1
// rewrites them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/exporter/config/fake_kinds.h"
#include "tests/unit/source_dir.h"

using namespace holdfast;
using namespace holdfast::testing;

namespace {

constexpr const char* kFolder = "tests/golden/config/";

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  const std::filesystem::path folder = holdfast::test::source_dir() + "/" + kFolder;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "design")
      names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("every mistake has its own errors, and none of them contains a secret") {
  const std::map<std::string, std::string> variables{{"CANARY", "canary-7f3a"}, {"EMPTY", ""}};
  const std::vector<std::string> names = golden_names();
  CHECK(names.size() > 50);
  for (const std::string& name : names) {
    CAPTURE(name);
    const std::string text = read_source_file(kFolder + name + ".yaml");
    const std::string errors = errors_of(text, name + ".yaml", variables);
    CHECK(!errors.empty());
    CHECK(errors.find("canary") == std::string::npos);
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
      std::ofstream(holdfast::test::source_dir() + "/" + kFolder + name + ".txt") << errors;
      continue;
    }
    CHECK(errors == read_source_file(kFolder + name + ".txt"));
  }
}
