package dev.torc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Shipping;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The benchmark played with small graphs: torc and a peer make the same products, run the jobs that
 * they have to, and nothing more. Where a peer is not installed the test says so; in CI it fails
 * for those that apt has.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the benchmark measures on Linux only")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("BenchIT") // one of its tests at a time, beside other classes
@Shipping
class BenchIT {

  private static final Set<Tool> IN_APT = EnumSet.of(Tool.NINJA, Tool.MAKE, Tool.SCONS, Tool.DOIT);

  @TempDir Path work;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TORC")
  void torcAndAPeerDoTheSame(Tool peer) throws Exception {
    boolean there = peer == Tool.SERVED || Bench.onPath(peer.program()) != null;
    if (!there && IN_APT.contains(peer) && "true".equals(System.getenv("CI"))) {
      fail(peer.program() + " is not installed: apt has it, see .ci/run");
    }
    assumeTrue(there, peer.program() + " is not installed");
    SequencedMap<Tool, String> programs = new LinkedHashMap<>();
    Path home = Path.of(System.getProperty("torc.home")).toAbsolutePath();
    String torc = home.resolve("bin/torc").toString();
    programs.put(Tool.TORC, torc);
    programs.put(peer, peer == Tool.SERVED ? torc : peer.program());

    Graph program = Shapes.program(1, 2);
    Graph graph = peer.plays(program) ? program : Shapes.libraries(100);
    List<Case> cases =
        List.of(
            new Case("full", "full", graph, Case.Step.FULL, 1, List.of()),
            new Case("noop", "no-op", graph, Case.Step.NOTHING, 1, List.of()),
            new Case("edit", "edit", graph, Case.Step.EDIT, 1, List.of()),
            new Case("touch", "touch", graph, Case.Step.TOUCH, 1, List.of()));
    List<Result> results;
    Path real = work.toRealPath();
    try (Meter meter = new Meter();
        ServedTorc served = peer == Tool.SERVED ? new ServedTorc(torc, real) : null) {
      results = new Contest(meter, programs, served, 2, real, _ -> {}).play(cases);
    }
    for (Result result : results) {
      assertEquals(List.of(), result.faults(), result.name());
    }
    int all = graph.rules().size();
    int touched = peer.goesByTime() ? all : 0;
    assertEquals(Map.of("torc", all, peer.program(), all), results.get(0).jobs());
    assertEquals(Map.of("torc", 0, peer.program(), 0), results.get(1).jobs());
    assertEquals(
        Map.of("torc", 2, peer.program(), peer.goesByTime() && graph == program ? 4 : 2),
        results.get(2).jobs());
    assertEquals(Map.of("torc", 0, peer.program(), touched), results.get(3).jobs());
  }
}
