/* A small library for texts. */
#ifndef TEXT_H
#define TEXT_H

#define WORD_MAX 20 /* a longer word counts as one for each 20 characters */

/* Removes spaces at both ends, in place. Returns its argument. */
char *trim(char *text);

/* Returns the number of words. */
int words(const char *text);

#endif
