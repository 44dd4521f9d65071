# Assert mode, the tests' side: an interpreter of its own that sees the program through what it says (pair.py).

# Names that tests take for granted: where they judge what a program returned, they are the library's, whatever the program calls so.
JUDGES = {**{name: math for name in ("isclose", "isnan", "isinf", "isfinite", "fabs", "floor", "ceil", "trunc", "sqrt")}, "deepcopy": copy}
LIBRARY_CLASSES = {"Counter": collections, "OrderedDict": collections, "defaultdict": collections, "deque": collections, "namedtuple": collections, "Decimal": decimal,
                   "Fraction": fractions, "datetime": datetime, "date": datetime, "timedelta": datetime}


_input = builtins.input


class ProgramLost(BaseException):
    """The program's process ended or broke the conversation: nothing that the tests catch."""


class CannotCross(BaseException):
    """The tests give the program what is no data. Only for values that the tests alone can have made, so that no program can bring it about."""


class NoTests(BaseException):
    """Whatever the program, these tests prove nothing."""


class OwnWord(BaseException):
    """Objects that are equal by nothing but what they say."""


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
        top = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name not in self.used]
        self.waiting = [node.name for node in top]
        self.classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.bases and all(self.plain_member(each, ast) for each in node.body)}

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


class Names(dict):
    """The tests' names: their own, then the library's, then the program's."""

    def __missing__(self, name):
        return self["__lydian__"](name)


class Main(types.ModuleType):
    """The tests as the module that unittest looks into."""

    def __init__(self, names):
        super().__init__("__main__")
        self.__dict__["_names"] = names

    def __getattr__(self, name):
        if not dict.__contains__(self._names, name):  # What the program has is not for unittest to find.
            raise AttributeError(name)
        return self._names[name]

    def __dir__(self):
        return [name for name in self._names if name != "__lydian__"]


