# Assert mode, the tests' side: an interpreter of its own that sees the program through what it says (pair.py).

_input = builtins.input


class ProgramLost(BaseException):
    """The program's process ended or broke the conversation: nothing that the tests catch."""


class CannotCross(BaseException):
    """The tests give the program what is no data. Only for values that the tests alone can have made, so that no program can bring it about."""


class NoTests(BaseException):
    """Whatever the program, these tests prove nothing."""


class OwnWord(BaseException):
    """Objects that are equal by nothing but what they say."""


# What may make another thing of an object than it was.
CHANGING = {"call", "setattr", "delattr", "setitem", "delitem", "enter", "exit", "await", "next", "update"} | {"i" + each for each in ARITHMETIC}


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
        return [name for name in self._names if not name.startswith("__lydian")]


class Tests:
    """The conversation with the program."""

    def __init__(self, text, prelude, entry_point):
        self.text, self.guests, self.numbers = text, [], {}
        self.callbacks = [self.guest_action]
        self.asked, self.classes, self.remotes, self.made, self.failures, self.told = 0, {}, {}, {}, [], []
        self.lock, self.stopped, self.changes, self.lent, self.shown, self.given = threading.RLock(), None, 0, [], {}, {}
        try:
            tree = compile(text, "tests.py", "exec", 1 << 10, dont_inherit=True)  # The syntax tree.
            compile(tree, "tests.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            raise NoTests("the tests are no Python: " + describe(error)) from None
        self.reader = Reader(tree, entry_point)
        import ast
        Asked(tree, ast)
        self.code = compile(tree, "tests.py", "exec", dont_inherit=True)
        self.prelude = self.usable(prelude)
        names = self.heard().get("names")
        if type(names) is not dict:
            raise self.stop(ProgramLost("no list of names"))
        self.kinds = {name: kind for name, kind in names.items() if type(kind) is list and kind}
        self.reader.asks_for_names |= any(name in self.kinds and not hasattr(builtins, name) for name in self.reader.used)
        # Not what the tests bind themselves, and not the built-in names: with those they do not speak of the program.
        self.named = {name for name in self.reader.used - self.reader.bound if self.kinds.get(name, [""])[0] == "class" and not hasattr(builtins, name)}

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

    def out(self, value, seen=None):
        def other(value):
            if isinstance(value, RemoteClass):
                return value._lydian_named
            if is_remote(value) or type(value) is RemoteFunction:
                return value._lydian_place
            if isinstance(type(value), RemoteException):
                return type(value)._lydian_named
            known = as_standard(value, lambda each: self.out(each, seen)) or namedtuple_of(value, lambda each: self.out(each, seen))
            if known is not None:
                return known
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
        return roomy(encode, value, 0, other, seen)

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
        member = getattr(type(guest), arguments[0], None) if op == "set" else None
        if callable(member) or hasattr(type(member), "__get__") and not isinstance(member, types.MemberDescriptorType):
            raise AttributeError("%r is not for the program to set" % arguments[0])
        actions = {"get": getattr, "set": setattr, "len": len, "iter": iter, "next": next, "getitem": operator.getitem, "setitem": operator.setitem, "str": str,
                   "repr": repr, "bool": bool, "eq": operator.eq, "hash": hash, "lt": operator.lt}
        return actions[op](guest, *arguments)

    def kept(self, function):
        self.callbacks.append(function)
        return len(self.callbacks) - 1

    def shown_class(self, name):
        """The class of which the tests see an object of the program's to be."""
        if name not in self.shown:
            kind = self.value_of(name) if name in self.named else type
            self.shown[name] = kind if issubclass(kind, Remote) else type(name, (Remote,), dict(REMOTE_BODY))
        return self.shown[name]

    def back(self, value, seen=None):
        def back(value):
            return self.back(value, seen)

        def other(tag, inner):
            if tag == "again" and type(inner) is int and inner >= 0:
                return seen.held[inner]
            if tag == "object" and type(inner) is list and type(inner[0]) is int and type(inner[1]) is str:
                found = self.remotes.get(inner[0])
                if found is None:
                    found = self.remotes[inner[0]] = remote(self.shown_class(inner[1]), self, {"__t__": "object", "v": inner}, inner[1])
                found._lydian_set(own=False)  # Whoever made it; who asked for it may know better.
                return self.awaitable(found) if inner[1] == "coroutine" else found
            if tag == "guest":
                return self.guests[inner]
            if tag == "namedtuple":
                return collections.namedtuple(str(inner[0]), [str(each) for each in inner[1]])(*[back(each) for each in inner[2]])
            return from_standard(tag, inner, back, seen)
        try:
            return roomy(decode, value, other, seen)
        except (NoData, TypeError, ValueError, KeyError, IndexError, ArithmeticError, RecursionError, AttributeError) as error:
            raise self.stop(ProgramLost("a value that is none: %s" % error)) from None

    async def awaitable(self, remote):
        return self.ask("await", remote)

    def ask(self, op, *arguments, **named):
        with self.lock:
            return self.ask_alone(op, arguments, named)

    def ask_alone(self, op, arguments, named):
        if op != "update":
            self.return_lent()
        self.asked += op not in ("seed", "guests", "update")
        self.changes += op in CHANGING
        given = Containers()
        message = {"op": op, "args": [self.out(each, given) for each in arguments]}
        if named:
            message["kwargs"] = {key: self.out(each, given) for key, each in named.items()}
        given.complete = True
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
        if reply.get("m") and op == "call":
            self.remember_given([*arguments, *named.values()])
        for number, value in reply.get("m", []):
            if type(number) is int and 0 <= number < len(given.held):
                write_back(given.held[number], self.back(value, given))
        return self.back(reply.get("r"), given)

    def remember_given(self, arguments):
        """What a call was given that the program has changed, and the call's line."""
        frame = sys._getframe()
        while frame is not None and frame.f_code.co_filename != "tests.py":
            frame = frame.f_back
        memo = {}
        for each in arguments:
            if type(each) in CHANGEABLE and frame is not None:
                self.given[id(each)] = (each, copied(each, memo), frame.f_lineno)
        while len(self.given) > 64:
            del self.given[next(iter(self.given))]

    def given_to(self, value, calls):
        """A variable's value as the last call that changed it was given it, where that is one of `calls` (their lines)."""
        held, before, line = self.given.get(id(value), (None, None, 0))
        return before if held is value and any(first <= line <= last for first, last in calls) else value

    def run_text(self, run, text, *spaces):
        """eval and exec of the tests: a text that a program made may reckon, and nothing else, since it is run in this process."""
        frame = sys._getframe(2)
        if isinstance(text, str) and text not in self.text and not reckons(text):
            raise self.stop(OwnWord("the tests would run what the program wrote"))
        return run(text, *(spaces or (frame.f_globals, frame.f_locals)))

    def lend(self, holder, name, value):
        """What changes in a container that is an object's attribute is the object's, too."""
        if type(value) in CHANGEABLE:
            self.lent.append((holder, name, value, self.out(value)))

    def return_lent(self):
        lent, self.lent = self.lent, []
        for holder, name, value, before in lent:
            now = self.out(value)
            if now != before:
                self.ask_alone("update", (holder, name, value), {})
            if sys.getrefcount(value) > 3:  # The tests still have it.
                self.lent.append((holder, name, value, now))

    def failed(self, error):
        """An assertion of the tests' own that the program gets to see fails them, whatever it makes of it."""
        if isinstance(error, AssertionError) and not any(each is error for each in self.told):
            self.failures.append(error)

    def call_back(self, message):
        try:
            function = self.callbacks[message["back"]]
            value = function(*[self.back(each) for each in message["args"]], **{key: self.back(each) for key, each in message["kwargs"].items()})
            reply = {"r": self.out(value)}
        except Exception as error:
            self.failed(error)
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
                body = {"_lydian_asked": self, "_lydian_named": place}
                self.classes[name] = RemoteException(name, (bases[0],), body) if bases else RemoteClass(name, (Remote,), {**body, **REMOTE_BODY})
            return self.classes[name]
        if kind[0] == "function":
            return RemoteFunction(self, place, name)
        return self.ask("get", RemoteFunction(self, place, name))

    def equal(self, one, other):
        """Whether two objects of the program's are equal: their own ==, where it can also say no. It is asked among others, in an order that nobody knows."""
        pairs, others = [(one, other)], []
        for mine, theirs in ((one, other), (other, one)):
            if mine._lydian_decoys is None and mine._lydian_made is not None:
                mine._lydian_set(decoys=self.decoys(*mine._lydian_made))
            for each, differs in mine._lydian_decoys or ():
                others += [len(pairs)] if differs else []
                pairs.append((theirs, each))
        answers = [None] * len(pairs)
        for place in random.SystemRandom().sample(range(len(pairs)), len(pairs)):
            try:
                answers[place] = self.ask("eq", *pairs[place])
            except Exception:
                if place == 0:
                    raise
        if answers[0] is not True:
            return False
        answered = [answers[place] for place in others if answers[place] is not None]
        if answered and answered.count(False) >= 0.75 * len(answered):
            return True
        held = self.ask("state", one) if len(pairs) == 1 else None
        if len(pairs) == 1 and one is other or held is not None and held == self.ask("state", other):
            return True
        raise self.stop(OwnWord("objects of class %s are equal by nothing but their own word" % one._lydian_type))

    def decoys(self, cls, arguments, named, key):
        """Objects to be asked beside one made of these arguments, and whether they should differ from it: the tests' own, and some made for it."""
        found = [(each, True) for each in self.made[cls] if each._lydian_made[3] != key][:DECOYS]
        for each in other_arguments(arguments, named):
            with contextlib.suppress(Exception):
                found.append((self.ask("call", cls, *each[0], **each[1]), each != (arguments, named)))
        return [each for each in found if is_remote(each[0])]

    def expected(self, kind, name=None):
        """For a class, or what a class is asked for by name, of which an object is made to be compared: others are made around it, and nobody can tell which one
        counts."""
        if not isinstance(kind, RemoteClass) or not issubclass(kind, Remote):
            return kind if name is None else getattr(kind, name)
        kind = kind if name is None else getattr(kind, name)

        def make(*arguments, **named):
            decoys, others = [], other_arguments(arguments, named)
            place = random.SystemRandom().randrange(len(others) + 1)
            for each in others[:place] + [None] + others[place:]:
                if each is None:
                    made = kind(*arguments, **named)
                    continue
                with contextlib.suppress(Exception):
                    decoys.append((self.ask("call", kind, *each[0], **each[1]), each != (arguments, named)))
            if is_remote(made):
                made._lydian_set(decoys=[each for each in decoys if is_remote(each[0])] or None)
            return made
        return make

    def seeded(self, *arguments, **named):
        random.Random.seed(random._inst, *arguments, **named)
        self.ask("seed", *arguments, **named)

    def asks_for_objects(self, module, name):
        """A function of the library that looks into objects, for those that are the program's."""
        own, theirs = getattr(module, name), RemoteFunction(self, {"__t__": "standard", "v": [module.__name__, name]}, name)

        @functools.wraps(own)
        def function(*arguments, **named):
            is_theirs = arguments and (is_remote(arguments[0]) or isinstance(arguments[0], RemoteClass))
            return (theirs if is_theirs else own)(*arguments, **named)
        setattr(module, name, function)

    def run(self):
        names = Names(__name__="__main__", __builtins__=builtins, __lydian__={}.__getitem__)
        sys.modules["__main__"] = Main(names)
        random.seed = self.seeded
        for name in ("asdict", "astuple", "fields", "is_dataclass", "replace"):
            self.asks_for_objects(dataclasses, name)
        threading.excepthook = lambda told: self.failures.append(told.exc_value)
        if self.prelude is not None:
            try:
                exec(self.prelude[0], names)
            except Exception as error:
                raise NoTests("the task's own text fails: " + describe(error)) from None
            for name in self.prelude[1]:
                names.pop(name, None)
        names.update(eval=lambda *given: self.run_text(eval, *given), exec=lambda *given: self.run_text(exec, *given))
        names.update(__lydian__=self.look_up, __lydian_given__=self.given_to, __lydian_expected__=self.expected)
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


DECOYS = 7
LETTERS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


def other_values(value):
    """Values of this one's kind, DECOYS of them, or none. They and the value are drawn alike: nothing in the whole set tells which of them was first."""
    draw, kind = random.SystemRandom(), type(value)
    if kind is bool:
        return [draw.random() < 0.5 for _ in range(DECOYS)]
    if kind in (int, float, complex):
        first, *others = draw.sample(range(2 * DECOYS), DECOYS + 1)
        if value - value != 0:
            return [kind(each) for each in others]  # It is not finite.
        step = 1 if value + 1 != value else value / 64
        return [value + (each - first) * step for each in others]
    if kind is str:
        places = [(place, letters) for place, each in enumerate(value) for letters in LETTERS if each in letters]
        if not places:
            return [value + each for each in draw.sample(string.ascii_lowercase, DECOYS)]
        place, letters = draw.choice(places)
        return [value[:place] + each + value[place + 1:] for each in draw.sample([each for each in letters if each != value[place]], DECOYS)]
    if kind in (list, tuple, set, frozenset):
        items = list(value)
        if not items:
            return [kind([each]) for each in range(DECOYS)]
        for place in draw.sample(range(len(items)), len(items)):
            others = other_values(items[place])
            if others:
                return [kind(items[:place] + [each] + items[place + 1:]) for each in others]
        return []
    if kind is dict:
        if not value:
            return [{each: each} for each in range(DECOYS)]
        held = [dict(zip(value, each)) for each in other_values(tuple(value.values()))]
        return held or [dict(zip(each, value.values())) for each in other_values(tuple(value))]
    return []


def other_arguments(arguments, named):
    """In place of a call's arguments, others: all that can be are changed at once."""
    changed = {place: others for place, each in [*enumerate(arguments), *named.items()] for others in [other_values(each)] if others}
    return [(tuple(changed[place][turn] if place in changed else each for place, each in enumerate(arguments)),
             {name: changed[name][turn] if name in changed else each for name, each in named.items()}) for turn in range(DECOYS if changed else 0)]


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
