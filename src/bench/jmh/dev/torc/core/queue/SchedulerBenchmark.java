package dev.torc.core.queue;

import dev.torc.core.model.Job.Resources;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Choosing the next job: all of 10 000 are ready at once, one runs at a time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SchedulerBenchmark {

  private static final int JOBS = 10_000;
  private static final ResourceDemand ONE = new ResourceDemand(Map.of(Resources.CPUS, 1L));

  private final long[] paths = new Random(1).longs(JOBS, 0, 1_000_000).toArray();

  /** One job in and out of the queue; its cpu is taken from the pool and given back. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public void nextOfMany(Blackhole hole) {
    ReadyQueue queue = new ReadyQueue(_ -> 0, job -> paths[job], job -> job, true);
    for (int job = 0; job < JOBS; job++) {
      queue.add(job);
    }
    ResourcePool pool = new ResourcePool(Map.of(Resources.CPUS, 2L));
    for (int job = queue.next(pool, _ -> ONE); job >= 0; job = queue.next(pool, _ -> ONE)) {
      Taken taken = pool.take(ONE);
      hole.consume(job);
      pool.give(ONE, taken);
    }
  }
}