class Tests:
    """The conversation with the program."""

    def __init__(self, text, prelude, entry_point):
        self.guests, self.numbers = [], {}
        self.callbacks = [self.guest_action]
        self.asked, self.classes, self.remotes, self.made, self.failures, self.told = 0, {}, {}, {}, [], []
        self.lock, self.stopped = threading.RLock(), None
        try:
            tree = compile(text, "tests.py", "exec", 1 << 10, dont_inherit=True)  # The syntax tree.
            self.code = compile(tree, "tests.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            raise NoTests("the tests are no Python: " + describe(error)) from None
        self.reader = Reader(tree, entry_point)
        self.prelude = self.usable(prelude)
        names = self.heard().get("names")
        if type(names) is not dict:
            raise self.stop(ProgramLost("no list of names"))
        self.kinds = {name: kind for name, kind in names.items() if type(kind) is list and kind}
        self.reader.asks_for_names |= any(name in self.kinds and not hasattr(builtins, name) for name in self.reader.used)
        self.named = {name for name in self.reader.used if self.kinds.get(name, [""])[0] == "class"}

    def usable(self, prelude):
        """The task's own text, and the names in it that are the program's all the same: functions that it only announces, and classes, whose objects live there."""
        import ast
        for ending in ("", "\n    pass\n"):
            try:
                tree = compile(prelude + ending, "task.py", "exec", 1 << 10, dont_inherit=True)
            except (SyntaxError, ValueError):
                continue

            def announced(node):
                return all(isinstance(each, ast.Pass) or isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in node.body)
            theirs = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
            theirs |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and announced(node)}
            return compile(tree, "task.py", "exec", dont_inherit=True), theirs | {self.reader.entry_point}
        return None

    def stop(self, error):
        """Ends the tests, also where they catch everything."""
        self.stopped = self.stopped or error
        return error

    def heard(self):
        try:
            message = receive(PEER)
        except (NoData, ValueError, RecursionError) as error:
            raise self.stop(ProgramLost("a message that is none: %s" % error)) from None
        except OSError:
            message = None
        if type(message) is not dict:
            raise self.stop(ProgramLost("the program's process ended"))
        return message

    def out(self, value):
        def other(value):
            known = as_standard(value, self.out) or namedtuple_of(value, self.out)
            if known is not None:
                return known
            if type(value) in (Remote, RemoteFunction) or isinstance(type(value), RemoteClass) or isinstance(value, RemoteClass):
                return value._lydian_place
            home, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
            if type(home) is str and home in STANDARD | {"builtins"} and type(name) is str and getattr(__import__(home, fromlist=["_"]), name, None) is value:
                return {"__t__": "standard", "v": [home, name]}
            if isinstance(value, collections.abc.Iterator) and not isinstance(value, io.IOBase):
                return {"__t__": "iterator", "v": self.kept(lambda: [each for each in itertools.islice(value, 1)])}
            if self.is_guest(value) and not callable(value):
                if id(value) not in self.numbers:
                    self.numbers[id(value)] = len(self.guests)
                    self.guests.append(value)
                return {"__t__": "guest", "v": [self.numbers[id(value)], type(value).__name__]}
            if callable(value):
                text = getattr(value, "__doc__", None)
                return {"__t__": "callback", "v": [self.kept(value), str(getattr(value, "__name__", "callback")), text if type(text) is str else None]}
            if isinstance(value, (collections.abc.KeysView, collections.abc.ValuesView, collections.abc.ItemsView)):
                return self.out(list(value))
            if isinstance(value, (types.CoroutineType, BaseException)):  # The program may have brought it here.
                raise TypeError("a value of type %s cannot be given to the program" % type(value).__name__)
            raise self.stop(CannotCross("the tests give the program a value of type %s, which cannot cross" % type(value).__name__))
        return roomy(encode, value, 0, other)

    def is_guest(self, value):
        """Whether it is an object of a class of the tests' own, made from no class of the program's."""
        kind = type(value)
        home = [each.__module__ for each in kind.__mro__ if each is not object]
        return all(each == "__main__" for each in home) and bool(home) and not any(isinstance(each, RemoteClass) for each in kind.__mro__)

    def guest_action(self, op, guest, *arguments, **named):
        """What the program does with an object of the tests'. Its names that begin with two underscores would lead to the tests themselves."""
        if op == "new":
            kind = self.names.get(guest) if guest in self.reader.classes else None
            if not isinstance(kind, type) or isinstance(kind, RemoteClass):
                raise TypeError("no class of the tests")
            return kind(*arguments, **named)
        if not self.is_guest(guest) or arguments and op in ("get", "set") and (type(arguments[0]) is not str or arguments[0].startswith("__")):
            raise TypeError("no object of the tests")
        actions = {"get": getattr, "set": setattr, "len": len, "iter": iter, "next": next, "getitem": operator.getitem, "setitem": operator.setitem, "str": str,
                   "repr": repr, "bool": bool, "eq": operator.eq, "hash": hash, "lt": operator.lt}
        return actions[op](guest, *arguments)

    def kept(self, function):
        self.callbacks.append(function)
        return len(self.callbacks) - 1

    def back(self, value):
        def other(tag, inner):
            if tag == "object" and type(inner) is list and type(inner[0]) is int and type(inner[1]) is str:
                remote = self.remotes.setdefault(inner[0], Remote(self, {"__t__": "object", "v": inner}, inner[1]))
                return self.awaitable(remote) if inner[1] == "coroutine" else remote
            if tag == "guest":
                return self.guests[inner]
            if tag == "namedtuple":
                return collections.namedtuple(str(inner[0]), [str(each) for each in inner[1]])(*[self.back(each) for each in inner[2]])
            return from_standard(tag, inner, self.back)
        try:
            return roomy(decode, value, other)
        except (NoData, TypeError, ValueError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
            raise self.stop(ProgramLost("a value that is none: %s" % error)) from None

    async def awaitable(self, remote):
        return self.ask("await", remote)

    def ask(self, op, *arguments, **named):
        with self.lock:
            return self.ask_alone(op, arguments, named)

    def ask_alone(self, op, arguments, named):
        self.asked += op not in ("seed", "guests")
        message = {"op": op, "args": [each if type(each) is dict and each.get("__t__") == "name" else self.out(each) for each in arguments]}
        if named:
            message["kwargs"] = {key: self.out(each) for key, each in named.items()}
        if sys.stdout is not sys.__stdout__:
            message["listen"] = True  # The tests look at what is printed.
        if type(sys.stdin) is io.StringIO:
            place = sys.stdin.tell()
            message["stdin"] = sys.stdin.getvalue()[place:]
        if builtins.input is not _input:
            message["input"] = self.kept(builtins.input)
        try:
            send(PEER, message)
        except OSError:
            raise self.stop(ProgramLost("the program's process ended")) from None
        while True:
            reply = self.heard()
            if "back" not in reply:
                break
            self.call_back(reply)
        if "listen" in message and type(reply.get("heard")) is str:
            sys.stdout.write(reply["heard"])
        if "stdin" in message and type(reply.get("read")) is int and reply["read"] >= 0:
            sys.stdin.seek(place + reply["read"])
        if "stop" in reply:
            raise StopIteration if op == "next" else RuntimeError("StopIteration")
        if "e" in reply:
            raise self.error(reply["e"])
        for place, value in reply.get("m", []):
            if type(place) is int and 0 < place < len(arguments):
                self.write_back(arguments[place], self.back(value))
            elif type(place) is str and place in named:
                self.write_back(named[place], self.back(value))
        for place in reply.get("same", []):
            if op == "call" and type(place) is int and 0 < place < len(arguments) and type(arguments[place]) in CHANGEABLE:
                return arguments[place]
        return self.back(reply.get("r"))

    @staticmethod
    def write_back(target, value):
        if type(target) not in CHANGEABLE or type(value) is not type(target):
            return
        if type(target) in (list, bytearray):
            target[:] = value
        else:
            target.clear()
            (target.extend if type(target) is collections.deque else target.update)(value)

    def call_back(self, message):
        try:
            function = self.callbacks[message["back"]]
            value = function(*[self.back(each) for each in message["args"]], **{key: self.back(each) for key, each in message["kwargs"].items()})
            reply = {"r": self.out(value)}
        except Exception as error:
            if isinstance(error, AssertionError) and not any(each is error for each in self.told):
                self.failures.append(error)  # It fails the tests, whatever the program makes of it.
            reply = {"e": [type(error).__name__, str(error)]}
        except CannotCross as error:
            if message["back"] != 0:
                raise
            self.stopped, reply = None, {"e": ["TypeError", str(error)]}  # It was the program that asked for this part of an object.
        send(PEER, reply)

    def error(self, told):
        made = self.error_like(told[:3])
        for name, value in (told[3] if len(told) > 3 and type(told[3]) is dict else {}).items():
            if not name.startswith("_") and not hasattr(BaseException, name):
                setattr(made, name, self.back(value))
        self.told.append(made)
        return made

    def error_like(self, told):
        names, detail, text = told
        for name in names:
            local = self.classes.get(name)
            if local is None and name in self.kinds and self.kinds[name][0] == "class":
                local = self.value_of(name)
            if local is None:
                local = getattr(builtins, str(name), None)
            if not isinstance(local, type) or not issubclass(local, Exception):
                continue
            if issubclass(local, (StopIteration, StopAsyncIteration)):
                break  # It would end a loop of the tests.
            try:
                return Exception.__new__(local, *self.back(detail)) if isinstance(local, RemoteClass) else local(*self.back(detail))
            except Exception:
                break
        return RuntimeError(text)

    def look_up(self, name):
        if name in self.reader.library:
            return self.reader.library[name]
        if name in self.reader.foreign:
            try:
                return __import__(FOREIGN[name])
            except ImportError:
                raise self.stop(NoTests("the tests use %s, which is not here" % FOREIGN[name])) from None
        if name not in self.kinds or (hasattr(builtins, name) and self.reader.asks_for_names and name != self.reader.entry_point):
            raise KeyError(name)
        return self.value_of(name)

    def value_of(self, name):
        kind = self.kinds[name]
        if kind[0] == "module" and kind[1] in STANDARD:
            self.asked += 1  # It is what the program says that it is.
            return __import__(kind[1], fromlist=["_"])
        place = {"__t__": "name", "v": name}
        if kind[0] == "class":
            if name not in self.classes:
                bases = [getattr(builtins, str(each), None) for each in kind[1][1:]]
                bases = [each for each in bases if isinstance(each, type) and issubclass(each, Exception)]
                body = {"_lydian_tests": self, "_lydian_place": place, "_lydian_name": name}
                self.classes[name] = RemoteException(name, (bases[0],), body) if bases else RemoteClass(name, (), body)
            return self.classes[name]
        if kind[0] == "function":
            return RemoteFunction(self, place, name)
        return self.ask("get", place)

    def equal(self, one, other):
        """Whether two objects of the program's are equal: their own ==, where it can also say no."""
        if self.ask("eq", one, other) is not True:
            return False
        tried = 0
        for mine, theirs in ((one, other), (other, one)):
            if mine._lydian_made is None:
                continue
            for decoy in self.decoys(*mine._lydian_made):
                tried += 1
                if self.ask("eq", theirs, decoy) is False:
                    return True
        if tried == 0 and self.ask("state", one) == self.ask("state", other):
            return True
        raise self.stop(OwnWord("objects of class %s are equal by nothing but their own word" % one._lydian_type))

    def decoys(self, cls, arguments, named, key):
        """Objects that should differ from one made of these arguments."""
        yield from [each for each in self.made[cls] if each._lydian_made[3] != key][:8]
        for place in range(len(arguments)):
            for value in other_values(arguments[place]):
                try:
                    made = self.ask("call", cls._lydian_place, *arguments[:place], value, *arguments[place + 1:], **named)
                except Exception:
                    continue
                if type(made) is Remote:
                    yield made

    def seeded(self, *arguments, **named):
        random.Random.seed(random._inst, *arguments, **named)
        self.ask("seed", *arguments, **named)

    def run(self):
        names = Names(__name__="__main__", __builtins__=builtins, __lydian__={}.__getitem__)
        sys.modules["__main__"] = Main(names)
        random.seed = self.seeded
        threading.excepthook = lambda told: self.failures.append(told.exc_value)
        if self.prelude is not None:
            try:
                exec(self.prelude[0], names)
            except Exception as error:
                raise NoTests("the task's own text fails: " + describe(error)) from None
            for name in self.prelude[1]:
                names.pop(name, None)
        names["__lydian__"] = self.look_up
        self.names = names
        unknown = sorted(name for name in self.reader.classes if name not in self.kinds)
        if unknown:
            self.ask("guests", unknown)
        try:
            exec(self.code, names)
            self.run_waiting(names)
        except SystemExit as stop:
            if stop.code not in (None, False, 0):
                raise AssertionError("the tests ended with %r" % (stop.code,)) from None
        threading._shutdown()
        if self.stopped is not None:
            raise self.stopped
        if self.failures:
            raise self.failures[0]
        if self.asked == 0:
            raise NoTests("the tests ask the program nothing")

    def run_waiting(self, names):
        """Tests that are defined and that nobody calls: check(candidate), test_…(), cases of unittest."""
        for name in self.reader.waiting:
            value = names.get(name)
            if name == "check" and callable(value):
                if not self.reader.entry_point:
                    raise NoTests("the tests define check() and nobody says what to check")
                value(eval(self.reader.handed or self.reader.entry_point, names))
            elif isinstance(value, type) and "unittest" in sys.modules and issubclass(value, sys.modules["unittest"].TestCase):
                unittest = sys.modules["unittest"]
                outcome = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(value))
                if not outcome.wasSuccessful():
                    raise AssertionError("a case of unittest failed")
            elif isinstance(value, type) and name.startswith("Test"):
                for method in [each for each in vars(value) if each.startswith("test")]:
                    getattr(value(), method)()
            elif isinstance(value, types.FunctionType) and name.startswith("test") and len(value.__defaults__ or ()) == value.__code__.co_argcount:
                value()


