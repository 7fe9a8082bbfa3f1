package dev.torc.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.BadInput;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 13 among many produced globs: all that clash are refused, and few are compared. */
class MakersTest {

  private static final int MANY = 2_000;

  @TempDir Path root;
  private final List<BadInput.Diagnostic> errors = new ArrayList<>();

  private Makers makers(int jobs, IntFunction<String> products) throws IOException {
    String text =
        IntStream.range(0, jobs)
            .mapToObj(
                i -> "  j%d: { command: x, produces: [%s] }\n".formatted(i, products.apply(i)))
            .collect(Collectors.joining("", "jobs:\n", ""));
    Path file = Files.writeString(root.resolve("torc.yaml"), text);
    List<Job> all = BuildFileLoader.load(List.of(file), new TreeMap<>()).jobs();
    int[] nodes = IntStream.range(0, jobs).toArray();
    return new Makers(
        new Makers(), nodes, all::get, Map.of(), Set.of(), node -> all.get(node).name(), errors);
  }

  @Test
  void manyGlobsFilesAndFoldersAreComparedWithFewEach() throws IOException {
    Makers makers = makers(MANY, i -> "'out/%d-*.txt', 'out/%d.txt', 'f/%d/'".formatted(i, i, i));
    assertEquals(List.of(), errors);
    assertTrue(makers.compared() <= 2 * MANY, () -> makers.compared() + " comparisons");
    long before = makers.compared();
    for (int i = 0; i < MANY; i++) {
      assertEquals(i, makers.products().owner("out/" + i + "-x.txt"));
      assertEquals(-1, makers.products().owner("in/" + i + "-x.txt"));
    }
    assertTrue(makers.compared() - before <= 2 * MANY, () -> makers.compared() + " comparisons");
  }

  @Test
  void theMakersOfANeededGlobAreFoundAmongFew() throws IOException {
    Makers makers = makers(MANY, i -> "'out/%d-*.txt'".formatted(i));
    long before = makers.compared();
    TreeSet<Integer> found = new TreeSet<>();
    for (int i = 0; i < MANY; i++) {
      makers
          .products()
          .matching(dev.torc.base.syntax.Glob.of("out/" + i + "-1*"), List.of(), found::add);
    }
    assertEquals(MANY, found.size());
    assertTrue(makers.compared() - before <= 2 * MANY, () -> makers.compared() + " comparisons");
    found.clear();
    makers.products().matching(dev.torc.base.syntax.Glob.of("**/*-7.txt"), List.of(), found::add);
    assertEquals(MANY, found.size());
  }

  @Test
  void eachClashIsFoundWhateverThePrefixes() throws IOException {
    List<String> products =
        List.of("'a/b-*'", "'a/*'", "'*/b-x*'", "'{a,c}/b?'", "'a/b-y'", "'a/b-d/'", "'d/*'");
    makers(products.size(), products::get);
    TreeSet<String> pairs = new TreeSet<>();
    for (BadInput.Diagnostic error : errors) {
      List<String> jobs = new ArrayList<>();
      for (String word : error.message().split(" ")) {
        if (word.matches("j\\d")) {
          jobs.add(word);
        }
      }
      pairs.add(String.join(" ", jobs.stream().sorted().toList()));
    }
    assertEquals(
        List.of(
            "j0 j1", "j0 j2", "j0 j3", "j0 j4", "j0 j5", "j1 j2", "j1 j3", "j1 j4", "j1 j5",
            "j2 j6"),
        new ArrayList<>(pairs));
  }
}
