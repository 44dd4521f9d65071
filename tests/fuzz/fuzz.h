#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// One input of a fuzz target. Built with clang and -fsanitize=fuzzer it is called by libFuzzer; else by a program that replays a folder.
int fuzz_one(std::string_view input);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
