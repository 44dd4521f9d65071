# Assert mode: what a row's tests say by their text alone.

# Names that tests take for granted: where they judge what a program returned, they are the library's, whatever the program calls so.
JUDGES = {**{name: math for name in ("isclose", "isnan", "isinf", "isfinite", "fabs", "floor", "ceil", "trunc", "sqrt")}, "deepcopy": copy}
LIBRARY_CLASSES = {"Counter": collections, "OrderedDict": collections, "defaultdict": collections, "deque": collections, "namedtuple": collections, "Decimal": decimal,
                   "Fraction": fractions, "datetime": datetime, "date": datetime, "timedelta": datetime}

# Names by which tests know modules that the interpreter need not have: what the program calls so never judges it.
FOREIGN = {"np": "numpy", "numpy": "numpy", "pd": "pandas", "pandas": "pandas", "pytest": "pytest", "torch": "torch", "scipy": "scipy", "sympy": "sympy"}


def imported(name):
    try:
        return __import__(name, fromlist=["_"])
    except Exception:
        return None


class Reader:
    """What a row's tests need, told by their text alone."""

    def __init__(self, tree, entry_point):
        import ast
        nodes = list(ast.walk(tree))
        self.used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        bound = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
        bound |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
        bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        bound |= {each.asname or each.name.split(".")[0] for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for each in node.names}
        self.bound = bound
        called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        members = {}
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                members.setdefault(node.value.id, set()).add(node.attr)
        self.handed = entry_point  # May be an expression: Solution().twoSum.
        self.entry_point = re.match(r"\w*", entry_point)[0] or self.handed_over(tree, bound, ast)
        foreign = self.used - bound - {self.entry_point}
        self.foreign = {name for name in foreign & set(FOREIGN) & set(members) if name not in called}
        modules = {name for name in foreign & (STANDARD | sys.stdlib_module_names) & set(members) if name not in called | {"this", "antigravity"}}
        modules = {name for name in modules if all(hasattr(imported(name), each) for each in members[name])}
        self.library = {name: __import__(name, fromlist=["_"]) for name in modules}
        theirs = {name for name in foreign - modules if not hasattr(builtins, name)}
        if self.entry_point:
            theirs.add(self.entry_point)
        others = theirs - set(JUDGES) - set(LIBRARY_CLASSES)
        if others:
            around = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                      if any(isinstance(inner, ast.Name) and inner.id in others for each in node.args for inner in ast.walk(each))}
            self.library.update({name: getattr(JUDGES[name], name) for name in set(JUDGES) & theirs & around if name != self.entry_point})
            self.library.update({name: getattr(module, name) for name, module in LIBRARY_CLASSES.items() if name in theirs and name != self.entry_point})
        self.library.update({name: getattr(typing, name) for name in theirs & set(typing.__all__) if name[0].isupper() and name != self.entry_point})
        # A program's own abs() must not judge the program: built-in names are the program's only where the tests ask for nothing else.
        self.asks_for_names = bool(others)
        self.used_as_class = self.classes_used(nodes, members, ast)
        top = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name not in self.used]
        self.waiting = [node.name for node in top]
        self.classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.bases and all(self.plain_member(each, ast) for each in node.body)}

    def classes_used(self, nodes, members, ast):
        """Names that the tests use as those of classes, so that a program cannot make a class of what is to be a function and have its objects told what is
        expected."""
        def called(node):
            return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        asked = {called(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr not in DATA_NAMES}
        for node in nodes:
            if isinstance(node, ast.Assign) and called(node.value) and any(
                    members.get(each.id, set()) - DATA_NAMES for each in node.targets if isinstance(each, ast.Name)):
                asked.add(called(node.value))
            if isinstance(node, ast.Call) and called(node) in ("isinstance", "issubclass") and len(node.args) > 1:
                asked |= {each.id for each in ast.walk(node.args[1]) if isinstance(each, ast.Name)}
        return {name for name in self.used if name.lstrip("_")[:1].isupper()} | {name for name in self.used if name in members} | asked

    @staticmethod
    def plain_member(node, ast):
        """What a class may hold that the program may make objects of, as of a list's node: nothing that could tell an answer."""
        if isinstance(node, ast.FunctionDef):
            return node.name in ("__init__", "__repr__", "__str__", "__eq__", "__lt__", "__hash__", "__iter__", "__len__")
        return isinstance(node, ast.Pass) or isinstance(node, ast.AnnAssign) and node.value is None or isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

    @staticmethod
    def handed_over(tree, bound, ast):
        """The name that the tests hand to their own check() at the end."""
        for node in reversed(tree.body):
            call = node.value if isinstance(node, ast.Expr) else None
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in bound and call.args and isinstance(call.args[0], ast.Name):
                return "" if call.args[0].id in bound else call.args[0].id
        return ""


REACHED = ("abs", "bool", "dict", "divmod", "float", "int", "len", "list", "max", "min", "pow", "range", "round", "set", "sorted", "str", "sum", "tuple")


def reckons(text):
    """Whether a text is an expression of values and operators, and of built-in functions that reach nothing."""
    import ast
    try:
        nodes = list(ast.walk(compile(text.strip(), "text", "eval", 1 << 10, dont_inherit=True)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return not any(isinstance(node, (ast.Attribute, ast.Lambda, ast.NamedExpr)) or isinstance(node, ast.Name) and node.id.startswith("_") for node in nodes) and all(
        isinstance(node.func, ast.Name) and node.func.id in REACHED for node in calls)


class Asked:
    """Rewrites the tests: what is compared with a call of the program is what the call was given, not what the program made of it. `f(l) == sorted(l)` becomes
    `f(l) == sorted(given(l))`, and likewise behind `r = f(l)` where r is compared. And an object that is made to be compared (`… == V(1, 2)`) is made among others."""

    def __init__(self, tree, ast):
        self.ast, self.results = ast, {}
        self.own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.results.setdefault(node.targets[0].id, set()).update(self.calls_in(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and not any(isinstance(each, (ast.Is, ast.IsNot)) for each in node.ops):
                node.left, *node.comparators = self.beside([self.among_others(each) for each in [node.left, *node.comparators]])
            elif isinstance(node, ast.Call) and len(node.args) > 1 and self.judges(node.func):
                node.args = self.beside([self.among_others(each) for each in node.args])

    def among_others(self, side):
        ast = self.ast
        if isinstance(side, (ast.List, ast.Tuple, ast.Set)):
            side.elts = [self.among_others(each) for each in side.elts]
        elif isinstance(side, ast.Call):
            asked = side.func.value if isinstance(side.func, ast.Attribute) else side.func
            if isinstance(asked, ast.Name) and not hasattr(builtins, asked.id) and asked.id not in self.own:
                name = [ast.Constant(side.func.attr)] if asked is not side.func else []
                side.func = ast.copy_location(ast.Call(ast.Name("__lydian_expected__", ast.Load()), [asked, *name], []), side.func)
                ast.fix_missing_locations(side)
        return side

    def name_of(self, function):
        if isinstance(function, self.ast.Call) and self.name_of(function.func) == "__lydian_expected__":
            return function.args[1].value if len(function.args) > 1 else function.args[0].id
        return function.id if isinstance(function, self.ast.Name) else function.attr if isinstance(function, self.ast.Attribute) else ""

    def judges(self, function):
        name = self.name_of(function)
        return name.startswith("assert") or name in self.own

    def calls_in(self, tree):
        """The lines of calls that may be of the program."""
        return {(node.lineno, node.end_lineno) for node in self.ast.walk(tree) if isinstance(node, self.ast.Call) and not hasattr(builtins, self.name_of(node.func))}

    def beside(self, sides):
        """The sides of a comparison: each sees of the calls before it, and of the others' results by name, what those were given."""
        calls = [self.calls_in(side) for side in sides]
        names = [{node.id for node in self.ast.walk(side) if isinstance(node, self.ast.Name)} & set(self.results) for side in sides]
        changed = []
        for place, side in enumerate(sides):
            others = [self.results[name] for other, found in enumerate(names) if other != place for name in found]
            changed.append(self.seen_by(side, set().union(*calls[:place], *others)))
        return changed

    def seen_by(self, side, calls):
        ast, own = self.ast, self

        class Writer(ast.NodeTransformer):
            def visit_Call(self, node):
                theirs = not hasattr(builtins, own.name_of(node.func))  # What else is asked of the program is given what there is.
                node.func = node.func if isinstance(node.func, ast.Name) else self.visit(node.func)
                node.args = [each if theirs and isinstance(each, ast.Name) else self.visit(each) for each in node.args]
                node.keywords = [self.visit(each) for each in node.keywords]
                return node

            def visit_Name(self, node):
                if not isinstance(node.ctx, ast.Load):
                    return node
                return ast.copy_location(ast.Call(ast.Name("__lydian_given__", ast.Load()), [node, ast.Constant(tuple(calls))], []), node)
        return ast.fix_missing_locations(Writer().visit(side)) if calls else side


