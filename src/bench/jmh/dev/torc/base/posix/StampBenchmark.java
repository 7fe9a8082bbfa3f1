package dev.torc.base.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Stamps of files, one system call each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StampBenchmark {

  private static final int FILES = 1000;

  private final String[] paths = new String[FILES];
  private Path dir;

  /** Writes the files. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    dir = Files.createTempDirectory("torc-bench");
    for (int i = 0; i < FILES; i++) {
      paths[i] = Files.writeString(dir.resolve("file" + i), "").toString();
    }
  }

  /** Removes the files. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    for (String path : paths) {
      Files.delete(Path.of(path));
    }
    Files.delete(dir);
  }

  /** The stamp of a file that exists. */
  @Benchmark
  @OperationsPerInvocation(FILES)
  public void present(Blackhole hole) throws IOException {
    for (String path : paths) {
      hole.consume(FileStatus.of(path, true));
    }
  }

  /** The stamp of a file that does not exist. */
  @Benchmark
  public FileStatus missing() throws IOException {
    return FileStatus.of("no/such/file", true);
  }
}
