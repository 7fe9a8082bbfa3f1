package dev.torc.core.run;

import dev.torc.base.digests.StampSource;
import dev.torc.base.machine.Gpus;
import dev.torc.base.machine.Limits;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.CallingProcess;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.ThisHost;
import dev.torc.features.pace.Pace;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.BuildRequest.Manner;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Caller.Host;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.BuildSession;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many jobs a build handles in a second if each ends at once: everything from verdict to record
 * except the process. With many slots, only the turn of the loop keeps attempts from running at the
 * same time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class LoopBenchmark {

  private static final int JOBS = 5000;

  /** How many jobs run at a time. */
  @Param({"1", "16"})
  public int slots;

  private Path root;
  private Caller caller;

  /** Ends each job when it starts. */
  private static final class AtOnce implements Runner {
    @Override
    public Running start(Launch launch, Consumer<ProcessEnd> done) {
      done.accept(new ProcessEnd(ProcessEnd.How.EXITED, 0, 1, Usage.NOTHING, ""));
      return _ -> {};
    }

    @Override
    public long grace() {
      return GRACE.toNanos();
    }

    @Override
    public void close() {}
  }

  /** Writes a project of jobs without files. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    root = Files.createTempDirectory("torc-bench").toRealPath();
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int i = 0; i < JOBS; i++) {
      text.append("  j").append(i).append(": { command: \"true\" }\n");
    }
    Files.writeString(root.resolve("torc.yaml"), text);
    Host host =
        new Host(
            StampSource.of(FileSystems.getDefault()),
            () -> new Limits(slots, 1L << 30, new Gpus(List.of(), "")),
            AtOnce::new,
            Executors::newCachedThreadPool,
            Cache::open,
            ThisHost.system(),
            null,
            CallingProcess.own());
    caller = new Caller(Map.of("PATH", "/bin:/usr/bin"), root, host);
  }

  /** Removes the project. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    try (var files = Files.walk(root)) {
      for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  /** A build in which all jobs run, with the reading of its build file. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public int build() throws IOException {
    ProjectOptions options =
        new ProjectOptions(
            new ProjectOptions.Named(List.of(root.resolve("torc.yaml")), null, null, false),
            new TreeMap<>(),
            null,
            null,
            new ProjectOptions.Reuse(true, false, false, false, List.of(), List.of(), false));
    BuildSession session =
        BuildSession.of(
            Project.load(caller, options),
            new BuildRequest(
                JobChoice.of(List.of(), false),
                Rerun.of(List.of(), true),
                new Manner(0, false, false, false, false, Pace.ANY),
                new LockTerms(true, true, Set.of()),
                false,
                new TreeMap<>()));
    int exit = session.run(UUID.randomUUID().toString(), System.nanoTime(), _ -> {});
    if (exit != 0) {
      throw new IllegalStateException("the build ended with " + exit);
    }
    return exit;
  }
}
