// SPDX-License-Identifier: Apache-2.0
// Expected texts in files. With UPDATE_GOLDEN set, the files are rewritten.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "checks/check.h"
#include "tests/unit/source_dir.h"

namespace holdfast::testing {

inline std::string render_findings(const std::string& title, const Reading& reading) {
  std::string out = "# " + title + "\n";
  for (const Finding& finding : reading.findings)
    out += std::string(name_of(finding.severity)) + " " + finding.code + " [" + finding.subject +
           "]\n  " + finding.text + "\n";
  for (const std::string& note : reading.notes) out += "- " + note + "\n";
  return out;
}

/// The content of tests/golden/`name`, after writing `text` to it if UPDATE_GOLDEN is set.
inline std::string golden(const std::string& name, const std::string& text) {
  const std::string path = holdfast::test::source_dir() + "/tests/golden/" + name;
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path) << text;  // NOLINT(*-mt-*)
  std::ifstream file(path);
  std::stringstream want;
  want << file.rdbuf();
  return want.str();
}

}  // namespace holdfast::testing
