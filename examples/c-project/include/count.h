#ifndef COUNT_H
#define COUNT_H

#include "text.h"

struct counts {
    unsigned long lines;
    unsigned long words;
    unsigned long longest;
};

/* Adds one line to the counts. */
void count_line(struct counts *counts, struct line line);

#endif
