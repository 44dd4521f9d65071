#pragma once

#include <gtest/gtest.h>

#include "lydian/verify/check_environment.h"

namespace lydian::testing {

/// Fails the running GoogleTest for each promise that `environment` breaks, with the detail.
inline void expect_environment_contract(const Environment& environment, const CheckOptions& options = {}) {
  for (const EnvironmentCheck& check : check_environment(environment, options)) {
    EXPECT_TRUE(check.passed || check.skipped) << environment.name() << ": " << check.name << ": " << check.detail;
  }
}

}  // namespace lydian::testing
