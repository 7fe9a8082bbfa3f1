package dev.torc.front.buildfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that a file read with unchanged jobs taken over gives the same places and texts as a file
 * read completely.
 */
class UnchangedJobsTest {

  private static final List<String> JOBS =
      List.of(
          "  j%1$d: { command: \"cp {needs} {produces}\", needs: i%1$d, produces: o%1$d }",
          "  j%1$d:\n    command: |+\n      echo %1$d && true 2>&1\n\n    produces: o%1$d # more",
          "  j%1$d:\n    command: >\n      sleep\n      %1$d\n\n  # a comment\n",
          "  j%1$d:\n    command: plain\n      text {v} &\n    manual: true",
          "  \"j%1$d\": { command: 'quoted\n  text\n\n    {cpus}', produces: [o%1$d,\n  p%1$d] }",
          "  j%1$d: { command: echo } \r",
          "  j%1$d: { command: { env: { A: b } }, command: x }",
          "  j%1$d: &a%1$d { command: anchored }",
          "  j%1$d: *a%2$d",
          "  ? j%1$d\n  : { command: long }",
          "  j%1$d: { command: \"échö \u2028 \u0085 {v}\", tags: [t] }",
          "  j%1$d: { command: run {i}, parameters: { i: [1, 2] } }",
          "  j%1$d:\n    description: \"in\n  quotes:\n  and so on\"\n    command: x\n");

  private static final List<String> OTHERS =
      List.of(
          "defaults: { env: { V: \"{v}\" } }",
          "vars: { v: one }",
          "vars: { v: two }",
          "# a comment",
          "",
          "limits: { licences: 2 }",
          "env: { A: &a b }",
          "hooks: [{ on: done, job: j1, command: \"echo {v}\" }]",
          "description: |\n  of many\n  lines\n",
          "resources: { big: { cpus: 2 } }");

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void path() throws IOException {
    file = folder.toRealPath().resolve("torc.yaml");
  }

