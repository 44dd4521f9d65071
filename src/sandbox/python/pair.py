# Assert mode: tests and program in two processes, each in a cell of its own. The tests' process runs no line of the program; what the tests call crosses as data, and
# what cannot be data stays in the program's process and is named by a number. So the end of the tests can only be reached by the tests.

STANDARD = {"math", "cmath", "re", "collections", "itertools", "functools", "random", "string", "heapq", "bisect", "datetime", "decimal", "fractions", "typing", "copy",
            "statistics", "json", "time", "collections.abc", "operator", "sys"}
RESULTS_ALONE = {"len", "iter", "next"}  # What may be asked of an object that the tests do not know by its class: nothing that tells it what is expected.
ORDER = ("lt", "le", "gt", "ge")
ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "and", "or", "xor")


class ProgramLost(BaseException):
    """The program's process ended or broke the conversation: nothing that the tests catch."""


def as_standard(value):
    """Plain values of the standard library, in a tagged form of the pair's own; None where it is none."""
    kind = type(value)
    if kind is decimal.Decimal:
        return {"__t__": "decimal", "v": str(value)}
    if kind is fractions.Fraction:
        return {"__t__": "fraction", "v": [str(value.numerator), str(value.denominator)]}
    if kind is range:
        return {"__t__": "range", "v": [value.start, value.stop, value.step]}
    if kind is datetime.datetime and value.tzinfo is None:
        return {"__t__": "datetime", "v": [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]}
    if kind is datetime.date:
        return {"__t__": "date", "v": [value.year, value.month, value.day]}
    if kind is datetime.timedelta:
        return {"__t__": "timedelta", "v": [value.days, value.seconds, value.microseconds]}
    return None


def from_standard(tag, value):
    if tag == "decimal":
        return decimal.Decimal(value)
    if tag == "fraction":
        return fractions.Fraction(int(value[0]), int(value[1]))
    makers = {"range": range, "datetime": datetime.datetime, "date": datetime.date, "timedelta": datetime.timedelta}
    if tag in makers and all(type(each) is int for each in value):
        return makers[tag](*value)
    raise NoData("an unknown tag")


def namedtuple_fields(kind):
    fields = getattr(kind, "_fields", None)
    return list(fields) if kind.__mro__[1:] == (tuple, object) and type(fields) is tuple else None


class Served:
    """The program's side: it answers what the tests ask."""

    def __init__(self, namespace):
        self.namespace, self.objects = namespace, []
        self.actions = {"call": lambda function, *arguments, **named: function(*arguments, **named), "get": lambda value: value, "getattr": getattr, "setattr": setattr,
                        "getitem": operator.getitem, "setitem": operator.setitem, "delitem": operator.delitem, "len": len, "iter": iter, "next": next, "bool": bool,
                        "str": str, "repr": repr, "isinstance": isinstance, "eq": operator.eq, "neg": operator.neg, "hash": hash}
        for name in ORDER + ARITHMETIC:
            self.actions[name] = getattr(operator, name, None) or getattr(operator, name + "_")

    def out(self, value):
        def other(value):
            known = as_standard(value)
            if known is not None:
                return known
            kind = type(value)
            fields = namedtuple_fields(kind)
            if fields is not None:
                return {"__t__": "namedtuple", "v": [kind.__name__, fields, [self.out(each) for each in value]]}
            if kind is collections.deque:
                return {"__t__": "deque", "v": [self.out(each) for each in value]}
            self.objects.append(value)
            return {"__t__": "object", "v": [len(self.objects) - 1, kind.__name__]}
        return encode(value, 0, other)

    def back(self, value):
        def other(tag, inner):
            if tag == "object":
                return self.objects[inner[0]]
            if tag == "name":
                return self.namespace[inner]
            if tag == "deque":
                return collections.deque(self.back(each) for each in inner)
            if tag == "callback":
                return lambda *arguments, **named: self.call_back(inner, arguments, named)
            return from_standard(tag, inner)
        return decode(value, other)

    def call_back(self, number, arguments, named):
        send(PEER, {"back": number, "args": [self.out(each) for each in arguments], "kwargs": {key: self.out(each) for key, each in named.items()}})
        while True:
            message = receive(PEER)
            if message is None:
                _exit(0)
            if "op" not in message:
                break
            self.answer(message)
        if "e" in message:
            raise getattr(builtins, message["e"][0], Exception)(message["e"][1])
        return self.back(message["r"])

    def answer(self, message):
        reply = {}
        try:
            arguments = [self.back(each) for each in message["args"]]
            named = {key: self.back(each) for key, each in message.get("kwargs", {}).items()}
            reply["r"] = self.out(self.actions[message["op"]](*arguments, **named))
            if message["op"] == "call":
                reply["m"] = self.changed(message["args"], arguments)
        except StopIteration:
            reply = {"stop": True}
        except Exception as error:
            names = [each.__name__ for each in type(error).__mro__]
            try:
                detail = [self.out(each) for each in error.args]
            except Exception:
                detail = []
            reply = {"e": [names, detail, describe(error)]}
        try:
            send(PEER, reply)
        except NoData as error:
            send(PEER, {"e": [["ValueError", "Exception"], [], str(error)]})

    def changed(self, before, after):
        """Lists, dictionaries and sets that the call changed in place, by their place among the arguments."""
        found = []
        for index in range(1, len(after)):
            if type(after[index]) in (list, dict, set):
                try:
                    now = encode(after[index])
                except NoData:
                    continue
                if now != before[index]:
                    found.append([index, now])
        return found


