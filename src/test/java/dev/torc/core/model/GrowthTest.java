package dev.torc.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random graphs with open groups that are expanded one after the other: each time the graph is the
 * one that would have been built anew, and its nodes, files and lists keep their numbers. {@code
 * -Dtorc.seed=N} repeats a run.
 */
class GrowthTest {

  private static final int WORKFLOWS = Integer.getInteger("torc.projects", 400);

  @TempDir Path root;

  /** A workflow with all groups expanded; a test chooses the groups that are not expanded yet. */
  private record Known(Workflow all, List<String> groups, List<List<String>> awaits) {

    /** The workflow when some groups are not expanded yet. */
    Workflow without(TreeSet<Integer> open) {
      List<Job> jobs = new ArrayList<>();
      List<Group> now = new ArrayList<>();
      List<Integer> starts = new ArrayList<>();
      for (int g = 0; g < groups.size(); g++) {
        now.add(group(g, open.contains(g)));
        starts.add(0);
      }
      String last = null;
      for (Job job : all.jobs()) {
        int group = job.group() == null ? -1 : groups.indexOf(job.group());
        if (group >= 0 && !job.group().equals(last)) {
          starts.set(group, jobs.size());
        }
        if (group < 0 || !open.contains(group)) {
          jobs.add(job);
        }
        last = job.group();
      }
      return Grouped.with(all, jobs, now, starts);
    }

    private Group group(int g, boolean open) {
      String name = groups.get(g);
      List<String> instances =
          all.jobs().stream().filter(job -> name.equals(job.group())).map(Job::name).toList();
      return Grouped.group(
          name,
          Place.NONE,
          List.of("n"),
          open ? List.of() : instances,
          open ? awaits.get(g) : List.of(),
          open ? List.of(new Ref.OfGlob(Place.NONE, "out/" + name + "/**")) : List.of());
    }
  }

  @Test
  void aGraphThatGrowsIsTheOneThatWouldHaveBeenBuilt() throws IOException {
    long seed = Sample.SEED;
    Random random = new Random(seed);
    int grown = 0;
    int refused = 0;
    for (int w = 0; w < WORKFLOWS; w++) {
      Known known = known(random);
      TreeSet<Integer> open = new TreeSet<>(List.of(0, 1, 2, 3));
      List<Integer> order = new ArrayList<>(open);
      Collections.shuffle(order, random);
      try {
        Graph graph = GraphBuilder.build(known.without(open));
        GrownGraph.isAsBuiltAnew(graph);
        while (!order.isEmpty()) {
          for (int more = random.nextInt(3); more >= 0 && !order.isEmpty(); more--) {
            open.remove(order.removeLast());
          }
          Workflow next = known.without(open);
          Graph base = graph;
          try {
            graph = GraphBuilder.grow(base, next);
          } catch (BadInput e) {
            if (e.getMessage().contains("what its group waits for")) { // it waits no more in next
              assertTrue(
                  base.growth().makers().products().sources().stream()
                      .anyMatch(path -> e.getMessage().contains("product " + path + " of job ")));
            } else {
              BadInput anew = assertThrows(BadInput.class, () -> GraphBuilder.build(next));
              assertEquals(anew.diagnostics(), e.diagnostics());
            }
            refused++;
            break;
          }
          GrownGraph.keepsNumbers(base, graph);
          GrownGraph.isAsBuiltAnew(graph);
          grown++;
        }
      } catch (BadInput e) {
        refused++; // a cycle, say
      } catch (AssertionError | RuntimeException e) {
        String file = Files.readString(root.resolve("torc.yaml"));
        throw new AssertionError("seed " + seed + ", open " + open + "\n" + file, e);
      }
    }
    assertTrue(grown > WORKFLOWS && refused > 0, grown + " grown, " + refused + " refused");
  }

  private Known known(Random random) throws IOException {
    List<String> units = new ArrayList<>(List.of("s0", "g0", "s1", "g1", "s2", "g2", "s3", "g3"));
    Collections.shuffle(units, random);
    List<String> written = new ArrayList<>(units);
    if (random.nextBoolean()) {
      Collections.shuffle(written, random);
    }
    StringBuilder text = new StringBuilder("jobs:\n");
    for (String unit : written) {
      List<String> earlier = units.subList(0, units.indexOf(unit));
      int instances = unit.startsWith("s") ? 1 : random.nextInt(4);
      for (int n = 0; n < instances; n++) {
        String name = unit.startsWith("s") ? unit : unit + "/n=" + n;
        String stem = unit.startsWith("s") ? "out/" + unit : "out/" + unit + "/" + n;
        text.append("  %s: { command: x, priority: %d".formatted(name, random.nextInt(3)));
        text.append(", needs: [").append(String.join(", ", needs(earlier, random))).append(']');
        if (!earlier.isEmpty() && random.nextInt(4) == 0) {
          text.append(", after: ").append(name(earlier, random));
        }
        text.append(", produces: [").append(products(stem, random)).append("] }\n");
      }
    }
    Files.writeString(root.resolve("torc.yaml"), text);
    Workflow flat = BuildFileLoader.load(List.of(root.resolve("torc.yaml")), new TreeMap<>());
    List<String> groups = List.of("g0", "g1", "g2", "g3");
    List<List<String>> awaits = new ArrayList<>();
    for (String group : groups) {
      List<String> earlier = units.subList(0, units.indexOf(group));
      List<String> singles = earlier.stream().filter(unit -> unit.startsWith("s")).toList();
      awaits.add(singles.isEmpty() ? List.of("s0") : singles);
    }
    return new Known(Grouped.of(flat), groups, awaits);
  }

  private static String any(List<String> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static String name(List<String> units, Random random) {
    String unit = any(units, random);
    return unit.startsWith("g") && random.nextInt(4) == 0 ? unit + "/n=0" : unit;
  }

  private static List<String> needs(List<String> earlier, Random random) {
    List<String> needs = new ArrayList<>(List.of("in" + random.nextInt(3)));
    for (int i = random.nextInt(4); i > 0 && !earlier.isEmpty(); i--) {
      String unit = any(earlier, random);
      needs.add(
          switch (random.nextInt(8)) {
            case 0 -> "'out/%s/*.txt'".formatted(unit);
            case 1 -> "out/%s/".formatted(unit);
            case 2 -> "'out/{%s,%s}*/**'".formatted(unit, any(earlier, random));
            case 3 -> "'!out/%s/1.txt'".formatted(unit);
            case 4 -> random.nextInt(6) == 0 ? "'out/**'" : "out/" + unit + ".txt";
            case 5 -> "{ job: %s }".formatted(name(earlier, random));
            default -> "out/%s/%d.txt".formatted(unit, random.nextInt(3));
          });
    }
    return needs;
  }

  private static String products(String stem, Random random) {
    String file = stem + ".txt";
    return switch (random.nextInt(12)) {
      case 0 -> "'" + stem + "-*.txt'";
      case 1 -> stem + ".d/";
      case 2 -> file + ", " + stem + ".log";
      case 3 -> random.nextInt(8) == 0 ? stem.replaceAll("[0-9]$", "0") + ".txt" : file;
      default -> file;
    };
  }
}
