"""What the warm interpreter of a cell does in a process that is to be a program; the files beside it follow it in one text.

Descriptors of a program: 3 the channel for what it returns, 4 what to run (JSON), 5 the other half of a pair. Whatever a program does to this code, it does to its own
copy; no expected value is ever here, so all that it can forge is its own answer.
"""
import sys

__name__ = "lydian"  # The classes of this text are not those of a program, nor of its tests.
sys.path[:] = [entry for entry in sys.path if entry]
import abc, array, bisect, builtins, cmath, collections, collections.abc, contextlib, copy, ctypes, dataclasses, datetime, decimal, enum, fractions, functools, gc, hashlib  # noqa: E401,F401
import heapq, io, itertools, json, keyword, linecache, math, operator, os, random, re, statistics, string, struct, textwrap, threading, time, traceback, types, typing  # noqa: E401,F401
import warnings, weakref, zlib  # noqa: E401,F401

CHANNEL, REQUEST, PEER = 3, 4, 5
MAX_DEPTH = 400  # As deep as the judge reads.
MAX_MESSAGE = 24 << 20
OWN_FRAMES = 6  # Calls that stand below the program: its own are counted as if they did not.


class NoData(Exception):
    """A value that is no plain data."""


# Bound here, so that a program that replaces built-ins confuses itself only.
_type, _len, _str, _repr, _float, _isfinite, _list, _set, _dict_items = type, len, str, repr, float, math.isfinite, list, set, dict.items
_dumps, _loads, _os_write, _os_read, _exit = json.dumps, json.loads, os.write, os.read, os._exit
_dict_types = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)
_post = {"set": set, "sorted": sorted, "list": list, "tuple": tuple, "round": round, "bool": bool}


def with_long_integers(convert, value):
    """The interpreter's limit on digits is the program's; values cross whatever their length."""
    try:
        return convert(value)
    except ValueError:
        if _type(value) is _str and not value.lstrip("-").isdigit():
            raise
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return convert(value)
    finally:
        sys.set_int_max_str_digits(limit)


def encode(value, depth=0, other=None, seen=None):
    """Exact built-in types only: an object of the program's own never leaves, whatever it says that it equals. `other` may stand in for what is no data, and
    `seen` (Containers, pair.py) for what has been said before."""
    kind = _type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if -(2**53) <= value <= 2**53 else {"__t__": "int", "v": with_long_integers(_str, value)}
    if kind is float:
        return value if _isfinite(value) else {"__t__": "float", "v": _repr(value)}
    if depth > MAX_DEPTH:
        raise NoData("deeper than %d" % MAX_DEPTH)
    if seen is not None:
        number = seen.number(value)
        if number is not None:
            return {"__t__": "again", "v": number}
    if kind is list:
        return [encode(each, depth + 1, other, seen) for each in value]
    if kind is tuple or kind is set or kind is frozenset:
        return {"__t__": kind.__name__, "v": [encode(each, depth + 1, other, seen) for each in value]}
    if kind is dict or (other is None and kind in _dict_types):
        items = _list(_dict_items(value))
        plain = True
        for key, _ in items:
            if _type(key) is not str or key == "__t__":
                plain = False
        if plain:
            return {key: encode(each, depth + 1, other, seen) for key, each in items}
        return {"__t__": "dict", "v": [[encode(key, depth + 1, other, seen), encode(each, depth + 1, other, seen)] for key, each in items]}
    if kind is complex:
        return {"__t__": "complex", "v": [encode(value.real), encode(value.imag)]}
    if kind is bytes:
        return {"__t__": "bytes", "v": _list(value)}
    if other is not None:
        return other(value)
    raise NoData("a value of type " + kind.__name__)


def decode(value, other=None, seen=None):
    if isinstance(value, list):
        made = begun([], seen)
        made.extend([decode(each, other, seen) for each in value])
        return made
    if not isinstance(value, dict):
        return value
    tag = value.get("__t__")
    if tag is None:
        made = begun({}, seen)
        made.update({key: decode(each, other, seen) for key, each in value.items()})
        return made
    inner = value["v"]
    if tag == "dict":
        made = begun({}, seen)
        made.update({decode(key, other, seen): decode(each, other, seen) for key, each in inner})
        return made
    if tag == "set":
        made = begun(set(), seen)
        made.update([decode(each, other, seen) for each in inner])
        return made
    if tag == "tuple" or tag == "frozenset":
        return {"tuple": tuple, "frozenset": frozenset}[tag]([decode(each, other, seen) for each in inner])
    if tag == "int":
        return with_long_integers(int, inner)
    if tag == "float":
        return float(inner)
    if tag == "complex":
        return complex(decode(inner[0]), decode(inner[1]))
    if tag == "bytes":
        return bytes(inner)
    if other is not None:
        return other(tag, inner)
    raise NoData("an unknown tag")


def begun(made, seen):
    """An empty container that is to be filled, known from now on."""
    if seen is not None:
        seen.begun(made)
    return made


