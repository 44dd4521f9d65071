# The libraries, their sources by folder, and everything that is built from them.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# In the place of CMake's own default, not of what somebody asks for.
if(CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)

# Options of every target of ours. Options structs are given by naming some fields; the others have defaults. No contraction anywhere: equal bits on every machine (docs/design.md §5).
add_library(lydian_options INTERFACE)
target_compile_options(lydian_options INTERFACE -Wall -Wextra -Wno-missing-field-initializers -ffp-contract=off $<$<BOOL:${LYDIAN_WERROR}>:-Werror>)
if(LYDIAN_SANITIZE STREQUAL "address")
  target_compile_options(lydian_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(lydian_options INTERFACE -fsanitize=address,undefined)
elseif(LYDIAN_SANITIZE STREQUAL "thread")
  target_compile_options(lydian_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(lydian_options INTERFACE -fsanitize=thread)
endif()

# lydian_library(TARGET NAME <lydian::NAME> FOLDERS <folders of sources> HEADERS <folders and files of include/lydian> PUBLIC <...> PRIVATE <...>)
function(lydian_library target)
  cmake_parse_arguments(ARG "" "NAME" "FOLDERS;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(sources)
  foreach(folder IN LISTS ARG_FOLDERS)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  set(headers)
  foreach(entry IN LISTS ARG_HEADERS)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/lydian/${entry} ${PROJECT_SOURCE_DIR}/include/lydian/${entry}/*.h)
    list(FILTER found INCLUDE REGEX "\\.h$")
    list(APPEND headers ${found})
  endforeach()
  add_library(${target} STATIC ${sources})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${headers})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE $<BUILD_INTERFACE:lydian_options> ${ARG_PRIVATE})
  add_library(lydian::${ARG_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME})
endfunction()

# lydian::core: everything that needs no policy.
# Header-only dependencies of sources are no business of an installed package: hence BUILD_INTERFACE.
lydian_library(lydian_core NAME core FOLDERS src/core src/data src/text src/verify src/advantage src/report envs/chain envs/word_problems
               HEADERS core data text verify advantage report envs
               PUBLIC Threads::Threads
               PRIVATE spdlog::spdlog fmt::fmt $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> $<BUILD_INTERFACE:Eigen3::Eigen> OpenSSL::Crypto)

# What a build may leave out.
set(lydian_components)
foreach(component math code)
  string(TOUPPER LYDIAN_${component} option)
  if(${option})
    list(APPEND lydian_components ${component})
  endif()
endforeach()

# lydian::math: the math verifier and what stands on it.
if(LYDIAN_MATH)
  find_package(FLINT REQUIRED)
  lydian_library(lydian_math NAME math FOLDERS src/verify/math envs/math HEADERS verify/math_verifier.h
                 PUBLIC lydian_core PRIVATE FLINT::FLINT $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  # The rows that the environment has without any file.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/math.jsonl)
  file(READ ${PROJECT_SOURCE_DIR}/examples/math.jsonl small_math_rows)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/small_math_rows.cpp @ONLY
       CONTENT "namespace lydian {\nextern const char* const kSmallMathRows;\nconst char* const kSmallMathRows = R\"rows(@small_math_rows@)rows\";\n}\n")
  target_sources(lydian_math PRIVATE ${PROJECT_BINARY_DIR}/small_math_rows.cpp)
endif()

# lydian::rollout: kernels, policies, sampling, evaluation. The kernels' one source is compiled once for each instruction set.
file(GLOB kernel_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/kernels/*_cpu.cpp)
set(kernel_objects)
foreach(isa plain avx2 avx512)
  add_library(lydian_kernels_${isa} OBJECT ${kernel_sources})
  target_include_directories(lydian_kernels_${isa} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(lydian_kernels_${isa} PRIVATE lydian_options)
  target_compile_options(lydian_kernels_${isa} PRIVATE -O3 -fno-math-errno -Wno-ignored-attributes)
  list(APPEND kernel_objects $<BUILD_INTERFACE:$<TARGET_OBJECTS:lydian_kernels_${isa}>>)
endforeach()
target_compile_definitions(lydian_kernels_plain PRIVATE LYDIAN_KERNEL_ISA=0)
target_compile_definitions(lydian_kernels_avx2 PRIVATE LYDIAN_KERNEL_ISA=2)
target_compile_options(lydian_kernels_avx2 PRIVATE -mavx2 -mfma -mtune=haswell)
target_compile_definitions(lydian_kernels_avx512 PRIVATE LYDIAN_KERNEL_ISA=512)
# g++ 12 takes the undefined sources inside its own AVX-512 intrinsics for variables of ours.
target_compile_options(lydian_kernels_avx512 PRIVATE -mavx2 -mfma -mavx512f -mavx512dq -mavx512vl -mavx512bw -Wno-uninitialized -Wno-maybe-uninitialized)
if(LYDIAN_SANITIZE STREQUAL "address" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 stores vectors of 64 bytes aligned into the frames that detect_stack_use_after_return allocates, which are not.
  target_compile_options(lydian_kernels_avx512 PRIVATE --param=asan-use-after-return=0)
endif()

lydian_library(lydian_rollout NAME rollout FOLDERS src/model src/rollout src/episode src/eval HEADERS kernels model rollout episode eval
               PUBLIC lydian_core PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
file(GLOB kernel_dispatch CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/kernels/*.cpp)
list(REMOVE_ITEM kernel_dispatch ${kernel_sources})
target_sources(lydian_rollout PRIVATE ${kernel_dispatch} ${kernel_objects})

# lydian::code: the sandbox, and what judges programs. The broker, which makes the cells, is a small program of its own.
if(LYDIAN_CODE)
  include(GNUInstallDirs)
  include(LydianSandbox)
  lydian_library(lydian_code NAME code FOLDERS src/sandbox src/verify/code envs/code envs/tool_use HEADERS sandbox
                 PUBLIC lydian_core PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  add_dependencies(lydian_code lydian-sandbox-broker)
  set_property(SOURCE src/sandbox/broker_process.cpp APPEND PROPERTY COMPILE_DEFINITIONS LYDIAN_BROKER_INSTALLED="${CMAKE_INSTALL_FULL_LIBEXECDIR}/lydian/lydian-sandbox-broker")
endif()

# lydian::testing: for users' own tests.
find_package(GTest)
if(GTest_FOUND)
  lydian_library(lydian_testing NAME testing FOLDERS src/testing HEADERS testing PUBLIC lydian_rollout GTest::gtest)
endif()

# lydian_torch_sources(TARGET): the sources of a target include torch, so they share one precompiled header. Executables must then be compiled with -fPIC as
# the header is, not with -fPIE.
function(lydian_torch_sources target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${target} PRIVATE -fPIC -Winvalid-pch)
  target_precompile_headers(${target} REUSE_FROM lydian_torch_headers)
endfunction()

# lydian::lydian: the torch side and the program.
if(LYDIAN_TORCH)
  find_package(Libtorch REQUIRED)
  list(TRANSFORM lydian_components PREPEND lydian_ OUTPUT_VARIABLE component_targets)
  list(TRANSFORM lydian_components PREPEND src/cli/ OUTPUT_VARIABLE component_folders)
  lydian_library(lydian_torch NAME lydian FOLDERS src/ops src/policy src/objective src/train src/cli ${component_folders}
                 HEADERS ops policy objective train cli lydian.h
                 PUBLIC lydian_rollout ${component_targets} libtorch::cpu PRIVATE spdlog::spdlog fmt::fmt $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  # What the components add to the program (src/cli/component.h).
  list(TRANSFORM lydian_components APPEND _component\(\) OUTPUT_VARIABLE made_components)
  list(JOIN made_components ", " made_components)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/program_components.cpp @ONLY CONTENT "#include \"cli/component.h\"

const std::vector<lydian::cli::Component>& lydian::cli::components() {
  static const std::vector<Component> all{@made_components@};
  return all;
}
")
  target_sources(lydian_torch PRIVATE ${PROJECT_BINARY_DIR}/program_components.cpp)
  # One precompiled header for all sources that include torch: half a minute once, then 4 instead of 15 seconds a source. Its target defines nothing, since a
  # macro that it defines would have to be defined by every user.
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/torch_headers.cpp CONTENT "")
  add_library(lydian_torch_headers OBJECT ${PROJECT_BINARY_DIR}/torch_headers.cpp)
  target_link_libraries(lydian_torch_headers PRIVATE libtorch::cpu lydian_options)
  target_precompile_headers(lydian_torch_headers PRIVATE <ATen/core/Tensor.h> <torch/csrc/autograd/custom_function.h>)
  lydian_torch_sources(lydian_torch)

  # The program. A commit changes its reflog, which configures again, so that --version tells the truth.
  add_executable(lydian src/cli/main/lydian_main.cpp)
  target_link_libraries(lydian PRIVATE lydian_torch lydian_options)
  set(LYDIAN_COMMIT unknown)
  find_package(Git QUIET)
  if(Git_FOUND)
    execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --short=12 HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE commit
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE no_commit)
    if(NOT no_commit)
      set(LYDIAN_COMMIT ${commit})
      execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --git-path logs/HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE reflog
                      OUTPUT_STRIP_TRAILING_WHITESPACE)
      get_filename_component(reflog ${reflog} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
      if(EXISTS ${reflog})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${reflog})
      endif()
    endif()
  endif()
  set_property(SOURCE src/train/run_summary.cpp APPEND PROPERTY COMPILE_DEFINITIONS LYDIAN_VERSION="${PROJECT_VERSION}")
  set_property(SOURCE src/cli/version_command.cpp APPEND PROPERTY COMPILE_DEFINITIONS LYDIAN_VERSION="${PROJECT_VERSION}" LYDIAN_COMMIT="${LYDIAN_COMMIT}")
endif()

if(LYDIAN_BUILD_TESTS)
  enable_testing()
  add_subdirectory(tests)
endif()
if(LYDIAN_BUILD_EXAMPLES)
  add_subdirectory(examples)
endif()
if(LYDIAN_BUILD_BENCH)
  add_subdirectory(bench)
endif()
