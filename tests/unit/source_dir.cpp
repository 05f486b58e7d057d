// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/source_dir.h"

namespace holdfast::test {

std::string source_dir() { return HOLDFAST_SOURCE_DIR; }

}  // namespace holdfast::test
