# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` and CPack put on a server.
include(GNUInstallDirs)
install(TARGETS holdfast RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
