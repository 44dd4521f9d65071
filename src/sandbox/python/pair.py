# Assert mode: tests and program in two processes, each in a cell of its own. The tests' process (tests.py) runs no line of the program; what the tests call crosses as
# data, and what cannot be data stays in the program's process and is named by a number. So the end of the tests can only be reached by the tests.

STANDARD = {"math", "cmath", "re", "collections", "itertools", "functools", "random", "string", "heapq", "bisect", "datetime", "decimal", "fractions", "typing", "copy",
            "statistics", "json", "time", "collections.abc", "operator", "sys"}
ORDER = ("lt", "le", "gt", "ge")
ARITHMETIC = ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
FACTORIES = {each.__name__: each for each in (int, float, str, list, dict, set, tuple, bool)}
CHANGEABLE = (list, dict, set, bytearray, collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict)


class Containers:
    """What can be changed among the arguments of a call, numbered in the order in which it is said, on both sides alike: what stands twice is one, what the call
    changes comes back, and what it returns of them is the tests' own."""

    def __init__(self):
        self.held, self.numbers, self.complete, self.opened = [], {}, False, None

    def begun(self, made):
        if not self.complete:
            self.numbers[id(made)] = len(self.held)
            self.held.append(made)

    def number(self, value):
        """Of what has been said before, else None."""
        if type(value) not in CHANGEABLE:
            return None
        if value is self.opened:
            self.opened = None
            return None
        number = self.numbers.get(id(value))
        if number is None:
            self.begun(value)
        return number

    def place(self):
        """For a container that is not yet made."""
        if not self.complete:
            self.held.append(None)
        return len(self.held) - 1

    def put(self, place, made):
        if not self.complete:
            self.held[place] = made
            self.numbers[id(made)] = place
        return made

    def contents(self, out):
        """What each holds, by `out`, of which only its own parts are said anew."""
        told = []
        for value in self.held:
            self.opened = value
            told.append(out(value, self))
        self.opened = None
        return told


def write_back(target, value, part=lambda was, now: now):
    """Makes `target` hold what `value` does, in place; `part` says what becomes of what stood in a place and what shall."""
    if type(target) not in CHANGEABLE or type(value) is not type(target):
        return
    if type(target) is list:
        value = [part(was, now) for was, now in zip(target + [None] * len(value), value)]
    elif isinstance(target, dict):
        value = {key: part(target.get(key), each) for key, each in value.items()}
    if type(target) in (list, bytearray):
        target[:] = value
        return
    target.clear()
    (target.extend if type(target) is collections.deque else target.update)(value)


def same_part(was, now):
    """Parts of one kind remain what they are."""
    if type(now) in (list, dict, set) and type(was) is type(now):
        write_back(was, now, same_part)
        return was
    return now


def copied(value, memo):
    """A container with copies of the containers in it."""
    if type(value) is tuple:
        return tuple(copied(each, memo) for each in value)
    if type(value) not in CHANGEABLE:
        return value
    if id(value) not in memo:
        memo[id(value)] = copy.copy(value)
        write_back(memo[id(value)], value, lambda was, now: copied(now, memo))
    return memo[id(value)]


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


def from_standard(tag, value, back, seen=None):
    containers = {"bytearray": lambda: bytearray(value), "deque": lambda: collections.deque(back(each) for each in value),
                  "counter": lambda: collections.Counter({back(key): back(each) for key, each in value}),
                  "ordered": lambda: collections.OrderedDict([(back(key), back(each)) for key, each in value]),
                  "defaultdict": lambda: collections.defaultdict(FACTORIES.get(value[0]), {back(key): back(each) for key, each in value[1]})}
    if tag in containers:
        place = seen and seen.place()
        made = containers[tag]()
        return seen.put(place, made) if seen else made
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
    """Equal for objects of one class that hold equal things, whatever their own == says. None for an object that holds nothing."""
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
    walked = walk(value)
    return None if walked[1:] == [["dict", []]] else hashlib.sha256(_dumps(walked).encode()).hexdigest()


DATA_CLASSES = {int: int.__int__, float: float.__float__, str: str.__str__, bytes: lambda value: bytes.__add__(value, b""), list: lambda value: [*list.__iter__(value)],
                tuple: lambda value: (*tuple.__iter__(value),), dict: lambda value: {**dict(dict.items(value))}, set: lambda value: {*set.__iter__(value)}}


