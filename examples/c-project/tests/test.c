/* Tests the library; prints each failure and tells how many there were by its exit status. */

#include "report.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void check(const char *text, const char *expected)
{
    struct counts counts = {0};
    struct line line;
    size_t left = strlen(text);
    const char *at = text;
    while (next_line(&at, &left, &line))
        count_line(&counts, line);

    char out[128];
    report(out, sizeof out, &counts);
    if (strcmp(out, expected) != 0) {
        printf("of \"%s\": %s, not %s\n", text, out, expected);
        failures++;
    }
}

int main(void)
{
    check("", "0 lines, 0 words, longest 0");
    check("one", "1 lines, 1 words, longest 3");
    check("one two\n", "1 lines, 2 words, longest 7");
    check("\n\n  a\tb \nlast", "4 lines, 3 words, longest 6");
    return failures;
}
