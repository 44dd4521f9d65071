# Assert mode: tests and program in two processes, each in a cell of its own. The tests' process (tests.py) runs no line of the program; what the tests call crosses as
# data, and what cannot be data stays in the program's process and is named by a number. So the end of the tests can only be reached by the tests.

STANDARD = {"math", "cmath", "re", "collections", "itertools", "functools", "random", "string", "heapq", "bisect", "datetime", "decimal", "fractions", "typing", "copy",
            "statistics", "json", "time", "collections.abc", "operator", "sys"}
ORDER = ("lt", "le", "gt", "ge")
ARITHMETIC = ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
FACTORIES = {each.__name__: each for each in (int, float, str, list, dict, set, tuple, bool)}
CHANGEABLE = (list, dict, set, bytearray, collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict)


def items_of(value, out):
    return [[out(key), out(each)] for key, each in dict.items(value)]


def as_standard(value, out):
    """Values of the standard library, in a tagged form of the pair's own, their parts by `out`; None where it is none."""
    kind = type(value)
    if kind is bytearray:
        return {"__t__": "bytearray", "v": list(value)}
    if kind is collections.deque:
        return {"__t__": "deque", "v": [out(each) for each in value]}
    if kind is collections.Counter:
        return {"__t__": "counter", "v": items_of(value, out)}
    if kind is collections.OrderedDict:
        return {"__t__": "ordered", "v": items_of(value, out)}
    if kind is collections.defaultdict:
        factory = [name for name, each in FACTORIES.items() if each is value.default_factory]
        return {"__t__": "defaultdict", "v": [factory[0] if factory else "", items_of(value, out)]}
    if kind is decimal.Decimal:
        return {"__t__": "decimal", "v": str(value)}
    if kind is fractions.Fraction:
        return {"__t__": "fraction", "v": [str(value.numerator), str(value.denominator)]}
    if kind is range:
        return {"__t__": "range", "v": [value.start, value.stop, value.step]}
    if kind is slice:
        return {"__t__": "slice", "v": [out(value.start), out(value.stop), out(value.step)]}
    if kind is datetime.datetime and (value.tzinfo is None or type(value.tzinfo) is datetime.timezone):
        zone = [] if value.tzinfo is None else [int(value.utcoffset().total_seconds())]
        return {"__t__": "datetime", "v": [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond] + zone}
    if kind is datetime.time and value.tzinfo is None:
        return {"__t__": "time", "v": [value.hour, value.minute, value.second, value.microsecond]}
    if kind is datetime.date:
        return {"__t__": "date", "v": [value.year, value.month, value.day]}
    if kind is datetime.timedelta:
        return {"__t__": "timedelta", "v": [value.days, value.seconds, value.microseconds]}
    if kind is type and (value.__module__ == "builtins" and getattr(builtins, value.__name__, None) is value):
        return {"__t__": "type", "v": value.__name__}
    return None


def moment(*parts):
    zone = datetime.timezone(datetime.timedelta(seconds=parts[7])) if len(parts) > 7 else None
    return datetime.datetime(*parts[:7], tzinfo=zone)


def from_standard(tag, value, back):
    if tag == "bytearray":
        return bytearray(value)
    if tag == "deque":
        return collections.deque(back(each) for each in value)
    if tag == "counter":
        return collections.Counter({back(key): back(each) for key, each in value})
    if tag == "ordered":
        return collections.OrderedDict([(back(key), back(each)) for key, each in value])
    if tag == "defaultdict":
        return collections.defaultdict(FACTORIES.get(value[0]), {back(key): back(each) for key, each in value[1]})
    if tag == "decimal":
        return decimal.Decimal(value)
    if tag == "fraction":
        return fractions.Fraction(int(value[0]), int(value[1]))
    if tag == "type" and isinstance(getattr(builtins, str(value), None), type):
        return getattr(builtins, value)
    if tag == "slice":
        return slice(*[back(each) for each in value])
    makers = {"range": range, "datetime": moment, "date": datetime.date, "time": datetime.time, "timedelta": datetime.timedelta}
    if tag in makers and all(type(each) is int for each in value):
        return makers[tag](*value)
    raise NoData("an unknown tag")


def namedtuple_of(value, out):
    """A named tuple in tagged form; None where the value is none."""
    kind = type(value)
    fields = getattr(kind, "_fields", None)
    if kind.__mro__[1:] != (tuple, object) or type(fields) is not tuple:
        return None
    return {"__t__": "namedtuple", "v": [kind.__name__, list(fields), [out(each) for each in value]]}


def fields_of(value):
    """What an object holds, by name."""
    found = dict(getattr(value, "__dict__", None) or {})
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if type(slots) is str else slots:
            if hasattr(value, name):
                found[name] = getattr(value, name)
    return found


