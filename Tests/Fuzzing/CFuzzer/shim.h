#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer as a library (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library); the compiler has no header.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *bytes, size_t count));

// A file in memory; glibc's header declares it for C alone that asks for GNU's extensions.
int memfd_create(const char *name, unsigned int flags);
