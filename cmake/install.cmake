# SPDX-License-Identifier: Apache-2.0
# Files installed by `cmake --install` and CPack: program, systemd unit, example configuration,
# SQL for privileges, alerts, dashboards, documentation.
include(GNUInstallDirs)
install(TARGETS holdfast RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES deploy/systemd/holdfast.service DESTINATION lib/systemd/system)
install(DIRECTORY deploy/sql/ DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast/sql)
install(DIRECTORY deploy/config/ DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast/config)
install(DIRECTORY alerts/rules alerts/alertmanager
  DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast/alerts)
install(DIRECTORY grafana/dashboards grafana/provisioning
  DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast/grafana)
# The alerts link to the runbooks. Other documents are laid out as in the repository, so that their links
# work, too.
install(DIRECTORY alerts/runbooks DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
foreach(folder IN ITEMS alerts grafana deploy/demo deploy/sql)
  install(FILES ${folder}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/${folder})
endforeach()
install(CODE "file(CREATE_LINK ../runbooks
  \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}/alerts/runbooks\" SYMBOLIC)")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME holdfast)
set(CPACK_PACKAGE_CONTACT "Holdfast developers <developers@holdfast.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "monitoring exporter and health checker for an application that moved to a new PostgreSQL")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# A dependency at run time only: the time zone data that libcctz reads.
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)
set(CPACK_STRIP_FILES ON)
# The unit is placed at /usr/lib/systemd/system; it expects the program in /usr/bin.
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/deploy/package/postinst;${PROJECT_SOURCE_DIR}/deploy/package/prerm;${PROJECT_SOURCE_DIR}/deploy/package/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