def roomy(action, *arguments):
    """Values may be nested deeper than the interpreter's limit on calls allows a program to go."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + 8 * MAX_DEPTH)
    try:
        return action(*arguments)
    finally:
        sys.setrecursionlimit(limit)


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[_os_write(descriptor, view):]


def send(descriptor, message):
    """One message: its length in 4 bytes, then JSON."""
    data = roomy(functools.partial(_dumps, message, separators=(",", ":"))).encode("ascii")
    if _len(data) > MAX_MESSAGE:
        raise NoData("more than %d bytes" % MAX_MESSAGE)
    write_all(descriptor, _len(data).to_bytes(4, "little") + data)


def receive(descriptor):
    """The next message, or None at the end."""
    def exactly(size):
        pieces = []
        while size > 0:
            piece = _os_read(descriptor, min(size, 1 << 20))
            if not piece:
                return None
            pieces.append(piece)
            size -= _len(piece)
        return b"".join(pieces)

    head = exactly(4)
    if head is None:
        return None
    size = int.from_bytes(head, "little")
    if size > MAX_MESSAGE:
        raise NoData("a message of %d bytes" % size)
    data = exactly(size)
    return None if data is None else roomy(_loads, data)


_streams = sys.stdin, sys.stdout, sys.stderr  # The program may put others in their places; what was written to these comes out all the same.


def flush(*streams):
    for stream in streams:
        if stream is not None and not stream.closed:
            stream.flush()


def let_go(space):
    """Drops what the program made, as the interpreter's end would: objects that speak when they go find the program's names still there."""
    sys.stdin, sys.stdout, sys.stderr = _streams
    for name in [name for name, module in _list(sys.modules.items()) if getattr(module, "__dict__", None) is space[0]]:
        del sys.modules[name]
    space.clear()
    gc.collect()
    with contextlib.suppress(ValueError):  # Detached from its buffer, which somebody else has written out.
        flush(*_streams[1:])


def leave(status=0, space=None):
    """The end of the interpreter, without the time that taking all of it apart takes. `space` holds the only reference to the program's names."""
    try:
        threading._shutdown()
        import atexit
        atexit._run_exitfuncs()
        flush(sys.stdout, sys.stderr)
        if space is not None and threading.active_count() > 1:
            sys.exit(status)  # Threads that nobody waits for are stopped by the real end alone.
        if space is not None:
            let_go(space)
    except SystemExit:
        raise
    except BaseException:
        status = status or 120
    _exit(status)


def new_main(name="__main__"):
    module = types.ModuleType(name)
    module.__dict__["__builtins__"] = builtins
    module.__file__ = "/tmp/main.py"
    sys.modules["__main__"] = sys.modules[name] = module
    return module.__dict__


def load(program, namespace):
    """Executes the program's text in a module of its own, as `python main.py` would; its namespace."""
    program = program.removeprefix("\ufeff")
    lines = program.splitlines(True)
    linecache.cache["/tmp/main.py"] = (len(program), None, lines, "/tmp/main.py")
    code = compile(program, "/tmp/main.py", "exec", dont_inherit=True)
    del lines, program
    exec(code, namespace)
    return namespace


def show_error():
    """What an uncaught exception prints, without the frames of this file."""
    kind, error, trace = sys.exc_info()
    while trace is not None and trace.tb_frame.f_code.co_filename == "<string>":
        trace = trace.tb_next
    with contextlib.suppress(BaseException):
        flush(sys.stdout, sys.stderr)
    traceback.print_exception(kind, error, trace)


def status_of(action, *arguments):
    """Runs action: None and what it returned, or the status that it ended the interpreter with. Nothing of it is held when this returns."""
    try:
        return None, action(*arguments)
    except SystemExit as stop:
        code = stop.code
        if code is None or isinstance(code, int):
            return (code or 0) & 255, None
        print(code, file=sys.stderr)
    except BaseException:
        show_error()
    return 1, None


def loaded(request, name):
    """The program's namespace, for whoever calls its functions; leaves where the program ends first."""
    status, namespace = status_of(load, request["program"], new_main(name))
    if status is not None:
        leave(status)
    return namespace


def run_stdio(request):
    program, space = request["program"], [new_main()]
    sys.path.insert(0, "/tmp")
    if any(word in program for word in ("__file__", "argv", "spawn")):  # It asks for its own text; otherwise /tmp is empty at the start, as promised.
        with contextlib.suppress(OSError), open("/tmp/main.py", "w", encoding="utf-8", newline="") as file:
            file.write(program)
    status = status_of(load, program, space[0])[0]
    leave(status or 0, space)


def call_one(function, call):
    arguments = roomy(decode, call.get("args", []))
    named = {key: decode(each) for key, each in call.get("kwargs", {}).items()}
    value = function(*arguments, **named)
    for step in call.get("post", []):
        value = _post[step](value)
    return roomy(encode, value)


def describe(error):
    kind = type(error)
    try:
        text = str(error)
    except BaseException:
        text = ""
    return (kind.__name__ + ": " + text)[:300].encode("utf-8", "replace").decode("utf-8")


def run_function(request):
    calls = request.pop("calls")
    namespace = loaded(request, "main")
    function = namespace.get(request["entry_point"])
    if function is None:
        print("NameError: name %r is not defined" % request["entry_point"], file=sys.stderr)
        leave(1)
    for index, call in enumerate(calls):
        try:
            send(CHANNEL, {"i": index, "v": call_one(function, call)})
        except NoData as error:
            send(CHANNEL, {"i": index, "no_data": str(error)})
        except (RecursionError, MemoryError) as error:
            send(CHANNEL, {"i": index, "raised": type(error).__name__})
        except BaseException as error:
            send(CHANNEL, {"i": index, "raised": describe(error)})
    send(CHANNEL, {"end": True})
    leave(0)
