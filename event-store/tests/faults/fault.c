// Makes the disk fail below SQLite: loaded before libc by LD_PRELOAD, in the tests only.
//
// The file that UPKEEP_FAULT names says what fails, from the moment that it is there:
//   fsync   flushing answers EIO
//   write   writing answers EIO
//   full    writing answers ENOSPC
//   torn    half of the next write is done, then the process is killed

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *fault) {
    const char *path = getenv("UPKEEP_FAULT");
    if (path == NULL) return 0;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
    if (file < 0) return 0;
    char said[16] = {0};
    syscall(SYS_read, file, said, sizeof said - 1);
    syscall(SYS_close, file);
    return strcmp(said, fault) == 0;
}

// Only the store's own files, not what the process says.
static int is_store(int file) {
    char link[64], path[512];
    static const char digits[] = "0123456789";
    char number[12];
    int at = 0, n = file;
    do { number[at++] = digits[n % 10]; n /= 10; } while (n > 0);
    strcpy(link, "/proc/self/fd/");
    size_t end = strlen(link);
    while (at > 0) link[end++] = number[--at];
    link[end] = 0;
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, "events.sqlite3") != NULL;
}

int fsync(int file) {
    if (is_store(file) && fails("fsync")) { errno = EIO; return -1; }
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    if (is_store(file) && fails("fsync")) { errno = EIO; return -1; }
    return (int)syscall(SYS_fdatasync, file);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    if (is_store(file)) {
        if (fails("write")) { errno = EIO; return -1; }
        if (fails("full")) { errno = ENOSPC; return -1; }
        if (fails("torn")) {
            syscall(SYS_pwrite64, file, bytes, count / 2, offset);
            kill(getpid(), SIGKILL);
        }
    }
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite64(file, bytes, count, offset);
}
