# Assert mode: what stands in the tests' process for the program's objects, functions and classes.

# May be asked of any object: nothing here tells it what is expected.
UNARY = {"abs": operator.abs, "neg": operator.neg, "pos": operator.pos, "invert": operator.invert, "int": int, "float": float, "complex": complex, "index": operator.index,
         "str": str, "repr": repr, "bool": bool, "round": round, "trunc": math.trunc, "floor": math.floor, "ceil": math.ceil, "reversed": reversed}
RESULTS_ALONE = {"len", "iter", "next", "getitem", "setitem", "delitem", "setattr", "delattr", "enter", "exit", "deepcopy", "data", "held"} | set(UNARY)
# Methods that plain data have and that answer a question: an object of the program that has one of these would answer in the place of data. What changes data may be called.
DATA_NAMES = {name for kind in (str, bytes, int, float, complex, list, dict, set, decimal.Decimal, fractions.Fraction, datetime.datetime) for name in dir(kind)}
ANSWERING = DATA_NAMES - {
    "append", "extend", "insert", "pop", "popitem", "remove", "reverse", "sort", "clear", "copy", "add", "discard", "update", "setdefault", "real", "imag", "year", "month", "day",
    "hour", "minute", "second", "microsecond", "numerator", "denominator", "name", "__enter__", "__exit__", "__doc__"}


# Of these, what may be asked of objects that the tests did not make themselves: it tells them nothing.
TELLING = {name for name in ANSWERING if name.startswith("is")} | {"startswith", "endswith"}
# What an operator makes of such an object and plain data, which may be what is expected, is no plain data again, nor does it hold any.
CONVERSIONS = set(UNARY) - {"str", "repr"} | {"len", "iter", "next", "getitem", "held"}
SHOWN_CLASSES = {"generator": types.GeneratorType, "function": types.FunctionType, "method": types.MethodType, "coroutine": types.CoroutineType}


class Remote:  # An object that stays with the program.
    __slots__ = ("_lydian_tests", "_lydian_place", "_lydian_type", "_lydian_made", "_lydian_own", "_lydian_told", "_lydian_held", "_lydian_decoys")

    def _lydian_known(self):
        return self._lydian_type in self._lydian_tests.named

    def _lydian_set(self, **values):
        for name, value in values.items():
            object.__setattr__(self, "_lydian_" + name, value)

    def _lydian_ask(self, op, *arguments):
        if op not in RESULTS_ALONE and not self._lydian_known():
            raise TypeError("a value of type %s is no data" % self._lydian_type)
        value = self._lydian_tests.ask(op, self, *arguments)
        if self._lydian_told and op in CONVERSIONS:
            if not is_remote(value):
                raise TypeError("a value of type %s that was told plain data is none" % self._lydian_type)
            value._lydian_set(told=True)
        return value

    def _lydian_items(self):
        """What an object holds that the tests did not make themselves: its length and what it gives one by one are looked at together, and stay what they are
        until something else is asked. None where it does not say both."""
        if self._lydian_own:
            return None
        if self._lydian_held is None or self._lydian_held[0] != self._lydian_tests.changes:
            told = self._lydian_ask("held")
            if type(told) is list and (len(told) != 2 or type(told[1]) is not list or told[0] != len(told[1])):
                raise self._lydian_tests.stop(OwnWord("a value of type %s does not hold as many things as it says" % self._lydian_type))
            self._lydian_set(held=(self._lydian_tests.changes, told[1] if type(told) is list else None))
        return self._lydian_held[1]

    def __getattr__(self, name):
        value = member_of(self._lydian_tests, self, name)
        if name in DATA_NAMES and self._lydian_told or (name in TELLING and not self._lydian_own or name in ANSWERING and not self._lydian_known()) and callable(value):
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
        return self._lydian_ask("contains", value) is True if self._lydian_own else any(each is value or each == value for each in iter(self))

    def __deepcopy__(self, memo):
        return self._lydian_ask("deepcopy")

    @property
    def __doc__(self):
        return self._lydian_tests.ask("getattr", self, "__doc__")

    @property
    def __class__(self):
        return type(self) if self._lydian_known() else SHOWN_CLASSES.get(self._lydian_type, type(self))

    def __len__(self):
        if self._lydian_type in ITERATORS:
            raise TypeError("object of type %r has no len()" % self._lydian_type)
        items = self._lydian_items()
        return self._lydian_ask("len") if items is None else len(items)

    def __iter__(self):
        items = None if self._lydian_type in ITERATORS else self._lydian_items()
        return self._lydian_ask("iter") if items is None else iter(items)

    def __next__(self):
        return self._lydian_ask("next")

    def __enter__(self):
        return self._lydian_ask("enter")

    def __exit__(self, kind, error, trace):
        self._lydian_tests.failed(error)
        return self._lydian_ask("exit", None if kind is None else [kind.__name__, str(error)]) is True

    def __bool__(self):
        return self._lydian_ask("bool") is True

    def __eq__(self, other):
        if not is_remote(other):
            data = None if self._lydian_told else self._lydian_ask("data")  # What it is beside its own words, where it is of a class made from a class of data.
            return NotImplemented if type(data) is not list or len(data) != 1 or is_remote(data[0]) else data[0] == other
        if not other._lydian_known() or not self._lydian_known():
            return NotImplemented
        return self._lydian_tests.equal(self, other)

    def __hash__(self):
        return self._lydian_ask("hash") if self._lydian_known() else id(self)

    def __call__(self, *arguments, **named):
        return self._lydian_tests.ask("call", self, *arguments, **named)


