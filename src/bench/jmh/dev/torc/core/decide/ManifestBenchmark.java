package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.bench.Shapes;
import dev.torc.core.manifest.ImageIdentity;
import dev.torc.core.manifest.InputSource;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.manifest.ManifestHash;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step.Image;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Describing a job by its manifest and hashing that, with the digests of all needs known. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ManifestBenchmark {

  private static final int JOBS = 1000;
  private static final Content KNOWN = new Content.Known(Digest.ofText("any"));

  /** Every need has the same contents. */
  private static final InputSource NEEDS =
      new InputSource() {
        @Override
        public Content of(String path) {
          return KNOWN;
        }

        @Override
        public Content ofList(int list) {
          return KNOWN;
        }

        @Override
        public boolean reordered(int list) {
          return false;
        }

        @Override
        public LeftOut leftOut(int list) {
          return null;
        }

        @Override
        public Loaded ofLoaded(Job job) {
          return null;
        }

        @Override
        public Content ofTool(Job job, Tool tool) {
          return KNOWN;
        }

        @Override
        public ImageIdentity ofImage(int job, String step, Image image) {
          return ImageIdentity.of(image.name(), null);
        }

        @Override
        public Content ofData(Ref.OfData value) {
          return KNOWN;
        }

        @Override
        public Content ofKey(int job, String path, String key) {
          return KNOWN;
        }

        @Override
        public Optional<String> ofVariable(String name) {
          return Optional.empty();
        }
      };

  private Manifest manifest;

  /** Reads a graph of 1000 jobs. */
  @Setup(Level.Trial)
  public void read() throws IOException {
    Path dir = Files.createTempDirectory("torc-bench");
    Path file = Files.writeString(dir.resolve("torc.yaml"), Shapes.buildFile(JOBS));
    Graph graph = GraphBuilder.build(BuildFileLoader.load(List.of(file), new TreeMap<>()));
    Files.delete(file);
    Files.delete(dir);
    manifest = new Manifest(graph);
  }

  /** The time for one job's manifest. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public void digest(Blackhole hole) {
    ManifestHash hash = new ManifestHash();
    for (int job = 0; job < JOBS; job++) {
      manifest.describe(job, List.of(), NEEDS, hash);
      hole.consume(hash.digest());
    }
  }
}
