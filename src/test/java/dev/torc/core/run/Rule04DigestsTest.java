package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.FileSystems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 4 through the whole engine: what a build reads. */
class Rule04DigestsTest extends Harness {

  /** All files but the probe of the clock seem an hour older than they are: none is racy. */
  @BeforeEach
  void anHourLater() {
    stamps = new AgedStamps();
    given(
        """
        a: { command: make a, needs: [x, d/, '*.c'], produces: [a.out, out/] }
        b: { command: make b, needs: [a.out, {job: a}], produces: [b.out] }
        """);
    edit("x", "12345");
    edit("d/in", "1");
    edit("m.c", "1");
  }

  @Test
  void aBuildThatRunsNothingReadsNothing() {
    build().ran("a", "b");
    build().ran();
    assertEquals(0, bytesRead());
  }

  @Test
  void onlyWhatChangedIsRead() {
    build();
    edit("x", "12345");
    build().ran();
    assertEquals(5, bytesRead());
    build().ran();
    assertEquals(0, bytesRead());
  }

  /** The stamp of x stays as it is, as when a file is written through an old mapping. */
  @Test
  void aFileOpenForWritingIsReadAgainByTheNextBuild() throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "leases are Linux's");
    assumeTrue(FileSystems.networkKind(root).isEmpty(), "network file systems have no leases");
    StampSource moving = stamps;
    Path x = root.resolve("x");
    Stamp still = stamps.stamp(x);
    stamps =
        (folder, path, follow) ->
            folder.resolve(path).equals(x) ? still : moving.at(folder, path, follow);
    try (FileChannel writer = FileChannel.open(x, StandardOpenOption.WRITE)) {
      build().ran("a", "b");
      writer.write(ByteBuffer.wrap("54321".getBytes(StandardCharsets.UTF_8)));
    }
    build().ran("a", "b");
    assertEquals("need changed x", why("a"));
    build().ran();
    assertEquals(0, bytesRead());
  }

  @Test
  void aFileIsReadOnceHoweverManyJobsNeedIt() {
    given(
        """
        a: { command: make a, needs: [x] }
        b: { command: make b, needs: [x] }
        c: { command: make c, needs: [x], after: [a, b] }
        """);
    build().ran("a", "b", "c");
    assertEquals(1 + 1, filesHashed(), "and the build file");
  }
}