def kinds_of(namespace):
    """What each global name is, for the tests to know how to speak of it."""
    kinds = {}
    for name, value in namespace.items():
        if name.startswith("__"):
            continue
        if isinstance(value, types.ModuleType):
            kinds[name] = ["module", value.__name__]
            continue
        home = getattr(value, "__module__", None)
        if home in STANDARD and getattr(value, "__name__", None) and getattr(sys.modules.get(home), value.__name__, None) is value:
            kinds[name] = ["standard", home, value.__name__]
        elif isinstance(value, type):
            kinds[name] = ["class", [each.__name__ for each in value.__mro__]]
        else:
            kinds[name] = ["function"] if callable(value) else ["value"]
    return kinds


def serve_program(request):
    namespace = ending(load, request["program"], "main")
    served = Served(namespace)
    send(PEER, {"names": kinds_of(namespace)})
    while True:
        message = receive(PEER)
        if message is None:
            leave(0)
        try:
            served.answer(message)
        except SystemExit:
            _exit(96)
        except BaseException:
            show_error()
            _exit(97)


class Tests:
    """The tests' side."""

    def __init__(self, text, entry_point):
        self.callbacks, self.asked, self.classes = [], 0, {}
        hello = self.heard()
        names = hello.get("names")
        if type(names) is not dict:
            raise ProgramLost("no list of names")
        self.kinds = {name: kind for name, kind in names.items() if type(kind) is list and kind}
        tree = compile(text, "tests.py", "exec", 1 << 10, dont_inherit=True)  # The syntax tree.
        import ast
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        # A program's own abs() must not judge the program: built-in names are the program's only where the tests ask for nothing else.
        foreign = {name for name in used if not hasattr(builtins, name) and name in self.kinds}
        self.hidden = {name for name in self.kinds if hasattr(builtins, name) and foreign and name != entry_point}
        self.named = {name for name in used if self.kinds.get(name, [""])[0] == "class"}
        self.code = compile(tree, "tests.py", "exec", dont_inherit=True)

    def heard(self):
        try:
            message = receive(PEER)
        except (NoData, ValueError, RecursionError) as error:
            raise ProgramLost("a message that is none: %s" % error) from None
        except OSError:
            message = None
        if type(message) is not dict:
            raise ProgramLost("the program's process ended")
        return message

    def out(self, value):
        def other(value):
            known = as_standard(value)
            if known is not None:
                return known
            if type(value) is Remote:
                return value._lydian_place
            if isinstance(type(value), RemoteClass) or isinstance(value, RemoteClass):
                return value._lydian_place
            if type(value) is collections.deque:
                return {"__t__": "deque", "v": [self.out(each) for each in value]}
            if callable(value):
                self.callbacks.append(value)
                return {"__t__": "callback", "v": len(self.callbacks) - 1}
            raise TypeError("a value of type %s cannot be given to the program" % type(value).__name__)
        return encode(value, 0, other)

    def back(self, value):
        def other(tag, inner):
            if tag == "object" and type(inner) is list and type(inner[0]) is int and type(inner[1]) is str:
                return Remote(self, {"__t__": "object", "v": inner}, inner[1])
            if tag == "deque":
                return collections.deque(self.back(each) for each in inner)
            if tag == "namedtuple":
                return collections.namedtuple(str(inner[0]), [str(each) for each in inner[1]])(*[self.back(each) for each in inner[2]])
            return from_standard(tag, inner)
        try:
            return decode(value, other)
        except (NoData, TypeError, ValueError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
            raise ProgramLost("a value that is none: %s" % error) from None

    def ask(self, op, *arguments, **named):
        self.asked += 1
        message = {"op": op, "args": [each if type(each) is dict and each.get("__t__") == "name" else self.out(each) for each in arguments]}
        if named:
            message["kwargs"] = {key: self.out(each) for key, each in named.items()}
        try:
            send(PEER, message)
        except OSError:
            raise ProgramLost("the program's process ended") from None
        while True:
            reply = self.heard()
            if "back" not in reply:
                break
            self.call_back(reply)
        if "stop" in reply:
            raise StopIteration
        if "e" in reply:
            raise self.error(reply["e"])
        for index, value in reply.get("m", []):
            if type(index) is int and 0 < index < len(arguments):
                self.write_back(arguments[index], self.back(value))
        return self.back(reply.get("r"))

    @staticmethod
    def write_back(target, value):
        if type(target) is list and type(value) is list:
            target[:] = value
        elif type(target) in (dict, set) and type(value) is type(target):
            target.clear()
            target.update(value)

    def call_back(self, message):
        try:
            function = self.callbacks[message["back"]]
            value = function(*[self.back(each) for each in message["args"]], **{key: self.back(each) for key, each in message["kwargs"].items()})
            reply = {"r": self.out(value)}
        except Exception as error:
            reply = {"e": [type(error).__name__, str(error)]}
        send(PEER, reply)

    def error(self, told):
        names, detail, text = told
        for name in names:
            local = self.classes.get(name)
            if local is None and name in self.kinds and self.kinds[name][0] == "class":
                local = self.value_of(name)
            if local is None:
                local = getattr(builtins, str(name), None)
            if isinstance(local, type) and issubclass(local, Exception):
                try:
                    return Exception.__new__(local, *self.back(detail)) if isinstance(local, RemoteClass) else local(*self.back(detail))
                except Exception:
                    return RuntimeError(text)
        return RuntimeError(text)

    def value_of(self, name):
        kind = self.kinds[name]
        if kind[0] == "module" and kind[1] in STANDARD:
            return __import__(kind[1], fromlist=["_"])
        if kind[0] == "standard" and kind[1] in STANDARD:
            return getattr(__import__(kind[1], fromlist=["_"]), str(kind[2]))
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

    def run(self):
        class Names(dict):
            def __missing__(names, name):
                if name in self.kinds and name not in self.hidden:
                    return self.value_of(name)
                raise KeyError(name)
        names = Names(__name__="tests", __builtins__=builtins)
        exec(self.code, names)


class Remote:
    """An object that stays with the program."""
    __slots__ = ("_lydian_tests", "_lydian_place", "_lydian_type")

    def __init__(self, tests, place, kind):
        object.__setattr__(self, "_lydian_tests", tests)
        object.__setattr__(self, "_lydian_place", place)
        object.__setattr__(self, "_lydian_type", kind)

    def _lydian_ask(self, op, *arguments):
        if op not in RESULTS_ALONE and self._lydian_type not in self._lydian_tests.named:
            raise TypeError("a value of type %s is no data" % self._lydian_type)
        return self._lydian_tests.ask(op, self, *arguments)

    def __getattr__(self, name):
        if self._lydian_type not in self._lydian_tests.named:
            raise AttributeError("a value of type %s is no data" % self._lydian_type)
        value = self._lydian_tests.ask("getattr", self, name)
        return RemoteFunction(self._lydian_tests, value._lydian_place, name) if type(value) is Remote and value._lydian_type in ("method", "function") else value

    def __setattr__(self, name, value):
        self._lydian_ask("setattr", name, value)

    def __getitem__(self, key):
        return self._lydian_ask("getitem", key)

    def __setitem__(self, key, value):
        self._lydian_ask("setitem", key, value)

    def __delitem__(self, key):
        self._lydian_ask("delitem", key)

    def __len__(self):
        return self._lydian_ask("len")

    def __iter__(self):
        return self._lydian_ask("iter")

    def __next__(self):
        return self._lydian_ask("next")

    def __bool__(self):
        return self._lydian_ask("bool") is True if self._lydian_type in self._lydian_tests.named else True

    def __str__(self):
        return self._lydian_ask("str")

    def __repr__(self):
        return self._lydian_ask("repr") if self._lydian_type in self._lydian_tests.named else "<%s of the program>" % self._lydian_type

    def __eq__(self, other):
        if type(other) is not Remote or other._lydian_type not in self._lydian_tests.named:
            return NotImplemented
        return self._lydian_ask("eq", other) is True

    def __hash__(self):
        return self._lydian_ask("hash")

    def __call__(self, *arguments, **named):
        if self._lydian_type not in self._lydian_tests.named and self._lydian_type != "function":
            raise TypeError("a value of type %s cannot be called" % self._lydian_type)
        return self._lydian_tests.ask("call", self, *arguments, **named)


def between_objects(op):
    """Only of two objects of classes that the tests name: a number that is expected never goes to the program."""
    def action(self, other):
        if type(other) is not Remote or other._lydian_type not in self._lydian_tests.named:
            return NotImplemented
        return self._lydian_ask(op, other)
    return action


for _op in ORDER + ARITHMETIC:
    setattr(Remote, "__%s__" % _op, between_objects(_op))


class RemoteFunction:
    __slots__ = ("_lydian_tests", "_lydian_place", "__name__")

    def __init__(self, tests, place, name):
        self._lydian_tests, self._lydian_place, self.__name__ = tests, place, name

    def __call__(self, *arguments, **named):
        return self._lydian_tests.ask("call", self._lydian_place if self._lydian_place["__t__"] == "name" else Remote(self._lydian_tests, self._lydian_place, "function"),
                                      *arguments, **named)


class RemoteClass(type):
    """A class of the program, as the tests see it."""

    def __call__(cls, *arguments, **named):
        return cls._lydian_tests.ask("call", cls._lydian_place, *arguments, **named)

    def __instancecheck__(cls, value):
        return type(value) is Remote and cls._lydian_tests.ask("isinstance", value, cls) is True

    def __getattr__(cls, name):
        value = cls._lydian_tests.ask("getattr", cls._lydian_place, name)
        return RemoteFunction(cls._lydian_tests, value._lydian_place, name) if type(value) is Remote and value._lydian_type in ("method", "function") else value


class RemoteException(RemoteClass):
    """An exception of the program: raised here as a local class of the same name, under the same built-in one."""

    def __call__(cls, *arguments, **named):
        return Exception.__new__(cls, *arguments)

    def __instancecheck__(cls, value):
        return type.__instancecheck__(cls, value)


def run_tests(request):
    failed, text = "lost", ""
    tests = None
    try:
        tests = Tests(request["tests"], request.get("entry_point", ""))
        tests.run()
        failed = None
    except ProgramLost as error:
        text = str(error)
    except AssertionError:
        failed, text = "assertion", describe(sys.exc_info()[1])
        show_error()
    except BaseException as error:
        failed, text = "error", describe(error)
        show_error()
    if failed is None:
        send(CHANNEL, {"proved": tests.asked})
        leave(0)
    send(CHANNEL, {"failed": failed, "text": text})
    leave(1)
