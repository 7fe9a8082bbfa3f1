package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import java.nio.file.FileSystems;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rule 6: a file that a depfile names has moved if its time is that of the job's start or later. A
 * product of an earlier job often has that very time: it has not moved, since its bytes are known.
 */
class MovedFindsTest extends Harness {

  private static final long START = (System.currentTimeMillis() - 3_600_000) * 1_000_000;

  /** Stamps: all jobs start at one moment, and headers have a time so many nanoseconds later. */
  private static StampSource headers(long later) {
    StampSource real = StampSource.of(FileSystems.getDefault());
    return (folder, path, follow) -> {
      Stamp s = real.at(folder, path, follow);
      long ctime =
          path.endsWith(".h") ? START + later : path.endsWith("/running") ? START : s.ctime();
      return s.exists()
          ? new Stamp(s.kind(), s.executable(), s.size(), s.mtime(), ctime, s.inode())
          : s;
    };
  }

  @ParameterizedTest
  @CsvSource({"-1, ''", "0, source.h", "1, made.h source.h"})
  void theTimeOfTheStartCounts(long later, String moved) {
    stamps = headers(later);
    given(
        """
        m: { command: make m, produces: [made.h] }
        a: { command: make a, after: m, depfile: a.d, produces: [a.out] }
        """);
    edit("source.h", "1");
    job(
        "a",
        stub -> {
          stub.write("a.d", "a.out: source.h made.h\n");
          stub.write("a.out", "1");
          return stub.exit(0);
        });
    build().ran("a", "m");
    List<String> told = notes().stream().map(note -> note.split(" ")[1]).toList();
    assertEquals(moved, String.join(" ", told));
    build();
    assertEquals(moved.isEmpty() ? List.of() : List.of("a"), started());
  }
}
