// SPDX-License-Identifier: Apache-2.0
// Where the checkout is, for tests that read or write its files. One source file alone is compiled
// with the path, so that the compiler's cache serves every other test in any checkout.
#pragma once

#include <string>

namespace holdfast::test {

[[nodiscard]] std::string source_dir();

}  // namespace holdfast::test
