/* SPDX-License-Identifier: Apache-2.0
 * Preloaded into a relay: the calls that change files below FAULT_FOLDER are counted in the shared file FAULT_CONTROL,
 * and fail where it says. Only the relay itself is touched, not the scanning service that it starts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct control {
    int32_t first;   /* the call that fails, counted from 1; 0: none */
    int32_t how_many; /* and so many behind it */
    int32_t error;
    int32_t calls;   /* so far */
    int32_t failed;
};
static struct control* control;
static const char* folder;

__attribute__((constructor)) static void begin(void) {
    char words[4096];
    const int file = open("/proc/self/cmdline", O_RDONLY);
    const ssize_t n = read(file, words, sizeof words - 1);
    close(file);
    if (n <= 0) return;
    words[n] = 0;
    const char* second = words + strlen(words) + 1;
    if (second >= words + n || strcmp(second, "relay") != 0) return;
    const int shared = open(getenv("FAULT_CONTROL"), O_RDWR);
    control = mmap(0, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    folder = getenv("FAULT_FOLDER");
}

static int ours(const char* path) { return control && path && strncmp(path, folder, strlen(folder)) == 0; }

static int ours_by_descriptor(int descriptor) {
    char link[64], path[PATH_MAX];
    if (!control) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return ours(path);
}

static int fails(void) {
    const int32_t call = __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
    const int32_t first = control->first;
    if (first == 0 || call < first || call - first >= control->how_many) return 0;
    __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
    errno = control->error;
    return 1;
}

#define REAL(name) static __typeof__(name)* real; if (!real) real = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

ssize_t write(int d, const void* b, size_t n) { REAL(write); return ours_by_descriptor(d) && fails() ? -1 : real(d, b, n); }
ssize_t pwrite(int d, const void* b, size_t n, off_t o) { REAL(pwrite); return ours_by_descriptor(d) && fails() ? -1 : real(d, b, n, o); }
ssize_t pwrite64(int d, const void* b, size_t n, off64_t o) { REAL(pwrite64); return ours_by_descriptor(d) && fails() ? -1 : real(d, b, n, o); }
int fsync(int d) { REAL(fsync); return ours_by_descriptor(d) && fails() ? -1 : real(d); }
int fdatasync(int d) { REAL(fdatasync); return ours_by_descriptor(d) && fails() ? -1 : real(d); }
int ftruncate(int d, off_t n) { REAL(ftruncate); return ours_by_descriptor(d) && fails() ? -1 : real(d, n); }
int ftruncate64(int d, off64_t n) { REAL(ftruncate64); return ours_by_descriptor(d) && fails() ? -1 : real(d, n); }
int rename(const char* a, const char* b) { REAL(rename); return ours(a) && fails() ? -1 : real(a, b); }

int open(const char* path, int flags, ...) {
    REAL(open);
    va_list list;
    va_start(list, flags);
    const int mode = flags & O_CREAT ? va_arg(list, int) : 0;
    va_end(list);
    return (flags & O_CREAT) && ours(path) && fails() ? -1 : real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    REAL(open64);
    va_list list;
    va_start(list, flags);
    const int mode = flags & O_CREAT ? va_arg(list, int) : 0;
    va_end(list);
    return (flags & O_CREAT) && ours(path) && fails() ? -1 : real(path, flags, mode);
}
