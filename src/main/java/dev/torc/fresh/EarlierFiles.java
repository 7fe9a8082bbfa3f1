package dev.torc.fresh;

import dev.torc.graph.Graph;
import java.util.Arrays;

/** Copies files that an earlier build saw to {@link FreshFiles}, under their present numbers. */
final class EarlierFiles {

  private final FreshFiles files;
  private final Graph before;
  private final SeenFiles seen;
  private final int[] numbers; // the present number by the earlier one, -1 until it is met

  EarlierFiles(FreshFiles files, Graph before, SeenFiles seen) {
    this.files = files;
    this.before = before;
    this.seen = seen;
    this.numbers = new int[seen.count()];
    Arrays.fill(numbers, -1);
  }

  /** Copies all files of a job; returns those besides its named needs and products. */
  int[] copyOf(int job) {
    copy(before.needs().row(job));
    copy(before.products().row(job));
    return copy(seen.extra().rows().row(job));
  }

  private int[] copy(int[] some) {
    for (int i = 0; i < some.length; i++) {
      int file = some[i];
      if (numbers[file] < 0) { // many jobs share a header
        numbers[file] = files.copy(before, seen, file);
      }
      some[i] = numbers[file];
    }
    return some;
  }
}
