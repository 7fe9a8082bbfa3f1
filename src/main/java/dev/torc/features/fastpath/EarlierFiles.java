package dev.torc.features.fastpath;

import dev.torc.core.model.Graph;
import java.util.Arrays;

/** Copies files that an earlier build saw to {@link FreshFiles}, where they get new numbers. */
final class EarlierFiles {

  private final FreshFiles files;
  private final Graph before;
  private final SeenFiles seen;
  private final int[] numbers; // the new number by the earlier one; -1 if not copied yet

  EarlierFiles(FreshFiles files, Graph before, SeenFiles seen) {
    this.files = files;
    this.before = before;
    this.seen = seen;
    this.numbers = new int[seen.count()];
    Arrays.fill(numbers, -1);
  }

  /** Copies all files of a job; returns the new numbers of its {@link ExtraFiles}. */
  int[] copyOf(int job) {
    copy(before.needs().row(job));
    copy(before.products().row(job));
    return copy(seen.extra().rows().row(job));
  }

  private int[] copy(int[] some) {
    for (int i = 0; i < some.length; i++) {
      int file = some[i];
      if (numbers[file] < 0) { // copy a shared header once
        numbers[file] = files.copy(before, seen, file);
      }
      some[i] = numbers[file];
    }
    return some;
  }
}
