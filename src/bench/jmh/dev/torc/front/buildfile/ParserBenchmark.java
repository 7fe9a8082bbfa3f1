package dev.torc.front.buildfile;

import dev.torc.bench.Shapes;
import dev.torc.core.model.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
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

/** Reading a build file: from the text to checked jobs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParserBenchmark {

  private static final int JOBS = 1000;

  private Path dir;
  private Path file;

  /** Writes a build file of 1000 jobs. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    dir = Files.createTempDirectory("torc-bench");
    file = Files.writeString(dir.resolve("torc.yaml"), Shapes.buildFile(JOBS));
  }

  /** Removes the build file. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    Files.delete(file);
    Files.delete(dir);
  }

  /** The time for one job of the build file. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public Workflow load() throws IOException {
    return BuildFileLoader.load(List.of(file), new TreeMap<>());
  }
}
