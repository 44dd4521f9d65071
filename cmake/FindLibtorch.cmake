# libtorch from the PyPI wheel, by path, as the imported target libtorch::cpu (torch_cpu and c10 only). find_package(Torch) is not used: it demands CUDA's
# development files of a CPU build. LIBTORCH_ROOT: the folder that holds include/ and lib/ (site-packages/torch); else the one of a find_package(Torch) that the
# project has called before; else $LYDIAN_TORCH_DIR; else the folder that scripts/setup.sh filled.
set(LIBTORCH_ROOT "" CACHE PATH "Folder torch/ of the wheel")
if(NOT LIBTORCH_ROOT)
  set(candidates ${TORCH_INSTALL_PREFIX} $ENV{LYDIAN_TORCH_DIR} $ENV{LYDIAN_DEPS}/torch-2.11.0/torch $ENV{XDG_CACHE_HOME}/lydian/torch-2.11.0/torch
                 $ENV{HOME}/.cache/lydian/torch-2.11.0/torch)
  foreach(candidate IN LISTS candidates)
    if(EXISTS ${candidate}/include/ATen/core/Tensor.h)
      set(LIBTORCH_ROOT ${candidate} CACHE PATH "Folder torch/ of the wheel" FORCE)
      break()
    endif()
  endforeach()
endif()
if(EXISTS ${LIBTORCH_ROOT}/version.py)
  file(STRINGS ${LIBTORCH_ROOT}/version.py version_line REGEX "^__version__")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" LIBTORCH_VERSION "${version_line}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libtorch REQUIRED_VARS LIBTORCH_ROOT VERSION_VAR LIBTORCH_VERSION
  REASON_FAILURE_MESSAGE "run scripts/setup.sh, or set LYDIAN_TORCH_DIR to the torch folder of a torch 2.11.0 wheel, or configure lydian with -DLYDIAN_TORCH=OFF")
if(Libtorch_FOUND AND NOT LIBTORCH_VERSION VERSION_EQUAL 2.11.0)
  message(FATAL_ERROR "lydian is built and tested with torch 2.11.0; ${LIBTORCH_ROOT} holds ${LIBTORCH_VERSION}. Install torch==2.11.0 or set LYDIAN_TORCH_DIR to one.")
endif()
if(Libtorch_FOUND AND NOT TARGET libtorch::cpu)
  add_library(libtorch::cpu INTERFACE IMPORTED)
  target_include_directories(libtorch::cpu SYSTEM INTERFACE ${LIBTORCH_ROOT}/include ${LIBTORCH_ROOT}/include/torch/csrc/api/include)
  target_link_directories(libtorch::cpu INTERFACE ${LIBTORCH_ROOT}/lib)
  target_link_options(libtorch::cpu INTERFACE LINKER:--no-as-needed LINKER:-rpath,${LIBTORCH_ROOT}/lib LINKER:--allow-shlib-undefined)
  # By flag: find_package(Torch) defines targets named torch_cpu and c10, which would bring CUDA along.
  target_link_libraries(libtorch::cpu INTERFACE -ltorch_cpu -lc10)
endif()
