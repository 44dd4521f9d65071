# The warm interpreter itself. The module's serve() returns in processes that are to be programs, confined already, and nowhere else.


def prepare(request):
    # The shared library's state is copied with the process: what must not be equal or must be equal in all runs is set here.
    random.seed(0)
    for name, value in request.get("env", {}).items():
        os.environ[name] = value
    sys.argv[:] = ["/tmp/main.py"]
    sys.setrecursionlimit(1000 + OWN_FRAMES)
    gc.enable()


def main():
    layers, uid = int(sys.argv[1]), int(sys.argv[2])
    module = ctypes.PyDLL("/proc/self/fd/13")
    os.close(13)
    gc.collect()
    gc.freeze()
    gc.disable()
    module.lydian_cell_serve(11, 12, layers, uid)
    with open(REQUEST, "rb") as file:
        request = _loads(file.read())
    prepare(request)
    mode = request["mode"]
    if mode == "stdio":
        run_stdio(request)
    elif mode == "function":
        run_function(request)
    elif mode == "serve":
        serve_program(request)
    else:
        run_tests(request)


main()
