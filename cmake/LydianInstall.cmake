# The installed package: find_package(lydian COMPONENTS core math rollout code testing torch). Each component is a target with its own headers and its own export file, so
# that a user of one carries no dependency of another.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/lydian)

foreach(component core math rollout code testing torch)
  if(TARGET lydian_${component})
    install(TARGETS lydian_${component} EXPORT lydian-${component} COMPONENT ${component} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
            FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(EXPORT lydian-${component} NAMESPACE lydian:: DESTINATION ${package_folder} COMPONENT ${component})
  endif()
endforeach()
if(LYDIAN_MATH)
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/FindFLINT.cmake DESTINATION ${package_folder} COMPONENT math)
endif()
if(LYDIAN_CODE)
  install(TARGETS lydian-sandbox-broker COMPONENT code RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/lydian)
endif()
if(LYDIAN_TORCH)
  if(TARGET lydian)
    install(TARGETS lydian COMPONENT torch RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/FindLibtorch.cmake DESTINATION ${package_folder} COMPONENT torch)
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/lydianConfig.cmake.in ${PROJECT_BINARY_DIR}/lydianConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lydianConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lydianConfig.cmake ${PROJECT_BINARY_DIR}/lydianConfigVersion.cmake DESTINATION ${package_folder} COMPONENT core)
