/* Reads a whole hive with libhivex, for comparison with staunch's own reader. Never shipped.
 *
 * hivex_walk walk FILE TIMES   counts keys, values and bytes of data, and adds all bytes up; prints
 *                              also the nanoseconds of the middle one of that many walks
 * hivex_walk list FILE         lists every key and value; the form stands in
 *                              format/tests/listing/mod.rs
 *
 * cc -O2 -o hivex_walk bench/hivex_walk.c -lhivex
 */
#include <errno.h>
#include <hivex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct tally {
    uint64_t keys, values, bytes, sum;
    int listing, failures;
};

static void put_text(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = text[i];
        if (byte < 0x21 || byte == '%' || byte == 0x7f)
            printf("%%%02x", byte);
        else
            putchar(byte);
    }
}

static void put_hex(const char *data, size_t length) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        putchar(digits[(unsigned char)data[i] >> 4]);
        putchar(digits[data[i] & 15]);
    }
}

static void fail(struct tally *tally, const char *what, uint64_t offset) {
    tally->failures++;
    fprintf(stderr, "%s at 0x%llx: %s\n", what, (unsigned long long)offset, strerror(errno));
}

static void value(hive_h *hive, hive_value_h handle, struct tally *tally) {
    hive_type type;
    size_t length;
    char *data = hivex_value_value(hive, handle, &type, &length);
    if (!data) {
        fail(tally, "value", handle);
        return;
    }
    tally->values++;
    tally->bytes += length;
    for (size_t i = 0; i < length; i++)
        tally->sum += (unsigned char)data[i];
    char *name = hivex_value_key(hive, handle);
    if (!name) {
        fail(tally, "value name", handle);
    } else if (tally->listing) {
        fputs("value ", stdout);
        put_text(name, hivex_value_key_len(hive, handle));
        printf(" %u ", (unsigned)type);
        put_hex(data, length);
        putchar('\n');
    } else {
        tally->sum += (unsigned char)name[0];
    }
    free(name);
    free(data);
}

static void key(hive_h *hive, hive_node_h node, const char *above, struct tally *tally) {
    char *name = hivex_node_name(hive, node);
    if (!name) {
        fail(tally, "key name", node);
        return;
    }
    tally->keys++;
    char *path = NULL;
    if (tally->listing) {
        size_t length = above ? strlen(above) + 1 + strlen(name) : 0;
        path = calloc(1, length + 1);
        if (above)
            sprintf(path, "%s\\%s", above, name);
        fputs("key ", stdout);
        put_text(path, length);
        printf(" %lld\n", (long long)hivex_node_timestamp(hive, node));
    } else {
        tally->sum += (unsigned char)name[0];
    }
    free(name);
    hive_value_h *values = hivex_node_values(hive, node);
    if (!values)
        fail(tally, "values", node);
    for (size_t i = 0; values && values[i]; i++)
        value(hive, values[i], tally);
    free(values);
    hive_node_h *children = hivex_node_children(hive, node);
    if (!children)
        fail(tally, "subkeys", node);
    for (size_t i = 0; children && children[i]; i++)
        key(hive, children[i], path, tally);
    free(children);
    free(path);
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int order(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

int main(int count, char **arguments) {
    int listing = count == 3 && !strcmp(arguments[1], "list");
    long walks = count == 4 && !strcmp(arguments[1], "walk") ? atol(arguments[3]) : listing;
    if (walks < 1) {
        fprintf(stderr, "usage: hivex_walk walk FILE TIMES | hivex_walk list FILE\n");
        return 2;
    }
    hive_h *hive = hivex_open(arguments[2], 0);
    uint64_t *times = calloc(walks, sizeof *times);
    if (!hive || !times) {
        perror(arguments[2]);
        return 2;
    }
    struct tally tally;
    for (long i = 0; i < walks; i++) {
        tally = (struct tally){.listing = listing};
        uint64_t start = nanoseconds();
        key(hive, hivex_root(hive), NULL, &tally);
        times[i] = nanoseconds() - start;
    }
    hivex_close(hive);
    printf("keys %llu values %llu bytes %llu sum %llu\n", (unsigned long long)tally.keys,
           (unsigned long long)tally.values, (unsigned long long)tally.bytes,
           (unsigned long long)tally.sum);
    if (!listing) {
        qsort(times, walks, sizeof *times, order);
        printf("%llu\n", (unsigned long long)times[walks / 2]);
    }
    free(times);
    return tally.failures != 0;
}