# Built-in iterators give what they have once, one by one.
ITERATORS = {each.__name__ for each in (types.GeneratorType, map, filter, zip, enumerate, reversed)} | {
    type(iter(each)).__name__ for each in ([], (), {}, {}.values(), {}.items(), set(), "", b"", range(0))}


REMOTE_BODY = {"__slots__": (), "__doc__": Remote.__dict__["__doc__"]}


def is_remote(value):
    return Remote in type(value).__mro__


def remote(kind, tests, place, name):
    made = object.__new__(kind)
    made._lydian_set(tests=tests, place=place, type=name, made=None, own=False, told=False, held=None, decoys=None)
    return made


def of_itself(op):
    return lambda self, *arguments: self._lydian_ask(op, *arguments)


# Of these alone an object that the tests made may give plain data: a difference or a quotient would say of the number that is expected that nothing is left.
KEEPS = {each + op for each in ("", "i") for op in ("add", "mul", "matmul", "pow", "and", "or", "lshift")}


def between_objects(op, turned=False):
    """Of objects of classes that the tests name. What an object makes of plain data is of use only where it is an object again, or of one that the
    tests made and by what KEEPS: a number that is expected never goes to the program for it to say what is left."""
    def action(self, other):
        is_object = is_remote(other) and other._lydian_known()
        if not is_object and (op in ORDER or not self._lydian_known() or is_remote(other)):
            return NotImplemented
        own = self._lydian_own or is_object and other._lydian_own
        value = self._lydian_tests.ask(op, other, self) if turned else self._lydian_tests.ask(op, self, other)
        if is_remote(value):
            told = self._lydian_told or (other._lydian_told if is_object else not own)
            value._lydian_set(own=own, told=told)
        elif not is_object and not (own and op in KEEPS):
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
    if is_remote(value) and value._lydian_type in ("method", "function"):
        return RemoteFunction(tests, value._lydian_place, name)
    tests.lend(holder, name, value)
    return value


def signature_of(tests, function):
    import inspect
    parameters, result = tests.ask("signature", function)
    return inspect.Signature([inspect.Parameter(name, inspect._ParameterKind(kind), **named) for name, kind, named in parameters], **result)


