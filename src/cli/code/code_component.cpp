#include "cli/add_shipped.h"
#include "cli/code/grade_code.h"
#include "cli/component.h"
#include "lydian/envs/code_environment.h"
#include "lydian/envs/tool_use_environment.h"

namespace lydian::cli {

Command sandbox_command();

Component code_component() {
  return {.add_environments =
              [](Catalog& catalog) {
                add_shipped<CodeEnvironment, CodeOptions>(catalog, "code");
                add_shipped<ToolUseEnvironment, ToolUseOptions>(catalog, "tool_use");
              },
          .grader = {.name = "code", .flags = grade_code_flags(), .run = grade_code},
          .commands = {sandbox_command()}};
}

}  // namespace lydian::cli
