# Assert mode: what stands in the tests' process for the program's objects, functions and classes.

# May be asked of any object: nothing here tells it what is expected.
UNARY = {"abs": operator.abs, "neg": operator.neg, "pos": operator.pos, "invert": operator.invert, "int": int, "float": float, "complex": complex, "index": operator.index,
         "str": str, "repr": repr, "bool": bool, "round": round, "trunc": math.trunc, "floor": math.floor, "ceil": math.ceil, "reversed": reversed}
RESULTS_ALONE = {"len", "iter", "next", "getitem", "setitem", "delitem", "setattr", "delattr", "enter", "exit", "deepcopy", "data"} | set(UNARY)
# Methods that plain data have and that answer a question: an object of the program that has one of these would answer in the place of data. What changes data may be called.
ANSWERING = {name for kind in (str, bytes, int, float, complex, list, dict, set, decimal.Decimal, fractions.Fraction, datetime.datetime) for name in dir(kind)} - {
    "append", "extend", "insert", "pop", "popitem", "remove", "reverse", "sort", "clear", "copy", "add", "discard", "update", "setdefault", "real", "imag", "year", "month", "day",
    "hour", "minute", "second", "microsecond", "numerator", "denominator", "name", "__enter__", "__exit__", "__doc__"}


SHOWN_CLASSES = {"generator": types.GeneratorType, "function": types.FunctionType, "method": types.MethodType, "coroutine": types.CoroutineType}


class Remote:  # An object that stays with the program.
    __slots__ = ("_lydian_tests", "_lydian_place", "_lydian_type", "_lydian_made")

    def __init__(self, tests, place, kind):
        for name, value in (("tests", tests), ("place", place), ("type", kind), ("made", None)):
            object.__setattr__(self, "_lydian_" + name, value)

    def _lydian_known(self):
        return self._lydian_type in self._lydian_tests.named

    def _lydian_ask(self, op, *arguments):
        if op not in RESULTS_ALONE and not self._lydian_known():
            raise TypeError("a value of type %s is no data" % self._lydian_type)
        return self._lydian_tests.ask(op, self, *arguments)

    def __getattr__(self, name):
        value = member_of(self._lydian_tests, self, name)
        if name in ANSWERING and not self._lydian_known() and callable(value):
            raise AttributeError("a value of type %s is no data" % self._lydian_type)
        return value

    def __setattr__(self, name, value):
        self._lydian_ask("setattr", name, value)

    def __getitem__(self, key):
        return self._lydian_ask("getitem", key)

    def __setitem__(self, key, value):
        self._lydian_ask("setitem", key, value)

    def __delitem__(self, key):
        self._lydian_ask("delitem", key)

    def __delattr__(self, name):
        self._lydian_ask("delattr", name)

    def __contains__(self, value):
        return self._lydian_ask("contains", value) is True if self._lydian_known() else any(each is value or each == value for each in iter(self))

    def __deepcopy__(self, memo):
        return self._lydian_ask("deepcopy")

    @property
    def __doc__(self):
        return self._lydian_tests.ask("getattr", self, "__doc__")

    @property
    def __class__(self):
        return SHOWN_CLASSES.get(self._lydian_type, Remote)

    def __len__(self):
        return self._lydian_ask("len")

    def __iter__(self):
        return self._lydian_ask("iter")

    def __next__(self):
        return self._lydian_ask("next")

    def __enter__(self):
        return self._lydian_ask("enter")

    def __exit__(self, kind, error, trace):
        return self._lydian_ask("exit", None if kind is None else [kind.__name__, str(error)]) is True

    def __bool__(self):
        return self._lydian_ask("bool") is True

    def __eq__(self, other):
        if type(other) is not Remote:
            data = self._lydian_ask("data")  # What it is beside its own words, where it is of a class made from a class of data.
            return NotImplemented if type(data) is not list or len(data) != 1 or type(data[0]) is Remote else data[0] == other
        if not other._lydian_known() or not self._lydian_known():
            return NotImplemented
        return self._lydian_tests.equal(self, other)

    def __hash__(self):
        return self._lydian_ask("hash") if self._lydian_known() else id(self)

    def __call__(self, *arguments, **named):
        return self._lydian_tests.ask("call", self, *arguments, **named)


