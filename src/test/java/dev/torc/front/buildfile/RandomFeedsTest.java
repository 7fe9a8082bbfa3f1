package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Section 4, groups expanded during the build: what lies on the disk does not decide which products
 * a group sees. Random groups that find each other's files are read in a fresh folder, with all
 * products on disk, and with some of them. {@code -Dtorc.seed=N} repeats a run.
 */
class RandomFeedsTest {

  private static final int PROJECTS = Integer.getInteger("torc.projects", 200);

  private static final List<String> FOUND =
      List.of("a/{x}.c", "b/{x}.c", "{d}/{x}.c", "{d}/{x}.o", "a/{x}.o", "{d}/{x}_{y}.c");

  private static final List<String> MADE =
      List.of("{D}/{x}.o", "b/{x}.o", "b/{x}.c", "{D}/{x}_2.c", "a/{x}.d", "c/{x}/");

  private static final List<String> NEEDS =
      List.of("a/", "b/", "c/", "'b/*.o'", "'*/m*.o'", "a/s.c", "b/m.o", "a/m.d", "{job: g0}");

  private static final List<String> FILES =
      List.of("a/m.c", "b/m.c", "a/n_1.c", "b/n.o", "a/k.c", "c/k.c", "a/s_2.c");

  @TempDir Path temp;

  @Test
  void theSecondReadingSeesWhatTheFirstSaw() throws IOException {
    long seed = Sample.SEED;
    int good = 0;
    for (int i = 0; i < PROJECTS; i++) {
      Path root = Files.createDirectory(temp.resolve("p" + i));
      String told = "-Dtorc.seed=" + (seed + i) + "\n";
      Random random = new Random(seed + i);
      String text = project(random);
      Files.writeString(root.resolve("torc.yaml"), text);
      touch(root, "a/s.c");
      for (int s = random.nextInt(4); s > 0; s--) {
        touch(root, some(random, FILES));
      }
      String first = read(root);
      if (first.startsWith("!")) {
        continue;
      }
      good++;
      List<String> products = products(root);
      for (String path : products) {
        if (random.nextInt(3) > 0) {
          touch(root, path);
        }
      }
      assertEquals(first, read(root), () -> told + text);
      for (String path : products) {
        touch(root, path);
      }
      assertEquals(first, read(root), () -> told + text);
    }
    assertTrue(good > PROJECTS / 4, "without errors: " + good);
  }

  private static <T> T some(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static String project(Random random) {
    StringBuilder text = new StringBuilder("jobs:\n");
    int groups = 1 + random.nextInt(3);
    for (int g = 0; g < groups; g++) {
      String found = some(random, FOUND);
      String made = some(random, MADE).replace("{D}", found.contains("{d}") ? "{d}" : "a");
      text.append(
          "  g%s: {command: x, match: '%s', needs: [%s], produces: '%s'}\n"
              .formatted(g, found, random.nextInt(3) == 0 ? need(random) : "", made));
    }
    for (int j = random.nextInt(4); j > 0; j--) {
      String file = some(random, FILES);
      boolean glob = random.nextInt(5) == 0;
      text.append(
          "  j%s: {command: x, needs: [%s], produces: '%s'}\n"
              .formatted(j, need(random), glob ? "c/" + j + "*.c" : file.replace(".", j + ".")));
    }
    return text.toString();
  }

  private static String need(Random random) {
    return some(random, NEEDS);
  }

  /** Returns what was read, or the errors after a {@code !}. */
  private static String read(Path root) throws IOException {
    try {
      Workflow read = load(root);
      GraphBuilder.build(read);
      List<String> told = new ArrayList<>();
      for (Job job : read.jobs()) {
        told.add(job.name() + " of " + job.needRefs().stream().map(Ref::text).toList());
      }
      read.groups()
          .forEach(
              each -> {
                Group.Further further = each.further();
                List<String> made = further.products().stream().map(Ref::text).toList();
                told.add(each.name() + " awaits " + further.awaits() + ", makes " + made);
              });
      return String.join("\n", told);
    } catch (BadInput e) {
      return "!" + e.getMessage();
    }
  }

  private static Workflow load(Path root) throws IOException {
    SortedMap<String, String> none = new TreeMap<>();
    return BuildFileLoader.load(List.of(root.resolve("torc.yaml")), none);
  }

  private static List<String> products(Path root) throws IOException {
    List<String> products = new ArrayList<>();
    for (Job job : load(root).jobs()) {
      for (Ref ref : job.productRefs()) {
        if (ref instanceof Ref.OfFile file) {
          products.add(file.path());
        } else if (ref instanceof Ref.OfFolder folder) {
          products.add(folder.path() + "/m.c");
          products.add(folder.path() + "/m.o");
        }
      }
    }
    return products;
  }

  private static void touch(Path root, String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
  }
}