def digest_of(value):
    """Equal for objects of one class that hold equal things, whatever their own == says."""
    seen, count = {}, itertools.count()

    def walk(value):
        if next(count) > 200000:
            raise NoData("an object of too many parts")
        kind = type(value)
        if value is None or kind in (str, bytes, complex):
            return [kind.__name__, repr(value)]
        if kind in (int, bool, float):
            return ["number", repr(int(value) if kind is not float or value.is_integer() else value)]
        if id(value) in seen:
            return ["seen", seen[id(value)]]
        seen[id(value)] = len(seen)
        if kind in (list, tuple, collections.deque):
            return [kind.__name__, [walk(each) for each in value]]
        if kind in (set, frozenset):
            return ["set", sorted(_dumps(walk(each)) for each in value)]
        if isinstance(value, dict):
            return ["dict", sorted([_dumps(walk(key)), walk(each)] for key, each in dict.items(value))]
        known = as_standard(value, walk)
        return known if known is not None else [kind.__name__, walk(fields_of(value))]
    return hashlib.sha256(_dumps(walk(value)).encode()).hexdigest()


DATA_CLASSES = {int: int.__int__, float: float.__float__, str: str.__str__, bytes: lambda value: bytes.__add__(value, b""), list: lambda value: [*list.__iter__(value)],
                tuple: lambda value: (*tuple.__iter__(value),), dict: lambda value: {**dict(dict.items(value))}, set: lambda value: {*set.__iter__(value)}}


def data_of(value):
    """In a list: the plain data that an object of a derived class is made of, or a view shows. None where it is none."""
    for kind in (type(value).__mro__ if type(value) is not bool else ()):
        if kind in DATA_CLASSES:
            return [DATA_CLASSES[kind](value)]
    return [set(value)] if type(value) in (type({}.keys()), type({}.items())) else None


class GuestClass(type):
    """A class of the tests', as the program sees it."""

    def __call__(cls, *arguments, **named):
        return cls._lydian_served.call_back(0, ("new", cls.__name__, *arguments), named)


class Guest(metaclass=GuestClass):
    """An object of a class of the tests', which stays with them."""
    __slots__ = ("_lydian_number",)

    def _lydian_ask(self, op, *arguments):
        return self._lydian_served.call_back(0, (op, self, *arguments), {})

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._lydian_ask("get", name)

    def __setattr__(self, name, value):
        self._lydian_ask("set", name, value)


def guest_action(op):
    return lambda self, *arguments: self._lydian_ask(op, *arguments)


for _name in ("len", "iter", "next", "getitem", "setitem", "str", "repr", "bool", "eq", "hash", "lt"):
    setattr(Guest, "__%s__" % _name, guest_action(_name))