def of_itself(op):
    return lambda self, *arguments: self._lydian_ask(op, *arguments)


def between_objects(op, turned=False):
    """Of objects of classes that the tests name. What an object makes of plain data is of use only where it is an object again: a number that is expected
    never goes to the program for it to say what is left."""
    def action(self, other):
        is_object = type(other) is Remote and other._lydian_known()
        if not is_object and (op in ORDER or not self._lydian_known() or type(other) is Remote):
            return NotImplemented
        value = self._lydian_tests.ask(op, other, self) if turned else self._lydian_ask(op, other)
        if not is_object and type(value) is not Remote:
            raise TypeError("what %s of a value of type %s and plain data gives is no object" % (op, self._lydian_type))
        return value
    return action


for _op in UNARY:
    setattr(Remote, "__%s__" % _op, of_itself(_op))
for _op in ORDER + ARITHMETIC:
    setattr(Remote, "__%s__" % _op, between_objects(_op))
for _op in ARITHMETIC:
    setattr(Remote, "__r%s__" % _op, between_objects(_op, turned=True))
    setattr(Remote, "__i%s__" % _op, between_objects("i" + _op))


def member_of(tests, holder, name):
    value = tests.ask("getattr", holder, name)
    return RemoteFunction(tests, value._lydian_place, name) if type(value) is Remote and value._lydian_type in ("method", "function") else value


class RemoteFunction:
    __slots__ = ("_lydian_tests", "_lydian_place", "__name__")

    def __init__(self, tests, place, name):
        self._lydian_tests, self._lydian_place, self.__name__ = tests, place, name

    def __call__(self, *arguments, **named):
        return self._lydian_tests.ask("call", self._lydian_place if self._lydian_place["__t__"] == "name" else Remote(self._lydian_tests, self._lydian_place, "function"),
                                      *arguments, **named)

    def __getattr__(self, name):
        if name.startswith("__") and name not in ("__annotations__", "__defaults__", "__wrapped__", "__qualname__"):
            raise AttributeError(name)
        return member_of(self._lydian_tests, self, name)

    @property
    def __doc__(self):
        return self._lydian_tests.ask("getattr", self, "__doc__")


class RemoteClass(type):
    """A class of the program, as the tests see it."""

    def __call__(cls, *arguments, **named):
        key = _dumps(cls._lydian_tests.out([arguments, named]))
        made = cls._lydian_tests.ask("call", cls._lydian_place, *arguments, **named)
        if type(made) is Remote and made._lydian_made is None:
            object.__setattr__(made, "_lydian_made", (cls, arguments, named, key))
            cls._lydian_tests.made.setdefault(cls, []).append(made)
        return made

    def __instancecheck__(cls, value):
        return type(value) is Remote and cls._lydian_tests.ask("isinstance", value, cls) is True

    def __subclasscheck__(cls, other):
        return isinstance(other, RemoteClass) and cls._lydian_tests.ask("issubclass", other, cls) is True

    def __getattr__(cls, name):
        return member_of(cls._lydian_tests, cls, name)

    def __getitem__(cls, key):
        return cls._lydian_tests.ask("getitem", cls, key)

    def __iter__(cls):
        return cls._lydian_tests.ask("iter", cls)

    def __len__(cls):
        return cls._lydian_tests.ask("len", cls)

    def __bool__(cls):
        return True


class RemoteException(RemoteClass):
    """An exception of the program: raised here as a local class of the same name, under the same built-in one."""

    def __call__(cls, *arguments, **named):
        return Exception.__new__(cls, *arguments)

    def __instancecheck__(cls, value):
        return type.__instancecheck__(cls, value)


