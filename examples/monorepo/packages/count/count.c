#include <ctype.h>
#include <stdio.h>

/* Prints how many words there are on standard input. */
int main(void) {
  int words = 0, inside = 0, c;
  while ((c = getchar()) != EOF) {
    if (!isspace(c) && !inside) {
      words++;
    }
    inside = !isspace(c);
  }
  printf("%d\n", words);
  return 0;
}