class RemoteFunction:
    __slots__ = ("_lydian_tests", "_lydian_place", "__name__")

    def __init__(self, tests, place, name):
        self._lydian_tests, self._lydian_place, self.__name__ = tests, place, name

    def __call__(self, *arguments, **named):
        return self._lydian_tests.ask("call", self, *arguments, **named)

    def __getattr__(self, name):
        if name.startswith("__") and name not in ("__annotations__", "__defaults__", "__wrapped__", "__qualname__"):
            raise AttributeError(name)
        return member_of(self._lydian_tests, self, name)

    @property
    def __doc__(self):
        return self._lydian_tests.ask("getattr", self, "__doc__")

    @property
    def __signature__(self):
        return signature_of(self._lydian_tests, self)


class Inherited:
    """A method of the program's class, for those of a class that the tests derive from it: super().name(…)."""

    def __init__(self, base, name):
        self.base, self.name = base, name

    def __get__(self, value, kind):
        tests = self.base._lydian_asked
        if value is None:
            return member_of(tests, self.base, self.name)
        return RemoteFunction(tests, tests.ask("inherited", self.base, value, self.name)._lydian_place, self.name)


# A class of the program, as the tests see it. Objects that they make by it are their own: those may be told what a function's result may not. One that the tests
# derive from it is made in the program's process too, where its methods are calls of theirs.
class RemoteClass(type):
    def __init__(cls, name, bases, body):
        super().__init__(name, bases, body)
        if "_lydian_asked" in body or not issubclass(cls, Remote):
            return
        tests = cls._lydian_asked
        if not all(isinstance(each, RemoteClass) for each in bases):
            raise tests.stop(CannotCross("the tests derive %s from the program's classes and others" % name))
        members = {key: [type(value).__name__, value.fget, value.fset] if type(value) is property else
                   [type(value).__name__, value.__func__] if type(value) in (staticmethod, classmethod) else ["", value]
                   for key, value in body.items() if key not in ("__module__", "__qualname__", "__classcell__", "__doc__", "__annotations__")}
        made, methods = tests.ask("derive", name, bases, members)
        cls._lydian_named = made._lydian_place
        tests.shown[name] = cls
        tests.named.add(name)
        for base in bases:
            for method in methods:
                if method not in base.__dict__:
                    setattr(base, method, Inherited(base, method))

    def __call__(cls, *arguments, **named):
        tests = cls._lydian_asked
        key = _dumps(tests.out([arguments, named]))
        made = tests.ask("call", cls, *arguments, **named)
        if is_remote(made):
            made._lydian_set(own=cls.__name__ in tests.reader.used_as_class)
            if made._lydian_made is None:
                made._lydian_set(made=(cls, arguments, named, key))
                tests.made.setdefault(cls, []).append(made)
        return made

    def __instancecheck__(cls, value):
        return is_remote(value) and cls._lydian_asked.ask("isinstance", value, cls) is True

    def __subclasscheck__(cls, other):
        return isinstance(other, RemoteClass) and cls._lydian_asked.ask("issubclass", other, cls) is True

    def __getattr__(cls, name):
        return member_of(cls._lydian_asked, cls, name)

    def __getitem__(cls, key):
        return cls._lydian_asked.ask("getitem", cls, key)

    def __iter__(cls):
        return cls._lydian_asked.ask("iter", cls)

    def __len__(cls):
        return cls._lydian_asked.ask("len", cls)

    def __bool__(cls):
        return True

    @property
    def __doc__(cls):
        return cls._lydian_asked.ask("getattr", cls, "__doc__")

    @property
    def __signature__(cls):
        return signature_of(cls._lydian_asked, cls)


class RemoteException(RemoteClass):
    """An exception of the program: raised here as a local class of the same name, under the same built-in one."""

    def __call__(cls, *arguments, **named):
        return Exception.__new__(cls, *arguments)

    def __instancecheck__(cls, value):
        return type.__instancecheck__(cls, value)