  private static String jobs(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int j = from; j < to; j++) {
      text.append(JOBS.getFirst().formatted(j)).append('\n');
    }
    return text.toString();
  }

  private Workflow read(String text) throws IOException {
    Files.writeString(file, text);
    return ParsedBuildFile.read(List.of(file), null, Overrides.NONE).expand(ResultSource.nothing());
  }

  /** Returns the tree without the unchanged jobs; null if the whole file must be read. */
  private Node left(String before, String now) throws IOException {
    return new UnchangedJobs(before.getBytes(UTF_8), read(before))
        .parse(now.getBytes(UTF_8), "torc.yaml");
  }

  private void assertLeft(int jobs, String before, String now) throws IOException {
    Node.Mapping top = (Node.Mapping) left(before, now);
    assertNotNull(top, now);
    assertEquals(jobs, ((Node.Mapping) top.get("jobs")).entries().size(), now);
    assertEquals(told(now, null, null), told(now, before, read(before)));
  }

  @Test
  void neighborsOfAnEditAreReadAgain() throws IOException {
    String text = "vars: { v: one }\njobs:\n" + jobs(0, 20);
    assertLeft(2, text, text + "# a comment\n");
    assertLeft(2, text, text.replace("i9,", "i99,"));
    assertLeft(1, text, text.replace("  j9", "# a comment\n  j9"));
    assertLeft(3, text, text.replace("  j9", "  new: { command: x }\n  j9"));
    assertLeft(0, text, "# a comment\n" + text);
    assertLeft(2, text, text + "# the end &");
    String and = text.replace("cp", "cp & a&b").stripTrailing(); // these & are no anchors
    assertLeft(2, and, and.replace("i9,", "i99,"));
  }

  @Test
  void keysThatDecideAboutAllJobsAreSeen() throws IOException {
    String text = "vars: { v: one }\njobs:\n" + jobs(0, 20);
    assertNull(left(text, text.replace("one", "two")));
    assertNull(left(text, text + "limits: { more: 2 }\n"));
    assertNull(left(text, text + "defaults: { env: { A: b } }\n"));
    assertNull(left(text, text.replace("jobs:", "jobs: &all")));
    assertNull(left(text, text.replace("jobs:", "include: []\njobs:")));
    assertNull(left(text, text.replace("  ", "   ")));
    assertNull(left(text, text));
    String named =
        text.replace("  j5:", "  a: &x { command: one }\n  j5:") + "  b: *x\n" + jobs(20, 30);
    assertNull(left(named, named.replace("command: one", "command: two")));
    String braces = "jobs: {\n" + jobs(0, 20).replace("}\n", "},\n") + "}\n";
    assertNull(left(braces, braces.replace("i9,", "i99,")));
    String ends = text.replace("  j5", "  # ends\r  # twice\n  j5") + "# a comment\n";
    assertNull(left(ends, ends + "# a comment\n"));
  }

  private Object told(String text, String before, Workflow earlier) throws IOException {
    Files.writeString(file, text);
    try {
      ParsedBuildFile read =
          before == null
              ? ParsedBuildFile.read(List.of(file), null, Overrides.NONE)
              : ParsedBuildFile.readAgain(file, Overrides.NONE, before.getBytes(UTF_8), earlier);
      return read.expand(ResultSource.nothing());
    } catch (BadInput e) {
      return e.getMessage();
    }
  }

  @Test
  void afterAnyEditTheJobsAreTheSame() throws IOException {
    long seed = Sample.SEED;
    Random random = new Random(seed);
    int taken = 0;
    for (int round = 0; round < 40; round++) {
      List<String> parts = new ArrayList<>();
      int kinds = random.nextInt(JOBS.size());
      for (int j = random.nextInt(30); j >= 0; j--) {
        parts.add(job(random, kinds));
      }
      parts.addFirst("jobs:");
      for (int more = random.nextInt(4); more > 0; more--) {
        parts.add(random.nextBoolean() ? 0 : parts.size(), other(random));
      }
      String before = null;
      Workflow earlier = null;
      for (int step = 0; step < 25; step++) {
        String text = String.join("\n", parts) + "\n";
        Object all = told(text, null, null);
        if (earlier != null) {
          String about = "torc.seed=" + seed + "\n" + before + "\n---\n" + text;
          assertEquals(all, told(text, before, earlier), about);
          taken += all instanceof Workflow && isTaken(text, before, earlier) ? 1 : 0;
        }
        if (all instanceof Workflow read) {
          before = text;
          earlier = read;
        }
        if (earlier != null && !(all instanceof Workflow) && random.nextBoolean()) {
          parts = new ArrayList<>(List.of(before.stripTrailing().split("\n(?=  \\S|\\S)")));
        }
        edit(parts, kinds, random);
      }
    }
    assertTrue(taken > 20, taken + " were taken over, torc.seed=" + seed);
  }

  private static boolean isTaken(String text, String before, Workflow earlier) throws IOException {
    try {
      byte[] was = before.getBytes(UTF_8);
      return new UnchangedJobs(was, earlier).parse(text.getBytes(UTF_8), "torc.yaml") != null;
    } catch (BadInput e) {
      return false;
    }
  }

  private static String job(Random random, int kinds) {
    int kind = random.nextInt(9) > 0 ? 0 : random.nextInt(1 + kinds);
    return JOBS.get(kind).formatted(random.nextInt(100_000), random.nextInt(9));
  }

  private static String other(Random random) {
    return OTHERS.get(random.nextInt(OTHERS.size()));
  }

  private static void edit(List<String> parts, int kinds, Random random) {
    if (parts.isEmpty()) {
      parts.add("jobs:");
    }
    int at = random.nextInt(parts.size());
    switch (random.nextInt(12)) {
      case 0, 1 -> parts.add(at, "# " + random.nextInt());
      case 2 -> parts.add(at, job(random, kinds));
      case 3 -> parts.set(at, parts.get(at).startsWith("  ") ? job(random, kinds) : "jobs:");
      case 4 -> parts.add(random.nextBoolean() ? 0 : parts.size(), other(random));
      case 5 -> parts.remove(parts.size() > 1 && !parts.get(at).equals("jobs:") ? at : 0);
      case 6 -> Collections.swap(parts, at, random.nextInt(parts.size()));
      case 7 -> parts.set(at, parts.get(at).replace("cp", "mv"));
      case 8 -> parts.set(at, " " + parts.get(at));
      case 9 -> {
        String part = parts.get(at);
        int cut = random.nextInt(part.length() + 1);
        parts.set(
            at,
            part.substring(0, cut)
                + "'\"\n\r |>&*#:-,{[ ".charAt(random.nextInt(16))
                + part.substring(cut));
      }
      case 10 -> parts.set(at, parts.get(at).stripTrailing().replaceFirst("^ ?", ""));
      default -> {
        int end = Math.min(parts.size(), at + 1 + random.nextInt(3));
        List<String> some = List.copyOf(parts.subList(at, end));
        parts.addAll(random.nextInt(parts.size()), some);
      }
    }
    if (random.nextInt(6) == 0) {
      parts.replaceAll(part -> part.equals("jobs:") ? part : part.replaceAll("^ (  \\S)", "$1"));
    }
  }
}
