// SPDX-License-Identifier: Apache-2.0
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

/// libpqxx 6.4.5 loses one result (2 KB) whenever a connection breaks under a statement, because it
/// throws before it owns it; decision 3 says so. These tests break connections on purpose.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx-6.4\n"; }
