package dev.torc.base.digests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
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

/** Reading and hashing of files that are in memory already: many small ones, and a large one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HashBenchmark {

  private static final int FILES = 1000;
  private static final int SMALL = 70; // bytes
  private static final int LARGE = 64 << 20; // bytes

  private final Hasher hasher = new Hasher(new StopFlag());
  private final Path[] small = new Path[FILES];
  private Path dir;
  private Path large;

  /** Writes the files. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    dir = Files.createTempDirectory("torc-bench");
    Random random = new Random(1);
    byte[] bytes = new byte[SMALL];
    for (int i = 0; i < FILES; i++) {
      random.nextBytes(bytes);
      small[i] = Files.write(dir.resolve("small" + i), bytes);
    }
    byte[] more = new byte[LARGE];
    random.nextBytes(more);
    large = Files.write(dir.resolve("large"), more);
  }

  /** Removes the files. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    for (Path file : small) {
      Files.delete(file);
    }
    Files.delete(large);
    Files.delete(dir);
  }

  /** One small file. */
  @Benchmark
  @OperationsPerInvocation(FILES)
  public void smallFile(Blackhole hole) throws IOException {
    for (Path file : small) {
      hole.consume(hasher.file(file, SMALL, true));
    }
  }

  /** One mebibyte of a large file. */
  @Benchmark
  @OperationsPerInvocation(LARGE >> 20)
  public Digest largeFilePerMebibyte() throws IOException {
    return hasher.file(large, LARGE, true).digest();
  }
}
