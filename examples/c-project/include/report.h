#ifndef REPORT_H
#define REPORT_H

#include "count.h"

/* Writes the counts as one line into `to`; returns its length, as snprintf does. */
int report(char *to, size_t size, const struct counts *counts);

#endif