def data_of(value):
    """In a list: the plain data that an object of a derived class is made of, or a view shows. None where it is none."""
    for kind in (type(value).__mro__ if type(value) is not bool else ()):
        if kind in DATA_CLASSES:
            return [DATA_CLASSES[kind](value)]
    return [set(value)] if type(value) in (type({}.keys()), type({}.items())) else None


def held_by(value):
    """How many things an object says that it holds, and what it gives one by one; None where it does not say both."""
    data = data_of(value)
    if data and hasattr(type(data[0]), "__len__"):
        return [len(data[0]), list(data[0])]
    if not hasattr(type(value), "__len__") or not hasattr(type(value), "__iter__"):
        return None
    size = len(value)
    return [size, list(itertools.islice(iter(value), size + 1))]


def signature_told(function):
    import inspect

    def told(named):
        return {name: value for name, value in named.items() if value is not inspect.Parameter.empty}
    signature = inspect.signature(function)
    parameters = [[each.name, int(each.kind), told({"default": each.default, "annotation": each.annotation})] for each in signature.parameters.values()]
    return [parameters, told({"return_annotation": signature.return_annotation})]


def derived_class(name, bases, members):
    """A class of the tests' that is made from the program's, and the names of the methods that it has from them."""
    body = {key: getattr(builtins, kind)(*parts) if kind else parts[0] for key, (kind, *parts) in members.items()}
    made = type(bases[0])(name, bases, {**body, "__module__": bases[0].__module__})
    return made, [each for each in dir(made) if callable(getattr(bases[0], each, None)) and (each == "__init__" or not each.startswith("__"))]


def inherited(kind, value, name):
    found = next(each.__dict__[name] for each in kind.__mro__ if name in each.__dict__)
    return found.__get__(value, type(value))


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
        self.actions = {
            "call": lambda function, *arguments, **named: function(*arguments, **named), "get": lambda value: value, "getattr": getattr, "setattr": setattr,
            "delattr": delattr, "deepcopy": copy.deepcopy, "data": data_of, "held": held_by, "signature": signature_told, "derive": derived_class, "inherited": inherited, "guests": self.take_guest_classes,
            "update": lambda holder, name, value: write_back(getattr(holder, name), value, same_part),
            "issubclass": lambda kind, other: any(each is other for each in kind.__mro__),
            "isinstance": lambda value, kind: any(each is kind for each in type(value).__mro__), "getitem": operator.getitem, "setitem": operator.setitem,
            "delitem": operator.delitem, "len": len, "iter": iter, "next": next, "eq": operator.eq, "hash": hash, "contains": operator.contains, "state": digest_of,
            "await": self.awaited, "seed": random.seed, "enter": lambda value: type(value).__enter__(value), "exit": self.left}
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

    def out(self, value, seen=None):
        def other(value):
            known = as_standard(value, lambda each: self.out(each, seen)) or namedtuple_of(value, lambda each: self.out(each, seen))
            if known is not None:
                return known
            if isinstance(type(value), type) and Guest in type(value).__mro__:
                return {"__t__": "guest", "v": value._lydian_number}
            if id(value) not in self.numbers:
                self.numbers[id(value)] = len(self.objects)
                self.objects.append(value)
            return {"__t__": "object", "v": [self.numbers[id(value)], type(value).__name__]}
        return roomy(encode, value, 0, other, seen)

    def back(self, value, seen=None):
        def back(value):
            return self.back(value, seen)

        def other(tag, inner):
            if tag == "again":
                return seen.held[inner]
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
                return kind(*[back(each) for each in inner[2]])
            return from_standard(tag, inner, back, seen)
        return roomy(decode, value, other, seen)

    def callback(self, number, name, text):
        def function(*arguments, **named):
            return self.call_back(number, arguments, named)
        function.__name__ = function.__qualname__ = name
        function.__doc__ = text
        return function

    def guest_class(self, name):
        if name not in self.guest_classes:
            self.guest_classes[name] = GuestClass(name, (Guest,), {"__slots__": (), "__module__": "__main__", "_lydian_served": self})
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
            containers = Containers()
            arguments = [self.back(each, containers) for each in message["args"]]
            named = {key: self.back(each, containers) for key, each in message.get("kwargs", {}).items()}
            containers.complete = True
            contents = containers.contents(self.out)
            value = self.actions[message["op"]](*arguments, **named)
            reply["r"] = self.out(value, containers)
            reply["m"] = [[number, now] for number, now in enumerate(containers.contents(self.out)) if now != contents[number]]
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
