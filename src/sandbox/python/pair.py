# Assert mode: tests and program in two processes, each in a cell of its own. The tests' process (tests.py) runs no line of the program; what the tests call crosses as
# data, and what cannot be data stays in the program's process and is named by a number. So the end of the tests can only be reached by the tests.

STANDARD = {"math", "cmath", "re", "collections", "itertools", "functools", "random", "string", "heapq", "bisect", "datetime", "decimal", "fractions", "typing", "copy",
            "statistics", "json", "time", "collections.abc", "operator", "sys"}
ORDER = ("lt", "le", "gt", "ge")
ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "and", "or", "xor")
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
    if kind is datetime.datetime and value.tzinfo is None:
        return {"__t__": "datetime", "v": [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]}
    if kind is datetime.date:
        return {"__t__": "date", "v": [value.year, value.month, value.day]}
    if kind is datetime.timedelta:
        return {"__t__": "timedelta", "v": [value.days, value.seconds, value.microseconds]}
    if kind is type and (value.__module__ == "builtins" and getattr(builtins, value.__name__, None) is value):
        return {"__t__": "type", "v": value.__name__}
    return None


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
    makers = {"range": range, "datetime": datetime.datetime, "date": datetime.date, "timedelta": datetime.timedelta}
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


class Served:
    """The program's side: it answers what the tests ask."""

    def __init__(self, namespace):
        self.namespace, self.objects, self.numbers = namespace, [], {}
        self.actions = {"call": lambda function, *arguments, **named: function(*arguments, **named), "get": lambda value: value, "getattr": getattr, "setattr": setattr,
                        "getitem": operator.getitem, "setitem": operator.setitem, "delitem": operator.delitem, "len": len, "iter": iter, "next": next, "bool": bool,
                        "str": str, "repr": repr, "isinstance": lambda value, kind: any(each is kind for each in type(value).__mro__), "eq": operator.eq,
                        "neg": operator.neg, "hash": hash, "contains": operator.contains, "state": digest_of, "await": self.awaited, "seed": random.seed,
                        "enter": lambda value: type(value).__enter__(value), "exit": self.left}
        for name in ORDER + ARITHMETIC:
            self.actions[name] = getattr(operator, name, None) or getattr(operator, name + "_")

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
                return lambda *arguments, **named: self.call_back(inner, arguments, named)
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
        reply, written, before = {}, io.StringIO(), sys.stdout
        if message.get("listen"):
            sys.stdout = written
        try:
            arguments = [self.back(each) for each in message["args"]]
            named = {key: self.back(each) for key, each in message.get("kwargs", {}).items()}
            reply["r"] = self.out(self.actions[message["op"]](*arguments, **named))
            if message["op"] == "call":
                reply["m"] = self.changed(enumerate(message["args"]), arguments) + self.changed(message.get("kwargs", {}).items(), named)
        except StopIteration:
            reply = {"stop": True}
        except Exception as error:
            names = [each.__name__ for each in type(error).__mro__]
            try:
                detail = [self.out(each) for each in error.args]
            except Exception:
                detail = []
            reply = {"e": [names, detail, describe(error)]}
        if message.get("listen"):
            sys.stdout = before
            reply["heard"] = written.getvalue()
        try:
            send(PEER, reply)
        except NoData as error:
            send(PEER, {"e": [["ValueError", "Exception"], [], str(error)]})

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