class Served:
    """The program's side: it answers what the tests ask."""

    def __init__(self, namespace):
        self.namespace, self.objects, self.numbers, self.guests, self.guest_classes = namespace, [], {}, {}, {}
        self.actions = {"call": lambda function, *arguments, **named: function(*arguments, **named), "get": lambda value: value, "getattr": getattr, "setattr": setattr, "delattr": delattr, "deepcopy": copy.deepcopy, "data": data_of, "guests": self.take_guest_classes,
                        "issubclass": lambda kind, other: any(each is other for each in kind.__mro__),
                        "getitem": operator.getitem, "setitem": operator.setitem, "delitem": operator.delitem, "len": len, "iter": iter, "next": next, "isinstance": lambda value, kind: any(each is kind for each in type(value).__mro__), "eq": operator.eq,
                        "hash": hash, "contains": operator.contains, "state": digest_of, "await": self.awaited, "seed": random.seed,
                        "enter": lambda value: type(value).__enter__(value), "exit": self.left}
        self.actions.update(UNARY)
        for name in ORDER + ARITHMETIC:
            self.actions[name] = getattr(operator, name, None) or getattr(operator, name + "_")
        for name in ARITHMETIC:
            self.actions["i" + name] = getattr(operator, "i" + name)

    @staticmethod
    def awaited(value):
        import asyncio
        return asyncio.run(value)

    @staticmethod
    def left(value, told):
        if told is None:
            return type(value).__exit__(value, None, None, None)
        error = getattr(builtins, told[0], Exception)(told[1])
        return bool(type(value).__exit__(value, type(error), error, None))

    def out(self, value):
        def other(value):
            known = as_standard(value, self.out) or namedtuple_of(value, self.out)
            if known is not None:
                return known
            if isinstance(type(value), type) and Guest in type(value).__mro__:
                return {"__t__": "guest", "v": value._lydian_number}
            if id(value) not in self.numbers:
                self.numbers[id(value)] = len(self.objects)
                self.objects.append(value)
            return {"__t__": "object", "v": [self.numbers[id(value)], type(value).__name__]}
        return roomy(encode, value, 0, other)

    def back(self, value):
        def other(tag, inner):
            if tag == "object":
                return self.objects[inner[0]]
            if tag == "name":
                return self.namespace[inner]
            if tag == "callback":
                return self.callback(*inner)
            if tag == "guest":
                return self.guest(*inner)
            if tag == "iterator":
                return self.stream(inner)
            if tag == "standard":
                return getattr(__import__(inner[0], fromlist=["_"]), inner[1])
            if tag == "namedtuple":
                kind = self.namespace.get(inner[0])
                if getattr(kind, "_fields", None) != tuple(inner[1]):
                    kind = collections.namedtuple(inner[0], inner[1])
                return kind(*[self.back(each) for each in inner[2]])
            return from_standard(tag, inner, self.back)
        return roomy(decode, value, other)

    def callback(self, number, name, text):
        def function(*arguments, **named):
            return self.call_back(number, arguments, named)
        function.__name__ = function.__qualname__ = name
        function.__doc__ = text
        return function

    def guest_class(self, name):
        if name not in self.guest_classes:
            self.guest_classes[name] = GuestClass(name, (Guest,), {"__slots__": (), "_lydian_served": self})
        return self.guest_classes[name]

    def guest(self, number, name):
        if number not in self.guests:
            self.guests[number] = object.__new__(self.guest_class(name))
            object.__setattr__(self.guests[number], "_lydian_number", number)
        return self.guests[number]

    def take_guest_classes(self, names):
        """A program may count on classes that its tests define."""
        for name in names:
            self.namespace.setdefault(name, self.guest_class(name))

    def stream(self, number):
        while True:
            got = self.call_back(number, (), {})
            if not got:
                return
            yield got[0]

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
        reply, written, before = {}, io.StringIO(), (sys.stdin, sys.stdout, builtins.input)
        if message.get("listen"):
            sys.stdout = written
        if "stdin" in message:
            sys.stdin = io.StringIO(message["stdin"])
        if "input" in message:
            builtins.input = lambda *prompt: self.call_back(message["input"], prompt, {})
        try:
            arguments = [self.back(each) for each in message["args"]]
            named = {key: self.back(each) for key, each in message.get("kwargs", {}).items()}
            value = self.actions[message["op"]](*arguments, **named)
            reply["r"] = self.out(value)
            if message["op"] == "call":
                reply["same"] = [place for place, each in enumerate(arguments) if each is value and type(value) in CHANGEABLE][:1]
                reply["m"] = self.changed(enumerate(message["args"]), arguments) + self.changed(message.get("kwargs", {}).items(), named)
        except StopIteration:
            reply = {"stop": True}
        except Exception as error:
            names = [each.__name__ for each in type(error).__mro__]
            try:
                detail = [self.out(each) for each in error.args]
            except Exception:
                detail = []
            reply = {"e": [names, detail, describe(error), self.fields_told(error)]}
        if "stdin" in message and type(sys.stdin) is io.StringIO:
            reply["read"] = sys.stdin.tell()
        sys.stdin, sys.stdout, builtins.input = before
        if message.get("listen"):
            reply["heard"] = written.getvalue()
        try:
            send(PEER, reply)
        except NoData as error:
            send(PEER, {"e": [["ValueError", "Exception"], [], str(error)]})

    def fields_told(self, error):
        try:
            return {name: self.out(value) for name, value in vars(error).items() if not name.startswith("_")}
        except Exception:
            return {}

    def changed(self, before, after):
        """What the call changed in place, by its place among the arguments, or its name."""
        found = []
        for place, was in before:
            if type(after[place]) in CHANGEABLE:
                now = self.out(after[place])
                if now != was:
                    found.append([place, now])
        return found


def kinds_of(namespace):
    """What each global name is, for the tests to know how to speak of it."""
    kinds = {}
    for name, value in namespace.items():
        if name.startswith("__"):
            continue
        if isinstance(value, types.ModuleType):
            kinds[name] = ["module", value.__name__]
        elif isinstance(value, type) and type(value).__module__ == "builtins" and value.__module__ in STANDARD:
            kinds[name] = ["function"]  # A class of the standard library: its objects are data.
        elif isinstance(value, type):
            kinds[name] = ["class", [each.__name__ for each in value.__mro__]]
        else:
            kinds[name] = ["function"] if callable(value) else ["value"]
    return kinds


def serve_program(request):
    namespace = loaded(request, "main")
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
