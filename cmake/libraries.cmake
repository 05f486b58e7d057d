# SPDX-License-Identifier: Apache-2.0
# The third-party libraries, all from the distribution; docs/decisions/ gives the reasons.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
# cctz has neither a CMake package nor a .pc file.
find_path(CCTZ_INCLUDE_DIR cctz/time_zone.h REQUIRED)
find_library(CCTZ_LIBRARY cctz REQUIRED)
pkg_check_modules(CRYPT REQUIRED IMPORTED_TARGET libcrypt)
# Only the core: its CMake package would require civetweb and curl, which are never linked.
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
# Before 0.8, yaml-cpp's target had no namespace.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

add_library(holdfast_check_libraries INTERFACE)
target_link_libraries(holdfast_check_libraries INTERFACE
  Threads::Threads OpenSSL::SSL OpenSSL::Crypto PostgreSQL::PostgreSQL PkgConfig::CARES
  PkgConfig::HTTPLIB nlohmann_json::nlohmann_json ${CCTZ_LIBRARY})
target_include_directories(holdfast_check_libraries SYSTEM INTERFACE ${CCTZ_INCLUDE_DIR})
add_library(holdfast_exporter_libraries INTERFACE)
target_link_libraries(holdfast_exporter_libraries INTERFACE
  Threads::Threads OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB SQLite::SQLite3 PkgConfig::PROMETHEUS PkgConfig::HTTPLIB
  PkgConfig::CRYPT nlohmann_json::nlohmann_json yaml-cpp::yaml-cpp spdlog::spdlog CLI11::CLI11)