def other_values(value):
    """Values like this one and not equal to it."""
    if type(value) in (int, float):
        return [value + 1, value + 2]
    if type(value) is str:
        return [value[:-1] + chr(ord(value[-1]) - 1 if value[-1] in "9zZ" else ord(value[-1]) + 1), value + "a"] if value else ["a"]
    if type(value) in (list, tuple) and value:
        return [value[:-1] + type(value)([each]) for each in other_values(value[-1])]
    return []


def failed_line(error, source):
    """The line of the tests' text that raised, for assertions that say nothing themselves."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "tests.py":
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = source.split("\n")
    return "AssertionError in line %d of the tests: %s" % (line, lines[line - 1].strip()[:200]) if 0 < line <= len(lines) else "AssertionError"


def run_tests(request):
    tests, failed, text = None, "lost", ""
    try:
        tests = Tests(request["tests"], request.get("prelude", ""), request.get("entry_point", ""))
        tests.run()
        failed = None
    except BaseException as error:
        error = getattr(tests, "stopped", None) or error
        mine = isinstance(error, ImportError) and not any(each is error for each in getattr(tests, "told", ()))
        endings = {ProgramLost: "lost", NoTests: "row", CannotCross: "refused", OwnWord: "assertion"}
        failed = endings.get(type(error)) or ("assertion" if isinstance(error, AssertionError) else "row" if mine else "error")
        text = str(error) if type(error) in endings else failed_line(error, request["tests"]) if type(error) is AssertionError and not error.args else describe(error)
        show_error()
    if failed is None:
        send(CHANNEL, {"proved": tests.asked})
        leave(0)
    send(CHANNEL, {"failed": failed, "text": text})
    leave(1)
