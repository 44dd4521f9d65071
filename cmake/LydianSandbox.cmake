# The broker of the sandbox: one static executable without the library's own code (a broker forks, so it must stay small, and it must run where no file of the
# host is). It carries the module that warm interpreters load. Neither is built with sanitizers, which do not survive a cell.
find_path(SECCOMP_INCLUDE_DIR seccomp.h)
find_library(SECCOMP_LIBRARY NAMES libseccomp.a seccomp)
if(NOT SECCOMP_INCLUDE_DIR OR NOT SECCOMP_LIBRARY)
  message(FATAL_ERROR "lydian's sandbox needs libseccomp: on Debian install libseccomp-dev, or configure with -DLYDIAN_CODE=OFF")
endif()
set(sandbox_folder ${PROJECT_SOURCE_DIR}/src/sandbox)
set(sandbox_options -Wall -Wextra -Wno-missing-field-initializers -fno-rtti -O2 $<$<BOOL:${LYDIAN_WERROR}>:-Werror>)

file(GLOB cell_sources CONFIGURE_DEPENDS ${sandbox_folder}/cell/*.cpp)
add_library(lydian_cell MODULE ${cell_sources})
target_include_directories(lydian_cell PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(lydian_cell PRIVATE ${sandbox_options} -fno-exceptions -fno-stack-protector -fno-threadsafe-statics -fvisibility=hidden)
set_target_properties(lydian_cell PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/sandbox)
# Of the libraries only C's: an interpreter with the C++ library in it would be slower to fork.
target_link_options(lydian_cell PRIVATE -nodefaultlibs -Wl,-z,defs -Wl,-s)
target_link_libraries(lydian_cell PRIVATE c gcc)

file(GLOB broker_sources CONFIGURE_DEPENDS ${sandbox_folder}/broker/*.cpp)
list(FILTER cell_sources EXCLUDE REGEX "module\\.cpp$")
add_executable(lydian-sandbox-broker ${broker_sources} ${cell_sources})
target_include_directories(lydian-sandbox-broker PRIVATE ${PROJECT_SOURCE_DIR}/src ${SECCOMP_INCLUDE_DIR})
target_compile_options(lydian-sandbox-broker PRIVATE ${sandbox_options})
target_link_libraries(lydian-sandbox-broker PRIVATE ${SECCOMP_LIBRARY})
target_link_options(lydian-sandbox-broker PRIVATE -static)
set(zygote ${sandbox_folder}/python/runner.py ${sandbox_folder}/python/pair.py ${sandbox_folder}/python/remote.py ${sandbox_folder}/python/reader.py ${sandbox_folder}/python/tests.py ${sandbox_folder}/python/zygote.py)
set_source_files_properties(${sandbox_folder}/broker/embedded.cpp PROPERTIES
  COMPILE_DEFINITIONS "LYDIAN_CELL_MODULE=\"$<TARGET_FILE:lydian_cell>\";LYDIAN_PYTHON=\"${sandbox_folder}/python\"" OBJECT_DEPENDS "${zygote};${PROJECT_BINARY_DIR}/sandbox/lydian_cell.so")
add_dependencies(lydian-sandbox-broker lydian_cell)
