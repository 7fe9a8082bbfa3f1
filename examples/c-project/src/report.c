#include "report.h"

#include <stdio.h>

int report(char *to, size_t size, const struct counts *counts)
{
    return snprintf(to, size, "%lu lines, %lu words, longest %lu",
                    counts->lines, counts->words, counts->longest);
}
