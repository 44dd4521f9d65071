#include "sandbox/cpp_assertions.h"

#include <algorithm>
#include <iterator>

namespace lydian::sandbox {
namespace {

class Assertions {
 public:
  Assertions(CppCompiler& compiler, const RunRequest& request)
      : compiler_(compiler), request_(request), row_(request.program, request.tests, request.prelude, request.entry_point), questions_(questions_of(row_)) {}

  CppAssertions compiled() {
    if (!questions_.refusal.empty()) return ended(RunOutcome::kRefused, questions_.refusal);
    if (!questions_.lacking.empty()) {
      const auto alone = compile(program_with(row_, ""), kServedFlags);
      if (alone->outcome != RunOutcome::kCompleted) return not_compiled(alone);
      return ended(RunOutcome::kCompileError, "the program has no function " + questions_.lacking + ", which the tests call");
    }
    if (!questions_.unclear.empty()) ask_compiler();
    if (!wrong_.empty()) {  // Perhaps the program is of the later standard.
      later_ = true;
      wrong_.clear();
      ask_compiler();
    }
    if (result_.outcome != RunOutcome::kFault) return result_;
    questions_.functions.insert(questions_.functions.end(), answered_.begin(), answered_.end());
    compile_pair();
    if (result_.failed == nullptr || result_.failed != result_.tests) return result_;
    // What the tests do not find in the library is the program's, whatever it is called.
    const std::size_t asked = questions_.functions.size();
    for (const CppFunction& function : questions_.under_their_names) {
      if (result_.failed->log.find("‘" + function.name + "’ was not declared in this scope") != std::string::npos) questions_.functions.push_back(function);
    }
    if (questions_.functions.size() == asked) return result_;
    result_.failed = nullptr;
    compile_pair();
    return result_;
  }

 private:
  void compile_pair() {
    const CppPair pair = pair_of(row_, questions_.functions);
    result_.program = compile(pair.program, kServedFlags);
    if (result_.program->outcome != RunOutcome::kCompleted) {
      (void)not_compiled(result_.program);
      return;
    }
    if (!wrong_.empty()) {
      (void)ended(RunOutcome::kTestsFailed, wrong_);
      return;
    }
    result_.tests = compile(pair.tests, kTestsFlags);
    if (result_.tests->outcome != RunOutcome::kCompleted) {
      (void)not_compiled(result_.tests);
      return;
    }
    result_.ready = true;
  }

  CppAssertions ended(RunOutcome outcome, const std::string& evidence) {
    result_.outcome = outcome;
    result_.evidence = evidence;
    return result_;
  }
  CppAssertions not_compiled(const std::shared_ptr<const Compiled>& failed) {
    result_.failed = failed;
    return ended(failed->outcome, failed->evidence);
  }

  std::shared_ptr<const Compiled> compile(const std::vector<SourceFile>& files, std::span<const char* const> flags) {
    bool fresh = false;
    auto compiled = compiler_.compile(files, request_.limits, fresh, flags);
    result_.fresh = result_.fresh || fresh;
    return compiled;
  }

  /// Nothing where the compiler was stopped; it will be again, or not, when the whole is compiled.
  std::string complaints(const std::vector<SourceFile>& files, std::span<const char* const> flags) {
    return compiler_.complaints(files, request_.limits, flags, later_).value_or("");
  }

  void ask_compiler() {
    std::vector<std::string> names = questions_.unclear;
    std::vector<CppFunction> found;
    std::map<std::string, std::string> own_results;
    read_signatures(complaints(ask_for_signatures(row_, names), kServedFlags), row_, names, found, own_results);
    // A pointer's type knows no defaults: for those, the calls count.
    std::vector<CppFunction> with_defaults;
    for (const CppFunction& function : row_.program.functions) {
      if (!function.has_defaults || !is_named(found, function.name)) continue;
      names.push_back(function.name);
      std::copy_if(found.begin(), found.end(), std::back_inserter(with_defaults), [&](const CppFunction& each) { return each.name == function.name; });
      std::erase_if(found, [&](const CppFunction& each) { return each.name == function.name; });
    }
    if (!names.empty()) ask_about_calls(names, found, own_results);
    for (CppFunction& function : with_defaults) {
      if (!is_named(found, function.name)) found.push_back(std::move(function));
    }
    for (CppFunction& function : found) guard_arguments(row_, function, false);
    answered_ = std::move(found);
  }

  void ask_about_calls(const std::vector<std::string>& names, std::vector<CppFunction>& found, std::map<std::string, std::string>& own_results) {
    std::vector<CppFunction> known = questions_.functions;
    known.insert(known.end(), found.begin(), found.end());
    const CalledWith called = read_arguments(complaints(ask_for_arguments(row_, names, known), kTestsFlags), row_, names);
    if (!called.function_given.empty()) {
      (void)ended(RunOutcome::kRefused, "the tests give " + called.function_given + " a function of their own, which cannot cross");
      return;
    }
    if (!called.object_given.empty()) {
      (void)ended(RunOutcome::kRefused, "the tests give " + called.object_given + " an object of a type of their own, which cannot cross");
      return;
    }
    if (!called.calls.empty()) read_results(complaints(ask_for_results(row_, called.calls), kServedFlags), row_, called.calls, found, own_results);
    for (const std::string& name : names) {
      const bool asked = called.unread.count(name) != 0 || is_named(called.calls, name);
      if (!asked || is_named(found, name)) continue;
      const auto own = own_results.find(name);
      wrong_ = own == own_results.end() ? "the program's " + name + " does not take what the tests give as plain data"
                                        : name + " returns what is no data (" + own->second.substr(0, 80) + ")";
    }
  }

  static bool is_named(const std::vector<CppFunction>& functions, const std::string& name) {
    return std::any_of(functions.begin(), functions.end(), [&](const CppFunction& each) { return each.name == name; });
  }

  CppCompiler& compiler_;
  const RunRequest& request_;
  CppRow row_;
  CppQuestions questions_;
  CppAssertions result_;
  std::vector<CppFunction> answered_;  // By the compiler.
  bool later_ = false;
  std::string wrong_;  // What the program's functions are, if they are not what can be asked.
};

}  // namespace

CppAssertions compile_assertions(CppCompiler& compiler, const RunRequest& request) {
  return Assertions(compiler, request).compiled();
}

}  // namespace lydian::sandbox
